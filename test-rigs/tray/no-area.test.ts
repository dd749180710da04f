import { afterAll, beforeAll, expect, it } from 'vitest';
import { DesktopBus } from '../lab/electron/desktop-bus.ts';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { findProgram } from '../lab/find-program.ts';
import { describeWith, requirement } from '../lab/requirements.ts';
import { electronOnScreen, homeFolder, TrayApp } from './tray-app.ts';

const sessionBus = requirement('a session bus', () => findProgram('dbus-daemon') !== undefined, 'apt-get install dbus libnotify4');

describeWith(sessionBus, 'on a desktop without a notification area', () => {
  describeWith(electronOnScreen, 'the tray app', () => {
    const home = homeFolder();
    let display: VirtualDisplay;
    let desktop: DesktopBus;
    let app: TrayApp;
    // Without a configuration the agent ends, and the app says so.
    const options = (...words: readonly string[]) => ({
      display: display.name,
      home: home.path,
      words: [...words, `--config=${home.path}/none.json`],
      environment: { DBUS_SESSION_BUS_ADDRESS: desktop.address },
    });
    beforeAll(async () => {
      display = await VirtualDisplay.start();
      desktop = await DesktopBus.start({ hasArea: false });
      app = await TrayApp.start(options('--background'));
    });
    afterAll(async () => {
      await app?.stop();
      await desktop?.stop();
      await display?.stop();
      home.remove();
    });

    it('works on without its icon, and opens its window when it is started again', async () => {
      expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
      expect((await TrayApp.again(options()).ended).code).toBe(0);
      await (await app.window()).getByText('The app cannot look after the devices at the moment').first().waitFor();
    });
  });
});
