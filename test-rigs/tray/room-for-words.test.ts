import { type SituationName, situations } from '@jpd/tray-ui/fake-main';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, describeWith } from '../lab/requirements.ts';
import { turnInto, WindowLab } from './window-lab.ts';

const lab = new WindowLab();
const windows = (Object.keys(situations) as SituationName[]).filter((name) => situations[name].view === 'window');
const flyouts = (Object.keys(situations) as SituationName[]).filter((name) => situations[name].view === 'flyout');
const languages = ['en', 'da', 'de', 'fr', 'es', 'ja'];

/** Every element whose text has no room; runs in the page. */
function cutTexts(): string[] {
  // A spinner turns within its own box; the words beside it are looked at like all others.
  const isMeantToScroll = (element: Element) =>
    element.closest('pre, .flyout-devices') !== null || element.matches('.fui-Spinner, .fui-Spinner__spinner *');
  const isUnseen = (element: Element) => element.closest('.nav-text, [aria-live], [hidden]') !== null;
  const cut = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const isWide = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    const isTall = overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1 && element.clientHeight > 0;
    if (isUnseen(element) || isMeantToScroll(element) || element.textContent.trim() === '') return false;
    return (isWide && overflowX !== 'visible') || isTall;
  });
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page scrolls sideways'] : [];
  return [...wide, ...cut.map((element) => `${element.className.slice(0, 60)}: ${element.textContent.slice(0, 60)}`)];
}

describeWith(chromium, 'the words', () => {
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it.concurrent.each([
    ['a usual window', 920, 640],
    ['the narrowest window', 560, 480],
    ['a usual window at 200 %', 460, 320],
  ] as const)('have room in every language and situation in %s', async (_, width, height) => {
    const { page } = await lab.open('devices', { width, height });
    const found: string[] = [];
    for (const language of languages) {
      for (const name of windows) {
        await turnInto(page, name, language);
        const cut = await page.evaluate(cutTexts);
        found.push(...cut.map((what) => `${language}, ${name}: ${what}`));
      }
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  it('have room in the flyout', async () => {
    for (const name of flyouts) {
      const { page } = await lab.open(name, { width: 360, height: 480 });
      for (const language of languages) {
        await turnInto(page, name, language);
        expect(await page.evaluate(cutTexts), `${language}, ${name}`).toEqual([]);
        const height = await page.evaluate(() => document.querySelector('.flyout')?.getBoundingClientRect().height);
        expect(height, `${language}, ${name}`).toBeLessThanOrEqual(480);
      }
      await page.context().close();
    }
  });
});
