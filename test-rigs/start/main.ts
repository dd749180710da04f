/** The main job with embedded parts, all of it through the real programs: `npm start`. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { StartError } from '../platform/errors.ts';
import { introduction } from './introduction.ts';
import { LiveText, renderTable } from './live-table.ts';
import { StartRig } from './rig.ts';
import { prepareTray } from './tray.ts';

const refreshMs = 500;

async function readRunFolder(): Promise<string> {
  const file = fileURLToPath(new URL('../../tools/run-folder.mjs', import.meta.url));
  return z.object({ runFolder: z.string() }).parse(await import(pathToFileURL(file).href)).runFolder;
}

const pause = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, refreshMs);
  });

async function run(rig: StartRig, ended: AbortSignal, window: string): Promise<void> {
  const view = await rig.start();
  process.stdout.write(`${introduction(rig.files, view, window)}\n`);
  const live = new LiveText(process.stdout);
  while (!ended.aborted) {
    try {
      live.show(renderTable(await view.rows()));
    } catch (error) {
      // A platform that died is told of by its end, and not by the request that failed because of it.
      await Promise.race([rig.failed, pause()]);
      throw error;
    }
    await pause();
  }
}

/** Runs until a signal comes or something goes wrong. Gives the exit code. */
async function main(): Promise<number> {
  const ended = new AbortController();
  const folder = await readRunFolder();
  const whyNot = prepareTray();
  const rig = await StartRig.open(folder, whyNot === undefined).catch((error: unknown) => {
    if (!(error instanceof StartError) || error.code !== 'already-running') throw error;
    throw new Error(`npm start runs already in this checkout (its files are in ${folder}): end it with Ctrl-C first`, { cause: error });
  });
  const aborted = new Promise<void>((resolve) => {
    const end = (): void => {
      ended.abort();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
    // Whoever read along is gone.
    process.stdout.on('error', end);
  });
  const running = run(rig, ended.signal, whyNot ?? 'the tray app opens its window; its agent goes on when you close it');
  // What fails because everything ends is no failure.
  running.catch(() => undefined);
  try {
    await Promise.race([running, rig.failed, aborted]);
    process.stdout.write('\nending …\n');
    await rig.end('remove');
    return 0;
  } catch (error) {
    // Its message tells to look at a log.
    await rig.end('keep');
    throw error;
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
