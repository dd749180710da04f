import { cp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Contents } from './contents.ts';
import { openDatabase } from './database.ts';
import { kindOf, move } from './files.ts';

/** Damaged folders that are kept for whoever wants to look into them. */
const KEPT = 3;

const buildingPath = (folder: string): string => `${folder}.rebuilding`;
const builtPath = (folder: string): string => `${folder}.rebuilt`;

/**
 * Puts a new database with `contents` in the place of `folder`, which is moved aside. Returns where to, null if there was nothing.
 * At no moment is there less on the disk than before: the new one is complete, and has the name that says so, before the old one is touched.
 */
export async function rebuild(folder: string, contents: Contents, transaction: number, now: Date): Promise<string | null> {
  await rm(buildingPath(folder), { recursive: true, force: true });
  const database = await openDatabase(buildingPath(folder), { create: true });
  try {
    const records = [...contents.records()].map((record) => ({ section: record.section, key: record.key, record }));
    await database.write(records, { transaction, ...contents.tally });
  } finally {
    await database.close();
  }
  await move(buildingPath(folder), builtPath(folder));
  const setAside = (await kindOf(folder)) === 'missing' ? null : await asidePath(folder, now);
  if (setAside !== null) await move(folder, setAside);
  await move(builtPath(folder), folder);
  await prune(folder);
  return setAside;
}

/** Does something with a copy of the folder, which is removed afterwards. */
export async function onCopy<T>(folder: string, action: (copy: string) => Promise<T>): Promise<T> {
  await cp(folder, buildingPath(folder), { recursive: true });
  try {
    return await action(buildingPath(folder));
  } finally {
    await rm(buildingPath(folder), { recursive: true, force: true });
  }
}

/** Completes what a crash interrupted. True if the store was rebuilt by an earlier start that couldn't tell of it. */
export async function finishRebuild(folder: string): Promise<boolean> {
  await rm(buildingPath(folder), { recursive: true, force: true });
  if ((await kindOf(builtPath(folder))) === 'missing') return false;
  if ((await kindOf(folder)) === 'missing') {
    await move(builtPath(folder), folder);
    return true;
  }
  await rm(builtPath(folder), { recursive: true, force: true });
  return false;
}

/** `<folder>.damaged-20261122T030000.000Z`: ISO 8601 without what Windows doesn't allow in names. */
async function asidePath(folder: string, now: Date): Promise<string> {
  const plain = `${folder}.damaged-${now.toISOString().replaceAll(/[-:]/g, '')}`;
  for (let copy = 1; ; copy += 1) {
    const path = copy === 1 ? plain : `${plain}-${copy}`;
    if ((await kindOf(path)) === 'missing') return path;
  }
}

/** What cannot be removed stays: the store is in order by now. */
async function prune(folder: string): Promise<void> {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.damaged-`;
  const kept = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  kept.sort();
  await Promise.allSettled(kept.slice(0, -KEPT).map((name) => rm(join(parent, name), { recursive: true, force: true })));
}
