import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium, describeWith } from '../lab/requirements.ts';
import { WindowLab } from './window-lab.ts';

const lab = new WindowLab();
type LabPage = Awaited<ReturnType<WindowLab['open']>>['page'];
const focused = (page: LabPage) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
const outline = (page: LabPage) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element) return false;
    const ringed = [element, ...element.querySelectorAll('*')].flatMap((one) => [getComputedStyle(one), getComputedStyle(one, '::after')]);
    const shown = element.nextElementSibling ? [...ringed, getComputedStyle(element.nextElementSibling)] : ringed;
    return (
      shown.some((style) => Number.parseFloat(style.outlineWidth) >= 1 && style.outlineStyle !== 'none') ||
      shown.some((style) => style.boxShadow !== 'none')
    );
  });

describeWith(chromium, 'the keyboard', () => {
  beforeAll(() => lab.start());
  afterAll(() => lab.stop());

  it('reaches everything in order, and shows where it is', async () => {
    const { page } = await lab.open('devices');
    const seen: string[] = [];
    for (let presses = 0; presses < 9; presses += 1) {
      await page.keyboard.press('Tab');
      const name = await focused(page);
      expect(await outline(page), `${name} shows its focus`).toBe(true);
      seen.push(name);
    }
    expect(seen.slice(0, 3)).toEqual(['Devices', 'Status', 'What was sent']);
    expect(seen).toContain('Pair a headset');
    expect(seen.some((name) => name.startsWith('Evolve2 75'))).toBe(true);
    await page.context().close();
  });

  it('moves through the list, opens, goes back to the row, and jumps between the pages', async () => {
    const { page } = await lab.open('devices');
    await page.locator('[data-device]').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toMatch(/^Evolve2 65/u);
    await page.keyboard.press('End');
    expect(await focused(page)).toMatch(/^Speak2 75/u);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.device-head');
    expect(await focused(page)).toBe('Speak2 75');
    await page.keyboard.press('Backspace');
    await page.waitForSelector('.devices');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Speak2 75'));
    await page.keyboard.press('Control+2');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Status');
    await page.keyboard.press('F1');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Help');
    await page.keyboard.press('F6');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-current') === 'page');
    await page.context().close();
  });

  it('moves a slider by one step of the device, and sends it when the key is let go', async () => {
    const { page } = await lab.open('settings');
    const slider = page.getByRole('slider', { name: 'Level of your own voice' });
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('3 decibel');
    await page.context().close();
  });

  it('closes a dialog with Escape, and the focus is not lost', async () => {
    const { page } = await lab.open('devices');
    await page.getByRole('button', { name: 'Pair a headset' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role="dialog"]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role="dialog"]', { state: 'detached' });
    await expect.poll(() => focused(page)).toBe('Pair a headset');
    await page.context().close();
  });
});
