import { randomUUID } from 'node:crypto';
import { lstat, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FolderExamination } from '../../ports/examination.ts';
import { systemCode } from './errors.ts';

async function kindOf(path: string): Promise<FolderExamination['kind']> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'missing';
    // A part of the path is a file.
    if (systemCode(error) === 'ENOTDIR') return 'other';
    throw error;
  }
}

/** By trying: Windows' access check knows nothing of permissions, and nobody's check knows of a full disk. */
async function obstacleIn(folder: string): Promise<string | null> {
  const probe = join(folder, `write-test-${randomUUID()}`);
  try {
    await writeFile(probe, 'test', { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    return systemCode(error);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Also a sticky one: in it nobody removes another's file, but everyone can put one there first. */
async function isOpenToAll(folder: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(folder)).mode & 0o002) !== 0;
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Whether this account can write in a folder, or make it where it is missing. */
export async function examineFolder(path: string): Promise<FolderExamination> {
  const kind = await kindOf(path);
  if (kind === 'other') return { kind, obstacle: 'ENOTDIR', openToAll: false, freeBytes: null };
  let nearest = path;
  while (nearest !== dirname(nearest) && (await kindOf(nearest)) === 'missing') nearest = dirname(nearest);
  const openToAll = kind === 'folder' && (await isOpenToAll(path));
  return { kind, obstacle: await obstacleIn(nearest), openToAll, freeBytes: await freeBytes(nearest) };
}

export interface ListedFile {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  readonly changedAt: string;
}

/** What lies in a folder, without its subfolders' contents; nothing where it cannot be read. */
export async function listFolder(path: string): Promise<readonly ListedFile[]> {
  const names = (await readdir(path).catch((): string[] => [])).toSorted((a, b) => a.localeCompare(b));
  const listed = names.map(async (name): Promise<readonly ListedFile[]> => {
    try {
      const found = await lstat(join(path, name));
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return [{ name, kind, bytes: found.size, changedAt: found.mtime.toISOString() }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(listed)).flat();
}
