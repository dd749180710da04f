import type { SentHistory, SentLog, SentRecord } from '../../ports/index.ts';

/** The log of what was sent, in memory. */
export class MemorySentLog implements SentLog {
  readonly records: SentRecord[] = [];

  append(record: SentRecord): void {
    this.records.push(record);
  }

  async read(): Promise<SentHistory> {
    return { records: this.records.toSorted((a, b) => b.run - a.run || b.number - a.number), unreadable: 0, incompleteBefore: null };
  }

  async flush(): Promise<void> {}
}
