import type { DeviceBattery } from '../../contract/index.ts';

/** At this level, going down, `battery.low` is told. */
const lowLevel = 20;
const levelIntervalMs = 60_000;

const runsLow = ({ level, charging }: DeviceBattery): boolean => level !== null && level <= lowLevel && !charging;

/** Whether `battery.low` is to be told (contract 3): the level went down to 20 %, or the device raised its own flag. `before` null: never read. */
export function becameLow(before: DeviceBattery | null, now: DeviceBattery): boolean {
  const raisedFlag = now.low && before?.low !== true;
  // A first reading has not gone down. What sank while it was charged is told when the charger goes.
  const wentDown = before !== null && before.level !== null && runsLow(now) && !runsLow(before);
  return raisedFlag || wentDown;
}

/**
 * When a new reading is published (contract 3): the first one and any change of `charging` or `low` at once, a move of the level at most once a minute.
 * `reported` is what was published last, `lastLevelReportMs` when a level was, null if never. Times are monotonic.
 * Returns milliseconds to wait, null where nothing changed.
 */
export function reportDelay(reported: DeviceBattery | null, now: DeviceBattery, lastLevelReportMs: number | null, nowMs: number): number | null {
  if (reported === null || reported.charging !== now.charging || reported.low !== now.low) return 0;
  if (reported.level === now.level) return null;
  return lastLevelReportMs === null ? 0 : Math.max(0, lastLevelReportMs + levelIntervalMs - nowMs);
}
