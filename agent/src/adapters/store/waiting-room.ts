import { randomUUID } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WaitingRoom } from '../../ports/index.ts';
import { errorCode } from './errors.ts';

/** Who waits says so at least every 30 s; one that is silent for longer was killed. */
const freshMs = 90_000;

export interface OpenWaitingRoom extends WaitingRoom {
  /** Somebody came or went. A file system that can't tell never calls. Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
}

/**
 * Who waits for their turn on a state folder: a file each in `<stateDir>/waiting`, whose time of change says when that was said last. Whatever goes wrong
 * with the files, somebody waits a little longer or lets another one in for nothing: which of them works is the instance lock's business.
 */
export function openWaitingRoom(stateDir: string, now: () => number = Date.now): OpenWaitingRoom {
  const folder = join(stateDir, 'waiting');
  const own = `${randomUUID()}.wait`;
  const file = join(folder, own);
  const isFresh = async (name: string): Promise<boolean> => {
    const { mtimeMs } = await stat(join(folder, name));
    // A clock that was set back makes files of the future: they count until it is that time again, or the next start clears them.
    return now() - mtimeMs < freshMs;
  };
  return {
    enter: () =>
      quietly(async () => {
        const date = new Date(now());
        try {
          // No news for whoever watches the folder.
          await utimes(file, date, date);
        } catch (error) {
          if (errorCode(error) !== 'ENOENT') throw error;
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await writeFile(file, '');
          await utimes(file, date, date);
        }
      }),
    leave: () => quietly(() => rm(file, { force: true })),
    isSomebodyWaiting: async () => {
      const names = await readdir(folder).catch((): string[] => []);
      const others = names.filter((name) => name !== own && name.endsWith('.wait'));
      const fresh = await Promise.all(others.map((name) => isFresh(name).catch(() => false)));
      await Promise.all(others.filter((_, index) => fresh[index] === false).map((name) => quietly(() => rm(join(folder, name), { force: true }))));
      return fresh.includes(true);
    },
    onChange: (listener) => {
      let watcher: FSWatcher | null = null;
      let isOver = false;
      void quietly(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        if (isOver) return;
        // `change` is somebody who still waits.
        watcher = watch(folder, { persistent: false }, (event, name) => {
          if (event === 'rename' && name !== own) listener();
        });
        watcher.on('error', () => watcher?.close());
      });
      return () => {
        isOver = true;
        watcher?.close();
      };
    },
  };
}

async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // See above: nothing depends on it.
  }
}
