import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { unzip } from '../lab/hard/unzip.ts';
import { describeWith } from '../lab/requirements.ts';
import { electronOnScreen, endAll, homeFolder, TrayApp } from './tray-app.ts';

describeWith(electronOnScreen, 'the tray app whose agent cannot work', () => {
  const home = homeFolder();
  let display: VirtualDisplay;
  let app: TrayApp;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
    const config = join(home.path, 'broken.json');
    writeFileSync(config, '{"organizationId": "acme", "brokerURL": "mqtts://x"}');
    app = await TrayApp.start({ display: display.name, home: home.path, words: [`--config=${config}`] });
  });
  afterAll(() =>
    endAll(
      () => app?.stop(),
      () => display?.stop(),
      home.remove,
    ),
  );

  it('saves the file for support, which says why', async () => {
    const page = await app.window();
    await page.getByText('The app cannot look after the devices at the moment').first().waitFor();
    const file = join(home.path, 'support.zip');
    await app.electron.evaluate(({ dialog }, filePath) => {
      // The system's own dialog has no hands of ours on it.
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, file);
    await page.getByRole('button', { name: 'Help', exact: true }).click();
    await page.getByRole('button', { name: /^Save diagnostics/u }).click();
    await page.getByText('Saved.').waitFor();
    const files = unzip(readFileSync(file));
    expect(String(files.get('configuration.json'))).toContain('the nearest known name is brokerUrl');
    expect(String(files.get('logs/jabra-tray.log'))).toContain('starts, Electron');
  });
});
