import { AxeBuilder } from '@axe-core/playwright';
import { type SituationName, situations } from '@jpd/tray-ui/fake-main';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, describeWith } from '../lab/requirements.ts';
import { turnInto, WindowLab } from './window-lab.ts';

const lab = new WindowLab();
const windows = (Object.keys(situations) as SituationName[]).filter((name) => situations[name].view === 'window');
const flyouts = (Object.keys(situations) as SituationName[]).filter((name) => situations[name].view === 'flyout');

describeWith(chromium, 'every screen', () => {
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it.concurrent.each(['light', 'dark', 'high-contrast'] as const)('has no finding of axe in %s', async (look) => {
    const found: string[] = [];
    const { page } = await lab.open('devices', { look });
    const judge = async (name: string, on: typeof page) => {
      // Fluent's focus markers are aria-hidden on purpose: they hand the focus on.
      // "Legacy" leaves out what only pages with frames need: a second page to put the findings together.
      const builder = new AxeBuilder({ page: on }).exclude('[data-tabster-dummy]').setLegacyMode();
      // Another theme is the same page in other colours.
      if (look === 'light') builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
      else builder.withRules(['color-contrast', 'link-in-text-block']);
      const { violations } = await builder.analyze();
      found.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html.slice(0, 160) ?? ''}`));
    };
    for (const name of windows) {
      await turnInto(page, name, 'en');
      await judge(name, page);
    }
    for (const name of flyouts) {
      const flyout = await lab.open(name, { look, width: 360, height: 480 });
      await judge(name, flyout.page);
      await flyout.page.context().close();
    }
    await page.context().close();
    expect(found).toEqual([]);
  });
});
