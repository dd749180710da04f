import { ClassicLevel } from 'classic-level';
import { StoreError } from './errors.ts';
import type { LevelEntry } from './leveldb-files/entry.ts';
import { encodeKey, encodeRecord, type RecordWrite } from './record.ts';
import { sealWrite, type Seal } from './seal.ts';
import { systemCode } from '../node/index.ts';

/** What the store needs of LevelDB. */
export interface Database {
  /** All or nothing, on the disk when it resolves. */
  write(writes: readonly RecordWrite[], seal: Seal): Promise<void>;
  /** Everything, or an error. */
  readAll(): Promise<readonly LevelEntry[]>;
  close(): Promise<void>;
}

type Level = ClassicLevel<Buffer, Buffer>;

/**
 * Without compression, so that our own reader of the files needs no Snappy; with every key in full, so that a damaged byte in a table costs
 * one record, not all up to the next full key.
 */
const OPTIONS = { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false, blockRestartInterval: 1 } as const;
const CHUNK = 1_000;

/**
 * Opens the LevelDB in `folder`. `create` only where there is nothing: with a missing CURRENT, LevelDB makes a new database and deletes every
 * table of the old one. Errors: StoreError `locked`, else those of classic-level.
 */
export async function openDatabase(folder: string, { create }: { readonly create: boolean }): Promise<Database> {
  const level: Level = new ClassicLevel(folder, { ...OPTIONS, createIfMissing: create });
  await openOrExplain(level, folder);
  return {
    write: (writes, seal) => level.batch([...writes.map(operation), operation(sealWrite(seal))], { sync: true }),
    readAll: () => readAll(level),
    close: () => level.close(),
  };
}

/**
 * Refuses with StoreError `locked` if another process has the folder open, and changes nothing in it: LevelDB takes its lock before it looks
 * whether the database "exists", which is what it is told to mind here.
 */
export async function assertNotLocked(folder: string): Promise<void> {
  const level: Level = new ClassicLevel(folder, { ...OPTIONS, createIfMissing: false, errorIfExists: true });
  try {
    await openOrExplain(level, folder);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return;
  }
  await level.close();
}

type Operation = { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer } | { readonly type: 'del'; readonly key: Buffer };

function operation({ section, key, record }: RecordWrite): Operation {
  const name = encodeKey(section, key);
  return record === null ? { type: 'del', key: name } : { type: 'put', key: name, value: encodeRecord(record) };
}

async function openOrExplain(level: Level, folder: string): Promise<void> {
  try {
    await level.open();
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (systemCode(reason) === 'LEVEL_LOCKED') {
      throw new StoreError('locked', `The state folder ${folder} is in use by another process. Only one agent can run on it at a time.`, reason);
    }
    throw reason;
  }
}

async function readAll(level: Level): Promise<readonly LevelEntry[]> {
  const entries: LevelEntry[] = [];
  const iterator = level.iterator();
  try {
    for (;;) {
      const chunk = await iterator.nextv(CHUNK);
      if (chunk.length === 0) return entries;
      for (const [key, value] of chunk) entries.push({ key, sequence: 0, value });
    }
  } finally {
    await iterator.close();
  }
}
