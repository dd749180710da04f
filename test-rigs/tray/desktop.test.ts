import { afterAll, beforeAll, expect, it } from 'vitest';
import { dbusDaemon, SessionBus } from '../lab/electron/session-bus.ts';
import { StatusNotifierHost } from '../lab/electron/status-notifier-host.ts';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, homeFolder, TrayApp } from './tray-app.ts';

/** Bytes of a pixel: alpha, red, green, blue. */
const pixelBytes = 4;

describeWith(dbusDaemon, 'on a desktop', () => {
  describeWith(electronOnScreen, 'the tray app', () => {
    const home = homeFolder();
    let display: VirtualDisplay;
    let bus: SessionBus;
    beforeAll(async () => {
      display = await VirtualDisplay.start();
      bus = await SessionBus.start(home.path);
    });
    afterAll(async () => {
      await bus?.stop();
      await display?.stop();
      home.remove();
    });
    // Without a configuration the agent ends, and the app says so.
    const options = (...words: readonly string[]) => ({
      display: display.name,
      home: home.path,
      words: ['--background', `--config=${home.path}/none.json`, ...words],
      environment: { DBUS_SESSION_BUS_ADDRESS: bus.address },
    });
    const pages = (app: TrayApp): string[] => app.electron.windows().map((window) => new URL(window.url()).search);

    it('without a panel runs without an icon, and opens its window when it is started again', async () => {
      const app = await TrayApp.start(options());
      try {
        expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0);
        const { words, ...rest } = options();
        const again = await TrayApp.again({ ...rest, words: words.filter((word) => word !== '--background') }).ended;
        expect(again.code).toBe(0);
        await app.window();
      } finally {
        await app.stop();
      }
    });

    it('shows an icon in the panel, says what it is for, and does what its menu offers', async () => {
      const host = await StatusNotifierHost.start(bus.address);
      const app = await TrayApp.start(options());
      const ended = new Promise((resolve) => app.electron.process().once('exit', resolve));
      try {
        const item = await eventually('the icon is drawn', async () => {
          const { tooltip, icons, ...shown } = await host.item();
          return tooltip === '' || icons.length === 0 ? null : { tooltip, icons, ...shown };
        });
        expect([item.status, item.tooltip]).toEqual(['Active', 'Jabra+ desktop']);
        for (const { width, height, pixels } of item.icons) {
          expect(pixels).toHaveLength(width * height * pixelBytes);
          const covered = pixels.filter((alpha, index) => index % pixelBytes === 0 && alpha > 0).length;
          expect(covered / (width * height)).toBeGreaterThan(0.1);
        }
        const menu = await host.menu();
        expect(menu.map(({ label }) => label)).toEqual([
          'No device connected',
          null,
          'Open Jabra+ desktop',
          'Pair a headset…',
          null,
          'What was sent',
          'Help',
          null,
          'Quit until next sign-in',
        ]);
        expect(menu.filter(({ isEnabled }) => !isEnabled).map(({ label }) => label)).toEqual(['No device connected']);
        expect(pages(app)).toEqual([]);

        await host.choose('Help');
        await eventually('the window shows help', () => pages(app).includes('?page=help'));
        await (await app.window()).getByRole('heading', { level: 1, name: 'Help' }).waitFor();

        await host.activate();
        await eventually('the flyout is open', () => pages(app).includes('?view=flyout'));

        await host.choose('Quit until next sign-in');
        expect(await ended).toBe(0);
      } finally {
        await app.stop();
        host.stop();
      }
    });
  });
});
