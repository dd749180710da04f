import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, endAll, homeFolder, TrayApp } from './tray-app.ts';

/** What preload gives a page; named here since the page is no entry of a package. */
interface PageWindow {
  readonly jpdBridge: { call(name: string, args: unknown): Promise<unknown>; on(name: string, listener: (payload: unknown) => void): () => void };
}

describeWith(electronOnScreen, 'a window of the tray app', () => {
  const home = homeFolder();
  let display: VirtualDisplay;
  let app: TrayApp;
  let page: Page;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
    // Without a configuration the agent ends, and the windows say so.
    app = await TrayApp.start({ display: display.name, home: home.path, words: [`--config=${home.path}/none.json`] });
    page = await app.window();
  });
  afterAll(() =>
    endAll(
      () => app?.stop(),
      () => display?.stop(),
      home.remove,
    ),
  );
  const call = (name: string, args: unknown) =>
    page.evaluate(([asked, given]) => (window as unknown as PageWindow).jpdBridge.call(asked as string, given), [name, args]);
  const refusals = (what: string) => app.said.split(`refused: ${what}`).length - 1;

  it('says why no agent works', async () => {
    await page.getByText('The app cannot look after the devices at the moment').first().waitFor();
    expect(await call('state', {})).toMatchObject({ result: { agent: { state: 'stopped', code: 'configuration' }, devices: [] } });
  });

  it('is drawn with its styles, ours and those with the nonce of the load', async () => {
    const styles = await page.evaluate(() => ({
      ground: getComputedStyle(document.querySelector('.app') ?? document.body).backgroundColor,
      fontSize: getComputedStyle(document.querySelector('.fui-FluentProvider') ?? document.body).fontSize,
      radius: getComputedStyle(document.querySelector('.content') ?? document.body).borderTopLeftRadius,
      buttons: [...document.querySelectorAll('button')].filter((button) => getComputedStyle(button).fontFamily.includes('Segoe UI')).length,
    }));
    expect(styles).toEqual({ ground: 'rgb(245, 245, 245)', fontSize: '14px', radius: '8px', buttons: expect.any(Number) });
    expect(styles.buttons).toBeGreaterThan(4);
  });

  it('is sandboxed, isolated, and has nothing of Node', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
    });
    const seen = await page.evaluate(() => ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window));
    expect(seen).toEqual([]);
    expect(await page.evaluate(() => Object.keys((window as unknown as PageWindow).jpdBridge))).toEqual(['call', 'on']);
  });

  it('runs no script and takes no style that did not come with it', async () => {
    const outcome = await page.evaluate(async () => {
      const violated: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => violated.push(effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.head.append(script);
      const style = document.createElement('style');
      style.textContent = 'h1 { font-size: 99px !important }';
      document.head.append(style);
      const frame = document.createElement('iframe');
      frame.src = 'data:text/html,<h1>no</h1>';
      document.body.append(frame);
      // What a debugger evaluates is free of the policy; what runs after it is not.
      await new Promise((resolve) => setTimeout(resolve, 100));
      let evaluated = 'refused';
      try {
        // oxlint-disable-next-line typescript/no-implied-eval
        evaluated = String(new Function('return 1')());
      } catch {
        // As it must be.
      }
      const result = { wasRun: 'wasRun' in window, size: getComputedStyle(document.querySelector('h1') ?? document.body).fontSize, evaluated };
      for (const element of [script, style, frame]) element.remove();
      return { ...result, violated: violated.toSorted() };
    });
    expect(outcome).toMatchObject({ wasRun: false, size: '24px', evaluated: 'refused' });
    expect(outcome.violated).toEqual(expect.arrayContaining(['frame-src', 'script-src-elem', 'style-src-elem']));
  });

  it('reaches nobody', async () => {
    const reached = await page.evaluate(async () => {
      const tries = [
        fetch('https://example.invalid/').then(
          () => 'fetch',
          () => '',
        ),
        fetch('file:///etc/hostname').then(
          () => 'file',
          () => '',
        ),
        new Promise((resolve) => {
          const image = new Image();
          image.addEventListener('load', () => resolve('image'));
          image.addEventListener('error', () => resolve(''));
          image.src = 'http://127.0.0.1:9/x.png';
        }),
      ];
      return (await Promise.all(tries)).filter((name) => name !== '');
    });
    expect(reached).toEqual([]);
    // Also where no policy of a page stands before it.
    const fromMain = await app.electron.evaluate(async ({ net }) =>
      net.fetch('http://127.0.0.1:9/').then(
        () => 'reached',
        (error: Error) => error.message,
      ),
    );
    expect(fromMain).toContain('ERR_BLOCKED_BY_CLIENT');
  });

  it('stays where it is, and opens no other', async () => {
    const before = page.url();
    await page
      .evaluate(() => {
        window.location.href = 'https://example.invalid/';
      })
      .catch(() => undefined);
    await page
      .evaluate(() => {
        window.location.href = 'data:text/html,no';
      })
      .catch(() => undefined);
    expect(await page.evaluate(() => window.open('https://example.invalid/') === null)).toBe(true);
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'app://tray/index.html';
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    });
    await eventually('all of it was refused', () => refusals('navigation') >= 1 && refusals('a window of the page') >= 2);
    expect(page.url()).toBe(before);
    expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('is allowed nothing', async () => {
    const states = await page.evaluate(async () => {
      const ask = async (what: () => Promise<unknown>) =>
        what().then(
          () => 'granted',
          () => 'refused',
        );
      return {
        notification: await Notification.requestPermission(),
        place: await new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('granted'),
            () => resolve('refused'),
          ),
        ),
        microphone: await ask(() => navigator.mediaDevices.getUserMedia({ audio: true })),
        clipboard: await ask(() => navigator.clipboard.readText()),
        hid: await ask(async () => {
          const { hid } = navigator as unknown as { readonly hid?: { getDevices(): Promise<unknown[]> } };
          const devices = (await hid?.getDevices()) ?? [];
          if (devices.length === 0) throw new Error('none');
        }),
      };
    });
    expect(states).toEqual({ notification: 'denied', place: 'refused', microphone: 'refused', clipboard: 'refused', hid: 'refused' });
  });

  it('can put no webview into itself', async () => {
    const outcome = await page.evaluate(async () => {
      const view = document.createElement('webview');
      view.setAttribute('src', 'https://example.invalid/');
      document.body.append(view);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const isAny = 'getWebContentsId' in view;
      view.remove();
      return isAny;
    });
    expect(outcome).toBe(false);
  });

  it('saves nothing to the disk by itself', async () => {
    const before = refusals('download') + refusals('navigation');
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['x']));
      link.download = 'x.txt';
      link.click();
    });
    expect(await eventually('it was refused', () => refusals('download') + refusals('navigation') > before)).toBe(true);
  });

  it('is answered by name and schema, with a code and no more', async () => {
    expect(await call('state', {})).toMatchObject({ ok: true, result: { version: '0.1.0' } });
    expect(await call('nothing', {})).toEqual({ ok: false, code: 'unknown-call' });
    expect(await call('constructor', {})).toEqual({ ok: false, code: 'unknown-call' });
    expect(await call('openWindow', { page: '/etc/passwd', deviceId: null, tab: null })).toEqual({ ok: false, code: 'invalid-arguments' });
    expect(await call('recoverFirmware', { deviceId: 'none' })).toEqual({ ok: false, code: 'failed' });
  });

  it('is the only one who is answered: a page of another origin is nobody', async () => {
    const reply = await app.electron.evaluate(
      async ({ BrowserWindow, app: electron }, preload) => {
        const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        await stranger.loadURL('data:text/html,<p>stranger');
        const answer: unknown = await stranger.webContents.executeJavaScript("window.jpdBridge.call('state', {})");
        stranger.destroy();
        return { answer, name: electron.getName() };
      },
      (await app.electron.evaluate(({ app: electron }) => electron.getAppPath())) + '/preload.cjs',
    );
    expect(reply.answer).toEqual({ ok: false, code: 'untrusted-sender' });
  });

  it('names the licences of what it is made of', async () => {
    const reply = (await call('licences', {})) as { readonly result: readonly { readonly name: string; readonly text: string }[] };
    const names = reply.result.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['electron', 'react', '@fluentui/react-button', 'node-hid', 'mqtt', 'zod', 'i18next']));
  });
});
