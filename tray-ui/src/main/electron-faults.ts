import type { App } from 'electron';
import { isWorthARestart } from './restart.ts';

/**
 * A fault of main itself: Electron would show a dialog over whatever a person does. It is written down, everything ends in order, and the app starts again
 * without a window where it had worked for a while.
 */
export function surviveFaults(
  app: App,
  { log, end }: { readonly log: (message: string, error: unknown) => void; readonly end: (code: number) => void },
): void {
  // Whoever read along is gone: that is no fault.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    log('a fault', error);
    if (isWorthARestart(process.uptime()))
      app.relaunch({ args: [...process.argv.slice(1).filter((word) => word !== '--background'), '--background'] });
    end(1);
  });
}
