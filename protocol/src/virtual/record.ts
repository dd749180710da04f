import type { Packet } from '../frames/index.ts';
import type { Clock } from '../session/clock.ts';

/** One output report that a device received. */
export interface Received {
  /** Monotonic milliseconds of its bus. */
  readonly at: number;
  readonly report: Uint8Array;
  /** Null for reports that are no GNP packet. */
  readonly packet: Packet | null;
}

/** At least this many are kept, at most twice as many: a bus may serve for weeks. */
const newest = 10_000;

/** What a device received. */
export class Record {
  readonly entries: Received[] = [];
  #writes = 0;

  get writes(): number {
    return this.#writes;
  }

  add(clock: Clock, report: Uint8Array, packet: Packet | null, isSettingWrite = false): void {
    this.entries.push({ at: clock.monotonic(), report: report.slice(), packet });
    // Not one by one: moving all of them for each block of an update takes longer than the block.
    if (this.entries.length >= 2 * newest) this.entries.splice(0, newest);
    if (isSettingWrite) this.#writes += 1;
  }
}
