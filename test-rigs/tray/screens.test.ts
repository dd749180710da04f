import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type SituationName, situations } from '@jpd/tray-ui/fake-main';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram } from '../lab/find-program.ts';
import { projectFile } from '../lab/project-file.ts';
import { chromium, describeWith } from '../lab/requirements.ts';
import { type Look, turnInto, WindowLab, type WindowOptions } from './window-lab.ts';

const lab = new WindowLab();
const names = Object.keys(situations) as SituationName[];
const folder = projectFile('docs/screens');
/** JPD_SCREENS=1 writes the pictures of docs/screens anew; JPD_SCREENS=devices,help only these. */
const wanted = process.env['JPD_SCREENS'] ?? '';
const isWanted = (name: string) => wanted === '1' || wanted.split(',').includes(name);

const sets: readonly (readonly [string, WindowOptions])[] = [
  ['light', { look: 'light' }],
  ['dark', { look: 'dark' }],
  ['high-contrast', { look: 'high-contrast' }],
  ['de-narrow', { look: 'light', language: 'de', width: 560, height: 640 }],
];

describeWith(chromium, 'every screen', () => {
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it.concurrent.each(sets)('is drawn in %s without a complaint of the page or its policy', async (set, options) => {
    const look: Look = options.look ?? 'light';
    const language = options.language ?? 'en';
    const ground = { light: 'rgb(245, 245, 245)', dark: 'rgb(20, 20, 20)', 'high-contrast': 'rgb(0, 0, 0)' }[look];
    const shown = await lab.open('devices', options);
    for (const name of names) {
      // A picture is drawn of a fresh window; without one it is enough, and much quicker, to turn the window that is open.
      const isFresh = isWanted(name) || situations[name].view === 'flyout';
      const { page, problems } = isFresh ? await lab.open(name, options) : shown;
      if (!isFresh) await turnInto(page, name, language);
      expect(problems, `${name}, ${set}`).toEqual([]);
      // Styles arrived, ours and Fluent's: without them axe and texts look the same.
      const styles = await page.evaluate(() => {
        const { backgroundColor } = getComputedStyle(document.querySelector('.app') ?? document.body);
        const { fontSize } = getComputedStyle(document.querySelector('.fui-FluentProvider') ?? document.body);
        return { ground: backgroundColor, fontSize };
      });
      expect(styles, `${name}, ${set}`).toEqual({ ground, fontSize: '14px' });
      if (isWanted(name)) keep(set, name, await draw(page));
      if (isFresh) await page.context().close();
    }
    await shown.page.context().close();
  });
});

async function draw(page: LabPage): Promise<Buffer> {
  const flyout = page.locator('.flyout');
  if ((await flyout.count()) > 0) return flyout.screenshot();
  await whole(page);
  return page.screenshot();
}

function keep(set: string, name: string, picture: Buffer): void {
  mkdirSync(`${folder}/${set}`, { recursive: true });
  writeFileSync(`${folder}/${set}/${name}.png`, small(picture));
}

type LabPage = Awaited<ReturnType<WindowLab['open']>>['page'];

/** The window as tall as its content, so that a picture shows all of it. */
async function whole(page: LabPage): Promise<void> {
  const height = await page.evaluate(() => {
    const content = document.querySelector('.content');
    return content ? content.scrollHeight + 41 : 640;
  });
  const size = page.viewportSize();
  if (size && height > size.height) await page.setViewportSize({ width: size.width, height });
}

/** With a palette of 48 colours, where the program for it is there. */
function small(png: Buffer): Buffer {
  const pngquant = findProgram('pngquant');
  if (pngquant === undefined) return png;
  const { status, stdout } = spawnSync(pngquant, ['--nofs', '48', '-'], { input: png, maxBuffer: 20_000_000 });
  return status === 0 ? stdout : png;
}
