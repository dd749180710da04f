import { Contents } from './contents.ts';
import type { LevelEntry } from './leveldb-files/entry.ts';
import { decodeRecord, type StoredRecord } from './record.ts';
import { isSeal, parseSeal, type Seal } from './seal.ts';

/** What was read, from LevelDB or from its files. */
export interface View {
  readonly contents: Contents;
  readonly seal: Seal | null;
  /** Versions of records that are not what was written. */
  readonly unreadable: number;
}

/** How a view compares with what was acknowledged. */
export interface Verdict {
  /** Everything is there, as it was written. */
  readonly complete: boolean;
  /** Records that are missing, null where that cannot be known. */
  readonly lost: number | null;
}

/** A view of the newest readable version of every record: where the newest one is rotten and an older one is left, it is that one. */
export function viewOf(entries: Iterable<LevelEntry>): View {
  const newest = new Map<string, { sequence: number; record: StoredRecord | null }>();
  let unreadable = 0;
  for (const { key, sequence, value } of entries) {
    const record = value === null ? null : decodeRecord(key, value);
    if (value !== null && record === null) {
      unreadable += 1;
      continue;
    }
    const id = Buffer.from(key).toString('latin1');
    if (sequence >= (newest.get(id)?.sequence ?? -1)) newest.set(id, { sequence, record });
  }
  const contents = new Contents();
  let seal: Seal | null = null;
  for (const { record } of newest.values()) {
    if (record === null) continue;
    if (isSeal(record)) seal = parseSeal(record);
    else contents.apply([{ section: record.section, key: record.key, record }]);
  }
  return { contents, seal, unreadable };
}

/** `acknowledged` is the number of the last acknowledged transaction as far as it is known, null where it isn't. */
export function judge({ contents, seal, unreadable }: View, acknowledged: number | null): Verdict {
  const { count, sum } = contents.tally;
  if ((acknowledged ?? 0) > (seal?.transaction ?? 0)) return { complete: false, lost: null };
  if (seal === null) return count + unreadable === 0 ? { complete: true, lost: 0 } : { complete: false, lost: null };
  if (count === seal.count && sum === seal.sum) return { complete: true, lost: 0 };
  return { complete: false, lost: count < seal.count ? seal.count - count : null };
}
