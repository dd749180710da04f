import { _electron } from 'playwright-core';
import { cleanEnvironment } from '../../lab/processes.ts';
import type { Command } from './apps.ts';

/** Milliseconds from the wish for a window. */
export interface WindowTimes {
  /** To the first thing on it that is not its ground. */
  readonly paintedMs: number;
  /** To its heading, with a page that has nothing left to do. */
  readonly interactiveMs: number;
}

/** Opens a window of a running application as often as asked, and closes it again. */
export async function windowTimes({ executablePath, args, env }: Command, rounds: number): Promise<readonly WindowTimes[]> {
  const full = Object.entries(cleanEnvironment(env)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const app = await _electron.launch({ executablePath, args, env: Object.fromEntries(full) });
  try {
    const times: WindowTimes[] = [];
    for (let round = 0; round < rounds; round += 1) {
      times.push(
        await app.evaluate(async (electron) => {
          // What a page says of itself, by the clock of the machine.
          const look = `new Promise((resolve) => {
            const tell = () => resolve({
              painted: performance.timeOrigin + performance.getEntriesByName('first-contentful-paint')[0].startTime,
              interactive: performance.timeOrigin + performance.now(),
            });
            const wait = () => document.querySelector('h1') && performance.getEntriesByName('first-contentful-paint').length > 0
              ? requestIdleCallback(tell)
              : requestAnimationFrame(wait);
            wait();
          })`;
          const asked = Date.now();
          const made = new Promise<{ readonly painted: number; readonly interactive: number }>((resolve, reject) => {
            electron.app.once('browser-window-created', (_, window) => {
              window.webContents.once('dom-ready', () => {
                window.webContents.executeJavaScript(look).then(resolve, reject);
              });
            });
          });
          electron.app.emit('second-instance', {}, [], '', { isInBackground: false });
          const { painted, interactive } = await made;
          const [window] = electron.BrowserWindow.getAllWindows();
          const gone = new Promise<void>((resolve) => {
            window?.once('closed', () => {
              resolve();
            });
          });
          window?.close();
          await gone;
          return { paintedMs: painted - asked, interactiveMs: interactive - asked };
        }),
      );
    }
    return times;
  } finally {
    await app.evaluate(({ app: electron }) => {
      electron.quit();
    });
    await app.close();
  }
}
