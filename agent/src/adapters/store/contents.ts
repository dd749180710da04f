import type { Json } from '../../ports/store.ts';
import { parseRecord, recordId, type RecordWrite, type StoredRecord } from './record.ts';

/** Tells two sets of records apart: how many they are, and the sum of their digests modulo 2^64, which doesn't depend on their order. */
export interface Tally {
  readonly count: number;
  readonly sum: bigint;
}

/** All records of the store in memory, with their tally. */
export class Contents {
  readonly #records = new Map<string, StoredRecord>();
  #sum = 0n;

  get tally(): Tally {
    return { count: this.#records.size, sum: this.#sum };
  }

  records(): Iterable<StoredRecord> {
    return this.#records.values();
  }

  get(section: string, key: string): StoredRecord | undefined {
    return this.#records.get(recordId(section, key));
  }

  section(section: string): ReadonlyMap<string, Json> {
    const found = [...this.#records.values()].filter((record) => record.section === section);
    found.sort((a, b) => (a.key < b.key ? -1 : 1));
    return new Map(found.map((record) => [record.key, parseRecord(record)]));
  }

  apply(writes: Iterable<RecordWrite>): void {
    for (const { section, key, record } of writes) {
      const id = recordId(section, key);
      this.#sum -= this.#records.get(id)?.digest ?? 0n;
      if (record === null) this.#records.delete(id);
      else this.#records.set(id, record);
      this.#sum = BigInt.asUintN(64, this.#sum + (record?.digest ?? 0n));
    }
  }

  /** The tally after `writes`, of which no two may be of one record. */
  tallyAfter(writes: Iterable<RecordWrite>): Tally {
    let { count, sum } = this.tally;
    for (const { section, key, record } of writes) {
      const old = this.get(section, key);
      count += (record === null ? 0 : 1) - (old === undefined ? 0 : 1);
      sum += (record?.digest ?? 0n) - (old?.digest ?? 0n);
    }
    return { count, sum: BigInt.asUintN(64, sum) };
  }

  /** The writes that make `other` equal to this. */
  difference(other: Contents): RecordWrite[] {
    const writes: RecordWrite[] = [];
    for (const record of this.records()) if (other.get(record.section, record.key)?.digest !== record.digest) writes.push({ ...record, record });
    for (const { section, key } of other.records()) if (this.get(section, key) === undefined) writes.push({ section, key, record: null });
    return writes;
  }
}

/** Of several writes of one record only the last. */
export function lastWrites(writes: Iterable<RecordWrite>): readonly RecordWrite[] {
  const last = new Map<string, RecordWrite>();
  for (const write of writes) last.set(recordId(write.section, write.key), write);
  return [...last.values()];
}
