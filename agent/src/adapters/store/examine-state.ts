import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { StateExamination } from '../../ports/examination.ts';
import { kindOf } from './files.ts';
import { inspect } from './inspect.ts';
import { readMark } from './mark.ts';
import { MemoryDisk, openMemoryStore } from './memory-store.ts';

/**
 * Reads the state in `stateDir` as the next start of an agent would find it, and changes nothing: LevelDB, which rewrites its folder when it opens
 * one, gets to see a copy that is removed again. While an agent writes, what was copied may look torn.
 */
export async function examineState(stateDir: string): Promise<StateExamination> {
  const folder = join(stateDir, 'store');
  const acknowledged = await readMark(`${folder}.mark`);
  // Readable by this account only, as the state itself.
  const place = await mkdtemp(join(tmpdir(), 'jabra-agent-'));
  try {
    const copy = join(place, 'store');
    // Not LOCK: POSIX drops the lock of a store that this process has open when any handle of that file is closed.
    const filter = (path: string): boolean => basename(path) !== 'LOCK';
    // A path of the wrong kind is damage, and found as such.
    if ((await kindOf(folder)) !== 'missing') await cp(folder, copy, { recursive: true, filter });
    const { database, view, problem, lost } = await inspect(copy, acknowledged);
    await database?.close();
    const disk = new MemoryDisk();
    const counts = new Map<string, number>();
    for (const record of view.contents.records()) {
      disk.contents.apply([{ section: record.section, key: record.key, record }]);
      counts.set(record.section, (counts.get(record.section) ?? 0) + 1);
    }
    return { store: openMemoryStore({ disk }), counts, problem: problem === '' ? null : problem, lostRecords: lost };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
