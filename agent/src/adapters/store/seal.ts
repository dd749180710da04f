import { z } from 'zod';
import type { Tally } from './contents.ts';
import { makeRecord, parseRecord, type RecordWrite, type StoredRecord } from './record.ts';

/**
 * Written anew in every transaction beside its records: what the whole store holds after it. A record that disappears, comes back or turns
 * older behind our back no longer agrees with it; LevelDB by itself loses records without an error in several ways.
 */
export interface Seal extends Tally {
  /** Counts the transactions of the store's life. */
  readonly transaction: number;
}

/** No section has an empty name, so no record of a caller can be meant. */
const SECTION = '';
const KEY = 'seal';

export function sealWrite(seal: Seal): RecordWrite {
  const text = JSON.stringify({ transaction: seal.transaction, count: seal.count, sum: seal.sum.toString(16) });
  return { section: SECTION, key: KEY, record: makeRecord(SECTION, KEY, text) };
}

export function isSeal(record: StoredRecord): boolean {
  return record.section === SECTION && record.key === KEY;
}

const SealText = z.object({ transaction: z.int(), count: z.int(), sum: z.string().regex(/^[0-9a-f]+$/) });

/** The record's digest was right, so it is what `sealWrite` made; null for one of a later format. */
export function parseSeal(record: StoredRecord): Seal | null {
  const { data } = SealText.safeParse(parseRecord(record));
  return data === undefined ? null : { ...data, sum: BigInt(`0x${data.sum}`) };
}
