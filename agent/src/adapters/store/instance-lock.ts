import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { LockExamination } from '../../ports/examination.ts';
import { assertNotLocked, openDatabase, type Database } from './database.ts';
import { errorCode, folderError, StoreError } from './errors.ts';
import { kindOf } from './files.ts';

const LockHolder = z.object({ pid: z.int(), since: z.string() });

/** The process that holds the lock, and when it took it (ISO 8601). */
export type LockHolder = Readonly<z.infer<typeof LockHolder>>;

export type InstanceLockResult =
  | { readonly ok: true; release(): Promise<void> }
  /** `heldBy` is for people: null, or for a moment the process before, if the holder has only just come. */
  | { readonly ok: false; readonly heldBy: LockHolder | null };

/** Tells this process from all others, also from one that had its pid before a restart. */
const thisProcess = randomUUID();
const CLAIM = 'claim-';
const HOLDER = 'holder.json';
const LOCK = 'LOCK';
const ATTEMPTS = 3;

/**
 * Makes sure that one agent at a time works on a state folder. The second learns at once that it isn't alone; what a killed one left behind
 * is no obstacle, because the operating system itself drops the lock with the process.
 *
 * The lock is the one that LevelDB keeps on the file LOCK of an otherwise empty database in `<stateDir>/lock`: fcntl(F_SETLK) on POSIX,
 * CreateFile without sharing on Windows (leveldb util/env_posix.cc, port-libuv/env_win.cc). Of what Node and our dependencies offer, only this
 * is held by the kernel: files with a pid or a time (proper-lockfile) stay behind when a process is killed and need a time-out, sockets are
 * bound to a network namespace, not to the folder. It is not the lock of the store, which is let go while a damaged store is exchanged.
 *
 * POSIX drops such a lock when the process closes any other handle of the file. So nothing else in the process may open `<stateDir>/lock/LOCK`
 * (a back-up, a support bundle), and a second attempt in the same process must not reach LevelDB, which would open and close it: a claim file
 * named after the process keeps it off.
 *
 * Throws StoreError `not-writable` or `unusable`.
 */
export async function acquireInstanceLock(stateDir: string, now: () => number = Date.now): Promise<InstanceLockResult> {
  const folder = join(stateDir, 'lock');
  try {
    // This is the first that is made of a state folder: for this account only. One that is there already stays as its administrator made it.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const claim = join(folder, CLAIM + thisProcess);
    if (!(await createFile(claim))) return { ok: false, heldBy: await readHolder(folder) };
    let database: Database | null = null;
    try {
      database = await takeLock(folder);
    } finally {
      if (database === null) await rm(claim, { force: true });
    }
    if (database === null) return { ok: false, heldBy: await readHolder(folder) };
    await introduce(folder, now);
    return { ok: true, release: once(() => release(folder, claim, database)) };
  } catch (error) {
    throw folderError(stateDir, error);
  }
}

/**
 * Whether an agent works on `stateDir`, without taking its place: the lock is tried for a moment, and an agent that starts within that moment
 * finds itself shut out. Makes nothing where nothing is.
 *
 * Throws StoreError `not-writable` where this account may not try.
 */
export async function examineInstanceLock(stateDir: string): Promise<LockExamination> {
  const folder = join(stateDir, 'lock');
  try {
    if ((await kindOf(join(folder, LOCK))) === 'missing') return { held: false };
    // Of this process itself: trying would let go of it.
    if ((await kindOf(join(folder, CLAIM + thisProcess))) !== 'missing') return { held: true, by: await readHolder(folder) };
    await access(join(folder, LOCK), constants.R_OK | constants.W_OK);
    await tryLock(folder);
    return { held: false };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'locked') return { held: true, by: await readHolder(folder) };
    throw folderError(stateDir, error);
  }
}

/**
 * Takes the lock and lets go of it at once. LevelDB begins a new LOG before it looks at the lock, so that on POSIX, where the lock is one on the
 * file and a link leads to it, it gets a folder of its own. A link would need a privilege on Windows: there LOG is begun anew.
 */
async function tryLock(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    await assertNotLocked(folder);
    return;
  }
  const place = await mkdtemp(join(tmpdir(), 'jabra-agent-'));
  try {
    await symlink(join(resolve(folder), LOCK), join(place, LOCK));
    await assertNotLocked(place);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function createFile(path: string): Promise<boolean> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Null if another process holds it. */
async function takeLock(folder: string): Promise<Database | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openDatabase(folder, { create: true });
    } catch (error) {
      if (error instanceof StoreError && error.code === 'locked') return null;
      if (attempt === ATTEMPTS) throw error;
      await clear(folder);
    }
  }
}

/**
 * Removes a damaged database but for LOCK, so that a lock on it stays the lock on it. If another process takes the lock meanwhile, it loses
 * files that it never reads.
 */
async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== LOCK && !name.startsWith(CLAIM)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function introduce(folder: string, now: () => number): Promise<void> {
  const own = CLAIM + thisProcess;
  for (const name of await readdir(folder)) if (name.startsWith(CLAIM) && name !== own) await rm(join(folder, name), { force: true });
  const holder: LockHolder = { pid: process.pid, since: new Date(now()).toISOString() };
  await writeFile(join(folder, HOLDER), JSON.stringify(holder));
}

async function release(folder: string, claim: string, database: Database): Promise<void> {
  await rm(join(folder, HOLDER), { force: true });
  await database.close();
  await rm(claim, { force: true });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= action());
}

async function readHolder(folder: string): Promise<LockHolder | null> {
  try {
    const text: unknown = JSON.parse(await readFile(join(folder, HOLDER), 'utf8'));
    return LockHolder.safeParse(text).data ?? null;
  } catch {
    return null;
  }
}
