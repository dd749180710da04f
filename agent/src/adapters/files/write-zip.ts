import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { FilesError, systemCode } from './errors.ts';

async function statOf(path: string): Promise<Awaited<ReturnType<typeof stat>> | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    throw new FilesError('not-written', `${path} cannot be looked at (${systemCode(error)})`, error);
  }
}

/** Refuses, before any work is done, what `writeZip` could not write or must not replace. Throws FilesError. */
export async function assertNew(path: string, { replace }: { readonly replace: boolean }): Promise<void> {
  const existing = await statOf(path);
  if (existing !== null && !existing.isFile()) throw new FilesError('not-a-file', `${path} is a folder: name a file`);
  if (existing !== null && !replace) throw new FilesError('exists', `${path} exists already: name another file, or replace it with --force`);
  const folder = dirname(path);
  if ((await statOf(folder))?.isDirectory() !== true) throw new FilesError('no-folder', `the folder ${folder} does not exist: make it first`);
}

/** A zip of texts by name. */
export function zipOf(files: ReadonlyMap<string, string>): Uint8Array {
  return zipSync(Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)])), { level: 6 });
}

/**
 * Writes a zip of texts, readable by this account only, and all at once: at no time is there half a file under that name.
 * Throws FilesError `not-written`.
 */
export async function writeZip(path: string, files: ReadonlyMap<string, string>): Promise<{ readonly bytes: number }> {
  const zip = zipOf(files);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(zip);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    return { bytes: zip.length };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FilesError('not-written', `${path} cannot be written (${systemCode(error)})`, error);
  }
}
