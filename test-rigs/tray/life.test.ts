import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { type RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, endAll, homeFolder, isAlive, TrayApp } from './tray-app.ts';

const serial = '70BF92123456';
/** What Electron names the folder of the app's own files after. */
const ownFolder = 'Jabra+ desktop';

describeWith(mosquittoTools, 'on a PC with a platform', () => {
  describeWith(electronOnScreen, 'the tray app', () => {
    const home = homeFolder();
    let display: VirtualDisplay;
    let lab: RealLab;
    let app: TrayApp;
    const options = (words: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) => ({
      display: display.name,
      home: home.path,
      words: [`--config=${lab.agent.configurationFile}`, '--login-session=login-1', ...words],
      environment,
    });
    const windows = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    const keptFile = (name: string) => join(home.path, ownFolder, name);
    beforeAll(async () => {
      display = await VirtualDisplay.start();
      lab = await startRealLab({ broker: 'mosquitto', devices: [`evolve2-75:${serial}`] });
      app = await TrayApp.start(options());
    });
    afterAll(() =>
      endAll(
        () => app?.stop(),
        () => lab?.stop(),
        () => display?.stop(),
        home.remove,
      ),
    );

    it('shows the headset that is plugged in, and no window needs to be open for the agent to work', async () => {
      const page = await app.window();
      await page.getByText('Evolve2 75').first().waitFor();
      expect(await lab.wire.until('presence', { where: ({ state }) => state === 'online' })).toBeDefined();
    });

    it('closes its window with the renderer, remembers the place, and opens it again for a second program', async () => {
      const page = await app.window();
      expect(await app.pids('Tab')).toHaveLength(1);
      await app.electron.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.setBounds({ x: 123, y: 87, width: 800, height: 600 });
      });
      // It is gone before the key is let go.
      await page.keyboard.press('Control+w').catch(() => undefined);
      await eventually('the window is gone', async () => (await windows()) === 0);
      await eventually('its renderer is gone', async () => (await app.pids('Tab')).length === 0);
      expect(isAlive(await app.agentPid())).toBe(true);
      const second = await TrayApp.again(options()).ended;
      expect(second.code).toBe(0);
      const again = await app.window();
      await again.getByText('Evolve2 75').first().waitFor();
      const bounds = await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
      expect(bounds).toMatchObject({ width: 800, height: 600 });
    });

    it('opens nothing for a second program that the system started', async () => {
      await app.electron.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.close();
      });
      expect((await TrayApp.again(options(['--background'])).ended).code).toBe(0);
      expect(await windows()).toBe(0);
      await TrayApp.again(options()).ended;
      await app.window();
    });

    it('tells the agent of sleep and of waking, and the platform hears of both', async () => {
      const after = lab.wire.mark();
      const power = (what: string) => app.electron.evaluate(({ powerMonitor }, event) => powerMonitor.emit(event), what);
      await power('suspend');
      await lab.wire.until('presence', { after, where: ({ state, reason }) => state === 'offline' && reason === 'sleep' });
      await power('resume');
      expect(await lab.wire.until('presence', { after, where: ({ state }) => state === 'online' })).toBeDefined();
    });

    it('starts the agent again when it crashed, and shows what it shows again', async () => {
      const page = await app.window();
      const pid = await app.agentPid();
      process.kill(pid, 'SIGKILL');
      await eventually('another one works', async () => (await app.pids('Utility', 'Jabra agent')).some((other) => other !== pid));
      await page.getByText('Evolve2 75').first().waitFor();
      expect(await windows()).toBe(1);
      await eventually('the log has its last words', () =>
        readFileSync(keptFile(join('logs', 'jabra-tray.log')), 'utf8').includes('the agent said last: '),
      );
    });

    it('loads a page again that crashed, until it crashes all the time', async () => {
      const crash = () =>
        app.electron.evaluate(({ BrowserWindow }) => {
          BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
        });
      const agent = await app.agentPid();
      for (let times = 1; times <= 3; times += 1) {
        const [before] = await app.pids('Tab');
        await crash();
        await eventually('there is another page', async () => (await app.pids('Tab')).some((pid) => pid !== before));
      }
      const text = await eventually('the page shows the headset', () =>
        app.electron
          .evaluate(
            ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText') as Promise<string>,
          )
          .then((shown) => shown.includes('Evolve2 75') && shown),
      );
      expect(text).toContain('Devices');
      await crash();
      await eventually('the window is closed', async () => (await windows()) === 0);
      expect(await app.agentPid()).toBe(agent);
      await TrayApp.again(options()).ended;
      await app.window();
    });

    it('keeps what the user chose, over a damaged file and an end in order', async () => {
      const page = await app.window();
      await page.getByRole('button', { name: 'Help' }).click();
      await page.getByRole('switch', { name: 'Tell me when a battery is low' }).click();
      await eventually(
        'it is on the disk',
        () => existsSync(keptFile('preferences.json')) && readFileSync(keptFile('preferences.json'), 'utf8').includes('"batteryNotice": true'),
      );
      const after = lab.wire.mark();
      const agent = await app.agentPid();
      await app.stop();
      await lab.wire.until('presence', { after, where: ({ state, reason }) => state === 'offline' && reason === 'shutdown' });
      expect(isAlive(agent)).toBe(false);
      const kept = readFileSync(keptFile('preferences.json'), 'utf8');
      writeFileSync(keptFile('preferences.json'), kept.replace('"system"', '"de"'));
      writeFileSync(keptFile('window.json'), '{"x": 1');
      app = await TrayApp.start(options());
      const german = await app.window();
      await german.getByRole('heading', { name: 'Geräte', exact: true }).waitFor();
      expect(readFileSync(keptFile('window.json.damaged'), 'utf8')).toBe('{"x": 1');
      expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({
        width: 920,
        height: 640,
      });
    });

    it('leaves no agent behind when it is killed itself', async () => {
      const agent = await app.agentPid();
      app.process.kill('SIGKILL');
      expect(await eventually('the agent is gone', () => !isAlive(agent))).toBe(true);
    });

    it('works without a window and without an icon where NO_TRAYICON says so', async () => {
      const after = lab.wire.mark();
      app = await TrayApp.start(options([], { NO_TRAYICON: 'YES' }));
      await lab.wire.until('presence', { after, where: ({ state }) => state === 'online' });
      expect(await windows()).toBe(0);
      expect(await app.pids('Tab')).toEqual([]);
    });

    it('ends in order after a fault of its own, without a dialog', async () => {
      const agent = await app.agentPid();
      await app.electron.evaluate(() => {
        setTimeout(() => {
          throw new Error('planted by a test');
        }, 0);
      });
      expect(await app.ended()).toBe(1);
      expect(app.said).toContain('planted by a test');
      expect(readFileSync(keptFile(join('logs', 'jabra-tray.log')), 'utf8')).toContain('planted by a test');
      expect(isAlive(agent)).toBe(false);
    });

    it('stands by where an agent works on the same state already, and goes on from where that ends', async () => {
      await lab.agent.start('login-1');
      app = await TrayApp.start(options());
      const page = await app.window();
      await page.getByText('Eine andere Person nutzt die Geräte').first().waitFor();
      expect(await page.locator('[data-device]').count()).toBe(0);
      await lab.agent.stop();
      await page.locator('[data-device]').first().waitFor();
    });
  });
});
