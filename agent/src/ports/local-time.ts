import type { Weekday } from '../contract/index.ts';

/** What a clock on the wall of this PC shows. */
export interface LocalTime {
  readonly weekday: Weekday;
  /** Since midnight, 0 to 1439. */
  readonly minutes: number;
}

/** The PC's local time at a moment (Unix milliseconds), summer time included. */
export type LocalTimeAt = (unixMs: number) => LocalTime;
