import type { DeviceBattery } from '../../contract/index.ts';

/** At this level, going down, or at the device's own flag, `battery.low` is told. */
const lowLevel = 20;
const levelIntervalMs = 60_000;

const isLow = ({ level, low }: DeviceBattery): boolean => low || (level !== null && level <= lowLevel);

/** Whether the battery became low between two readings. `before` null: never read. */
export function becameLow(before: DeviceBattery | null, now: DeviceBattery): boolean {
  if (!isLow(now) || now.charging) return false;
  // A first reading has not gone down; its own flag counts all the same.
  return before === null ? now.low : !isLow(before);
}

/**
 * When a new reading is reported (contract 3): the first one and any change of `charging` or `low` at once, a move of the level at most once a minute.
 * Returns milliseconds to wait, null where nothing changed. Times are monotonic.
 */
export function reportDelay(reported: DeviceBattery | null, now: DeviceBattery, lastLevelReportMs: number | null, nowMs: number): number | null {
  if (reported === null || (reported.level === null) !== (now.level === null)) return 0;
  if (reported.charging !== now.charging || reported.low !== now.low) return 0;
  if (reported.level === now.level) return null;
  return lastLevelReportMs === null ? 0 : Math.max(0, lastLevelReportMs + levelIntervalMs - nowMs);
}
