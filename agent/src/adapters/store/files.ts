import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errors.ts';

export type PathKind = 'missing' | 'folder' | 'other';

export async function kindOf(path: string): Promise<PathKind> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'missing';
    throw error;
  }
}

/**
 * Makes the folder where it is missing, for this account only, since everyone who gets to LevelDB's files may read them; and fails where nothing
 * can be written in it, which LevelDB's own error would not tell from damage.
 */
export async function ensureWritable(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const probe = join(folder, 'write-test');
  await writeFile(probe, '');
  await rm(probe, { force: true });
}

const PATIENCE_MS = [20, 50, 100, 200, 400, 800];

/**
 * Renames, and makes it last over a power cut. On Windows a scanner that just looks into a folder makes that fail for a moment, so there
 * it is tried again for 1.6 s.
 */
export async function move(from: string, to: string): Promise<void> {
  for (const wait of process.platform === 'win32' ? PATIENCE_MS : []) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) throw error;
      await sleep(wait);
    }
  }
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Windows has no such thing: its file systems write changes of names through their journal. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
