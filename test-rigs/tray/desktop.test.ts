import { afterAll, beforeAll, expect, it } from 'vitest';
import { DesktopBus, type StatusItem } from '../lab/electron/desktop-bus.ts';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { findProgram } from '../lab/find-program.ts';
import { FirmwareLab, nextVersion } from '../lab/packages/firmware-lab.ts';
import { describeWith, requirement } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, endAll, homeFolder, isAlive, TrayApp } from './tray-app.ts';

const sessionBus = requirement('a session bus', () => findProgram('dbus-daemon') !== undefined, 'apt-get install dbus libnotify4');
const serial = '70BF95000001';
const deviceId = `24da-${serial.toLowerCase()}`;

describeWith(sessionBus, 'on a desktop with a notification area', () => {
  describeWith(electronOnScreen, 'the tray app', () => {
    const home = homeFolder();
    let display: VirtualDisplay;
    let desktop: DesktopBus;
    let rig: FirmwareLab;
    let app: TrayApp;
    let icon: StatusItem;
    beforeAll(async () => {
      display = await VirtualDisplay.start();
      desktop = await DesktopBus.start();
      rig = await FirmwareLab.start([`evolve2-75:${serial}`]);
      await rig.lab.agent.stop();
      app = await TrayApp.start({
        display: display.name,
        home: home.path,
        words: [`--config=${rig.lab.agent.configurationFile}`, '--login-session=login-1', '--background'],
        environment: { DBUS_SESSION_BUS_ADDRESS: desktop.address },
      });
      icon = await desktop.item();
    });
    afterAll(() =>
      endAll(
        () => app?.stop(),
        () => rig?.stop(),
        () => desktop?.stop(),
        () => display?.stop(),
        home.remove,
      ),
    );
    const labels = async () => (await icon.menu()).map(({ label, isSeparator }) => (isSeparator ? '-' : label));
    const windows = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    const pixels = async () => JSON.stringify(await icon.property('IconPixmap'));
    const tooltip = async () => JSON.stringify(await icon.property('ToolTip'));
    let usual: string;

    it('has an icon with a menu and a tooltip of the devices, and no window', async () => {
      await eventually('the headset is named', async () => (await labels())[0] === 'Evolve2 75: 80 %');
      expect(await labels()).toEqual([
        'Evolve2 75: 80 %',
        '-',
        'Open Jabra+ desktop',
        'Pair a headset…',
        '-',
        'What was sent',
        'Help',
        '-',
        'Quit until next sign-in',
      ]);
      expect(await tooltip()).toContain('Evolve2 75: 80 %');
      expect(await windows()).toBe(0);
      usual = await pixels();
      expect(usual.length).toBeGreaterThan(100);
    });

    it('opens its window where an entry leads', async () => {
      await icon.choose('What was sent');
      const page = await app.window();
      await page.getByRole('heading', { name: 'What was sent', exact: true }).waitFor();
      await icon.choose('Help');
      await page.getByRole('heading', { name: 'Help', exact: true }).waitFor();
      expect(await windows()).toBe(1);
      await app.electron.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()[0]?.close();
      });
    });

    it('shows the flyout for a click, and hides it for another', async () => {
      await icon.activate();
      const flyout = await eventually('the flyout is there', () => app.electron.windows().find((one) => one.url().includes('view=flyout')));
      await flyout.locator('.flyout').getByText('Evolve2 75').waitFor();
      const shown = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((window) => window.isVisible()).length);
      await eventually('it is shown', async () => (await shown()) === 1);
      await icon.activate();
      expect(await eventually('it is hidden', async () => (await shown()) === 0)).toBe(true);
    });

    it('asks once, silently, with another icon, and installs what a person wants', async () => {
      await rig.lab.platform.changePolicy({ postponeLimit: 3, postponeHours: 24 });
      await rig.desire(deviceId, rig.offer({ bytes: 60_000 }), 'pending');
      const shown = await desktop.notification(/^Update ready for Evolve2 75$/u);
      expect(shown).toMatchObject({ isSilent: true, body: expect.stringMatching(/You can postpone it 3 more times/u) });
      await eventually('the icon asks', async () => (await pixels()) !== usual);
      expect((await labels())[0]).toBe('Evolve2 75: 80 %, update ready');
      desktop.press(shown.id);
      const page = await app.window();
      await page.getByRole('button', { name: 'Update now' }).click();
      await desktop.notification(/^Evolve2 75 is up to date$/u);
      expect(await rig.versionOn(serial)).toBe(nextVersion);
      expect(await eventually('the icon is as before', async () => (await pixels()) === usual)).toBe(true);
      expect(desktop.notifications.map(({ title }) => title)).toEqual(['Update ready for Evolve2 75', 'Evolve2 75 is up to date']);
    });

    it('cannot be ended from its menu where the policy says so', async () => {
      await rig.lab.platform.changePolicy({ allowQuit: false });
      expect(await eventually('the entry is gone', async () => !(await labels()).includes('Quit until next sign-in'))).toBe(true);
      await rig.lab.platform.changePolicy({ allowQuit: true });
      await eventually('the entry is back', async () => (await labels()).includes('Quit until next sign-in'));
    });

    it('says that the PC is no longer managed', async () => {
      await rig.lab.platform.revoke(await rig.lab.agent.clientId());
      await desktop.notification(/^This PC is no longer managed by /u);
      expect(await eventually('the icon says so', async () => (await pixels()) !== usual)).toBe(true);
    });

    it('ends from its menu, with its agent', async () => {
      const agent = await app.agentPid();
      await icon.choose('Quit until next sign-in');
      expect(await app.ended()).toBe(0);
      expect(isAlive(agent)).toBe(false);
    });
  });
});
