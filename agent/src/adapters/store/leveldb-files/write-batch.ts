import { Cursor } from './cursor.ts';
import { DELETION, VALUE, type LevelEntry } from './entry.ts';

/**
 * Decodes one transaction of a log: sequence u64, count u32, then count times a type u8, a key and, where it is a value, the value, each
 * behind its length (leveldb db/write_batch.cc). Null where it doesn't come out even.
 */
export function decodeWriteBatch(payload: Uint8Array): readonly LevelEntry[] | null {
  const cursor = new Cursor(payload);
  const sequence = cursor.u64();
  const count = cursor.u32();
  if (sequence === null || count === null) return null;
  const entries: LevelEntry[] = [];
  while (!cursor.atEnd) {
    const type = cursor.u8();
    const key = cursor.prefixed();
    const value = type === VALUE ? cursor.prefixed() : null;
    if (key === null || (type !== VALUE && type !== DELETION) || (type === VALUE && value === null)) return null;
    entries.push({ key, sequence: sequence + entries.length, value });
  }
  return entries.length === count ? entries : null;
}
