import { dirname } from 'node:path';
import type { Store, StoreDamage } from '../../ports/store.ts';
import { assertNotLocked, openDatabase, type Database } from './database.ts';
import { folderError } from './errors.ts';
import { ensureWritable, kindOf } from './files.ts';
import { inspect, type Findings } from './inspect.ts';
import { LevelStore } from './level-store.ts';
import { Mark } from './mark.ts';
import { finishRebuild, rebuild } from './rebuild.ts';

export interface LevelStoreOptions {
  /**
   * The store's own folder, made where it is missing. Beside it are made `<folder>.mark`, and on damage `<folder>.damaged-<time>` (the last
   * three are kept); so the folder that holds it must be writable too.
   */
  readonly folder: string;
  readonly log?: (line: string) => void;
  /** Milliseconds since the Unix epoch, for the names of damaged folders. */
  readonly now?: () => number;
}

/**
 * Opens the durable store. Whoever calls holds the instance lock of the state folder: LevelDB's own lock doesn't cover the moments in which a
 * damaged folder is exchanged.
 *
 * Damage is survived: what can be read is put into a new database, the old folder is moved aside, and `damage` says so. A half-written
 * transaction that was never acknowledged, which is what a crash leaves, is not damage.
 *
 * Throws StoreError `locked`, `not-writable` or `unusable`; what is stored was not touched then.
 */
export async function openLevelStore(options: LevelStoreOptions): Promise<Store> {
  try {
    return await open(options);
  } catch (error) {
    throw folderError(options.folder, error);
  }
}

async function open({ folder, log = () => undefined, now = Date.now }: LevelStoreOptions): Promise<Store> {
  await ensureWritable(dirname(folder));
  if ((await kindOf(folder)) === 'folder') {
    await ensureWritable(folder);
    await assertNotLocked(folder);
  }
  const damage: StoreDamage[] = [];
  if (await finishRebuild(folder)) damage.push(interruptedRebuild(folder));
  const mark = await Mark.open(`${folder}.mark`);
  let database: Database | null = null;
  try {
    const findings = await inspect(folder, mark.found);
    const { view, transaction } = findings;
    database = findings.database;
    if (database === null) damage.push(await replace(folder, findings, new Date(now())));
    for (const { message } of damage) log(message);
    database ??= await reopen(folder);
    return new LevelStore({ database, reopen: () => reopen(folder), contents: view.contents, transaction, mark, damage, log });
  } catch (error) {
    await database?.close();
    await mark.close();
    throw error;
  }
}

function reopen(folder: string): Promise<Database> {
  return openDatabase(folder, { create: false });
}

async function replace(folder: string, { view, transaction, problem, lost }: Findings, now: Date): Promise<StoreDamage> {
  const setAside = await rebuild(folder, view.contents, transaction, now);
  const { count } = view.contents.tally;
  const outcome = lost === 0 ? 'Nothing was lost.' : `Records lost: ${lost ?? 'unknown'}; recovered, some perhaps out of date: ${count}.`;
  const kept = setAside === null ? '' : ` The damaged one is kept in ${setAside}.`;
  return { message: `The store in ${folder} was damaged: ${problem}. ${outcome}${kept}`, lostRecords: lost, setAside };
}

function interruptedRebuild(folder: string): StoreDamage {
  return {
    message: `The store in ${folder} was found damaged at an earlier start, which was interrupted while it exchanged it. Records may be missing.`,
    lostRecords: null,
    setAside: null,
  };
}
