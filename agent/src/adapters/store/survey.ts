import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from './errors.ts';
import type { FileContents, LevelEntry } from './leveldb-files/entry.ts';
import { readLogFile } from './leveldb-files/log-file.ts';
import { readTableFile } from './leveldb-files/table-file.ts';
import { systemCode } from '../node/index.ts';

/** What LevelDB's files hold, read without LevelDB. */
export interface Survey {
  readonly entries: readonly LevelEntry[];
  /** "NNNNNN.ldb has …", one for each file with a fault. */
  readonly faults: readonly string[];
  /** There is nothing that could be lost: no table, no log, no CURRENT. */
  readonly vacant: boolean;
}

/** leveldb db/filename.cc */
const TABLE = /^\d+\.(ldb|sst)$/;
const LOG = /^\d+\.log$/;

/**
 * Reads every table and log in the folder. LevelDB is not asked because it doesn't verify what it reads, skips what it can't read without a
 * word, and ends the process by an assertion on some damaged tables, when it repairs as well as when it compacts.
 * A file that this account may not read is an error (of Node), not damage.
 */
export async function surveyFolder(folder: string): Promise<Survey> {
  const entries: LevelEntry[] = [];
  const faults: string[] = [];
  const names = await readdir(folder);
  names.sort();
  for (const name of names) {
    const read = TABLE.test(name) ? readTableFile : LOG.test(name) ? readLogFile : null;
    if (read === null) continue;
    const contents = await readDataFile(join(folder, name), read);
    for (const entry of contents.entries) entries.push(entry);
    if (contents.fault !== null) faults.push(`${name} ${contents.fault}`);
  }
  return { entries, faults, vacant: !names.some((name) => TABLE.test(name) || LOG.test(name) || name === 'CURRENT') };
}

async function readDataFile(path: string, read: (bytes: Uint8Array) => FileContents): Promise<FileContents> {
  try {
    return read(await readFile(path));
  } catch (error) {
    if (!['EIO', 'EISDIR', 'ENOENT'].includes(systemCode(error) ?? '')) throw error;
    return { entries: [], fault: `cannot be read (${describeError(error)})` };
  }
}
