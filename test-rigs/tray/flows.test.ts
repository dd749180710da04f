import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { FirmwareLab, firstVersion, nextVersion } from '../lab/packages/firmware-lab.ts';
import { unzip } from '../lab/hard/unzip.ts';
import { describeWith } from '../lab/requirements.ts';
import { electronOnScreen, endAll, homeFolder, TrayApp } from './tray-app.ts';

const headset = (number: number) => {
  const serial = `70BF9400${String(number).padStart(4, '0')}`;
  return { serial, id: `24da-${serial.toLowerCase()}` };
};
const [asked, pulled, broken] = [headset(1), headset(2), headset(3)];
const dongle = { serial: '50C275000001', id: '24c7-50c275000001' };
const wireless = { serial: '70BF92000002', id: '24b3-70bf92000002' };
/** The contract's unit is an hour, and a part of one will do. */
const hours = (seconds: number): number => seconds / 3600;
/** Long enough for something to happen in the middle. */
const manyBytes = 150_000;

describeWith(electronOnScreen, 'a person at the windows of the tray app', () => {
  const home = homeFolder();
  let display: VirtualDisplay;
  let rig: FirmwareLab;
  let app: TrayApp;
  let page: Page;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
    rig = await FirmwareLab.start([...[asked, pulled, broken].map(({ serial }) => `evolve2-75:${serial}`), `link-380:${dongle.serial}`]);
    await rig.lab.agent.stop();
    app = await TrayApp.start({
      display: display.name,
      home: home.path,
      words: [`--config=${rig.lab.agent.configurationFile}`, '--login-session=login-1'],
    });
    page = await app.window();
  });
  afterAll(() =>
    endAll(
      () => app?.stop(),
      () => rig?.stop(),
      () => display?.stop(),
      home.remove,
    ),
  );
  const row = ({ id }: typeof asked) => page.locator(`[data-device="${id}"]`);
  const openFirmware = async (device: typeof asked) => {
    await page.getByRole('button', { name: 'Devices', exact: true }).click();
    await row(device).click();
    await page.getByRole('tab', { name: /^Firmware/u }).click();
  };

  it('sees headsets come and go', async () => {
    await row(asked).waitFor();
    await row(broken).waitFor();
    await row(dongle).waitFor();
    expect(await page.locator('[data-device]').count()).toBe(4);
    await rig.lab.unplug(broken.serial, broken.id);
    await page.getByText('Not connected').first().waitFor();
    await rig.lab.plug(broken.serial, broken.id);
    await page.getByText('Not connected').first().waitFor({ state: 'detached' });
  });

  it('sees what is locked, with the value that the headset holds', async () => {
    await rig.lab.platform.publish(asked.id, { sidetoneEnabled: { value: false, locked: true } });
    await rig.lab.bus.holds(asked.serial, 'sidetoneEnabled', false);
    await row(asked).click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    const locked = page.locator('.setting', { hasText: 'Hear your own voice' }).first();
    await locked.getByText(/Set by your organisation/u).waitFor();
    expect(await locked.getByRole('switch').count()).toBe(0);
    expect(await locked.innerText()).toContain('Off');
  });

  it('changes a setting that is theirs, and sees what the headset holds, also when it comes back', async () => {
    const own = page.getByRole('switch', { name: 'Answer by lowering the microphone arm' });
    await own.click();
    await expect.poll(() => own.isChecked()).toBe(false);
    await rig.lab.bus.holds(asked.serial, 'boomArmAnswer', false);
    await rig.lab.unplug(asked.serial, asked.id);
    await page.getByText('Not connected').first().waitFor();
    await rig.lab.plug(asked.serial, asked.id);
    await expect.poll(() => own.isEnabled()).toBe(true);
    expect(await own.isChecked()).toBe(false);
  });

  it('pulls the headset out while it is told a setting, and sees what it holds when it is back', async () => {
    const own = page.getByRole('switch', { name: 'Answer by lowering the microphone arm' });
    await rig.lab.bus.fault(asked.serial, 'unplug', 1);
    await own.click();
    await page.getByText('The headset did not answer.').first().waitFor();
    await page.getByText('Not connected').first().waitFor();
    await rig.lab.plug(asked.serial, asked.id);
    await expect.poll(() => own.isEnabled()).toBe(true);
    expect(await own.isChecked()).toBe(await rig.lab.bus.get(asked.serial, 'boomArmAnswer'));
  });

  it('pairs a headset with the adapter, which is pulled out in the middle', async () => {
    await page.getByRole('button', { name: 'Devices', exact: true }).click();
    await page.getByRole('button', { name: 'Pair a headset' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Link 380 found').waitFor();
    await rig.lab.bus.unplug(dongle.serial);
    await dialog.getByText('The adapter was unplugged').waitFor();
    await rig.lab.bus.plug(dongle.serial);
    await dialog.getByText('Link 380 found').waitFor();
    await rig.lab.bus.air(dongle.serial, `evolve2-65:${wireless.serial}`);
    await dialog.getByRole('button', { name: /^Connect Evolve2 65/u }).click();
    await dialog.getByText('Headset connected').waitFor();
    await dialog.getByRole('button').last().click();
    await dialog.waitFor({ state: 'detached' });
    expect(await row(wireless).innerText()).toContain('Through Link 380');
    await rig.lab.bus.unplug(dongle.serial);
  });

  it('looks at this PC, saves the file for support, and sees what was sent', async () => {
    await page.getByRole('button', { name: 'Help', exact: true }).click();
    await page.locator('.lines .good-icon').first().waitFor();
    const file = join(home.path, 'support.zip');
    await app.electron.evaluate(({ dialog }, filePath) => {
      // The system's own dialog has no hands of ours on it.
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await page.getByRole('button', { name: /^Save diagnostics/u }).click();
    await page.getByText('Saved.').waitFor();
    const files = unzip(readFileSync(file));
    expect(files.get('logs/jabra-tray.log')?.toString()).toContain('starts, Electron');
    expect(files.get('logs/jabra-agent.log')?.toString()).toContain('"message"');
    await page.getByRole('button', { name: 'What was sent', exact: true }).click();
    await page.getByText('Evolve2 75').first().waitFor();
    await page.getByRole('button', { name: 'Status', exact: true }).click();
    await page.getByText('127.0.0.1').first().waitFor();
  });

  it('is asked for an update, pulls the headset out before the answer, postpones it, then has it now and follows it to the end', async () => {
    await rig.lab.platform.changePolicy({ postponeLimit: 2, postponeHours: hours(3) });
    await rig.desire(asked.id, rig.offer({ bytes: manyBytes }), 'pending');
    await openFirmware(asked);
    await page.getByRole('heading', { name: 'Update ready' }).waitFor();
    await rig.lab.unplug(asked.serial, asked.id);
    await page.getByRole('heading', { name: 'Waits for the headset' }).waitFor();
    expect(await page.getByRole('button', { name: 'Update now' }).count()).toBe(0);
    await rig.lab.plug(asked.serial, asked.id);
    await page.getByRole('heading', { name: 'Update ready' }).waitFor();
    const after = rig.lab.wire.mark();
    await page.getByRole('button', { name: /^Postpone/u }).click();
    await rig.until(asked.id, 'postponed/postponed-by-user', after);
    await page.getByRole('heading', { name: /^Postponed until/u }).waitFor();
    await page.getByRole('button', { name: 'Update now' }).click();
    await page.getByRole('progressbar').first().waitFor();
    await page.getByRole('heading', { name: 'Up to date' }).waitFor();
    expect(await page.getByText(`Version ${nextVersion}`).count()).toBeGreaterThan(0);
    expect(await rig.versionOn(asked.serial)).toBe(nextVersion);
  });

  it('pulls the headset out in the middle, plugs it in again, and it goes on by itself', async () => {
    await rig.lab.platform.changePolicy({ postponeLimit: 3, postponeHours: 24 });
    await rig.desire(pulled.id, rig.offer({ bytes: manyBytes }), 'pending');
    await openFirmware(pulled);
    await page.getByRole('button', { name: 'Update now' }).click();
    await rig.underWay(pulled.id, 20);
    const after = rig.lab.wire.mark();
    await rig.lab.bus.unplug(pulled.serial);
    await rig.until(pulled.id, 'pending/disconnected', after);
    await page.getByRole('heading', { name: 'Waits for the headset' }).waitFor();
    await rig.lab.bus.plug(pulled.serial);
    await page.getByRole('heading', { name: 'Up to date' }).waitFor();
    expect(await rig.versionOn(pulled.serial)).toBe(nextVersion);
  });

  it('sees what failed, recovers it with the other headsets unplugged, pulls it out in the middle, and it works', async () => {
    await rig.desire(broken.id, rig.offer({ bytes: manyBytes }), 'pending');
    await openFirmware(broken);
    await rig.lab.bus.fault(broken.serial, 'nack', 12);
    await page.getByRole('button', { name: 'Update now' }).click();
    await rig.until(broken.id, 'failed: device-error');
    expect(await rig.versionOn(broken.serial)).toBe(firstVersion);
    await page.getByRole('button', { name: /^Recover/u }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (const other of [asked, pulled]) await rig.lab.unplug(other.serial, other.id);
    const start = rig.lab.wire.mark();
    await dialog.getByRole('button', { name: 'Start recovery' }).click();
    await rig.underWay(broken.id, 20, start);
    await dialog.getByRole('heading', { name: 'Recovery in progress' }).waitFor();
    await rig.lab.bus.unplug(broken.serial);
    await dialog.getByRole('heading', { name: 'Waits for the headset' }).waitFor();
    await rig.lab.bus.plug(broken.serial);
    await dialog
      .getByText(/Recovery complete/u)
      .first()
      .waitFor();
    expect(await rig.versionOn(broken.serial)).toBe(nextVersion);
    await dialog.getByRole('button', { name: 'OK' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});
