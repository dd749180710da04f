import { describe, expect, it } from 'vitest';
import type { DeviceBattery } from '../../contract/index.ts';
import { becameLow, reportDelay } from './battery-report.ts';

const battery = (level: number | null, flags: { charging?: boolean; low?: boolean } = {}): DeviceBattery => ({
  level,
  charging: flags.charging ?? false,
  low: flags.low ?? false,
});

describe('a low battery is told', () => {
  it.each([
    ['going down to 20 %', battery(21), battery(20)],
    ['going down past 20 %', battery(80), battery(3)],
    ['when the device raises its flag', battery(25), battery(24, { low: true })],
    ['when the device raises its flag below 20 %', battery(20), battery(10, { low: true })],
    ['when the flag is up at the first reading', null, battery(15, { low: true })],
    ['when the flag is up and the level unknown', battery(30), battery(null, { low: true })],
    ['when the charger goes below 20 %', battery(15, { charging: true }), battery(15)],
  ])('%s', (_, before, now) => {
    expect(becameLow(before, now)).toBe(true);
  });
});

describe('no low battery is told', () => {
  it.each([
    ['above 20 %', battery(22), battery(21)],
    ['a second time while it stays low', battery(20), battery(19)],
    ['a second time while the flag stays up', battery(20, { low: true }), battery(19, { low: true })],
    ['going up to 20 %', battery(10), battery(20)],
    ['while it is charged', battery(21, { charging: true }), battery(20, { charging: true })],
    ['at a first reading, which has not gone down', null, battery(10)],
    ['when the level becomes known', battery(null), battery(10)],
    ['when the level becomes unknown, which is not 0', battery(50), battery(null)],
  ])('%s', (_, before, now) => {
    expect(becameLow(before, now)).toBe(false);
  });
});

describe('a reading is published', () => {
  it('at once when it is the first', () => {
    expect(reportDelay(null, battery(50), 0, 1000)).toBe(0);
    expect(reportDelay(null, battery(null), null, 1000)).toBe(0);
  });

  it.each([
    ['charging', battery(50), battery(50, { charging: true })],
    ['low', battery(50), battery(50, { low: true })],
    ['no longer charging', battery(50, { charging: true }), battery(51)],
  ])('at once when it is %s', (_, reported, now) => {
    expect(reportDelay(reported, now, 0, 1)).toBe(0);
  });

  it('a minute after the last level where only the level moved', () => {
    expect(reportDelay(battery(50), battery(49), 100_000, 100_000)).toBe(60_000);
    expect(reportDelay(battery(50), battery(49), 100_000, 159_999)).toBe(1);
    expect(reportDelay(battery(50), battery(49), 100_000, 160_000)).toBe(0);
    expect(reportDelay(battery(50), battery(49), 100_000, 900_000)).toBe(0);
    expect(reportDelay(battery(50), battery(null), 100_000, 110_000)).toBe(50_000);
    expect(reportDelay(battery(null), battery(50), 100_000, 110_000)).toBe(50_000);
  });

  it('at once where no level was ever published: it is the first reading', () => {
    expect(reportDelay(battery(null), battery(50), null, 110_000)).toBe(0);
  });

  it('not at all where nothing changed', () => {
    expect(reportDelay(battery(50), battery(50), 0, 900_000)).toBeNull();
    expect(reportDelay(battery(null), battery(null), null, 900_000)).toBeNull();
  });
});
