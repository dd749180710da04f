import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type UpdateWindow, type Weekday, weekdays } from '../../contract/index.ts';
import type { LocalTimeAt } from '../../ports/index.ts';
import { windowState } from './window.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What a clock on a wall in that zone shows, from the runtime's own table of time zones. */
function wallClock(timeZone: string): LocalTimeAt {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekday = weekdays.find((day) => day === parts.get('weekday')?.toLowerCase()) ?? 'mon';
    return { weekday, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}

const at = (weekday: Weekday, time: string): LocalTimeAt => {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return () => ({ weekday, minutes });
};

const evening: UpdateWindow = { start: '18:00', end: '22:00' };
const night: UpdateWindow = { start: '22:00', end: '06:00' };
const fridayNight: UpdateWindow = { ...night, days: ['fri'] };
const allSunday: UpdateWindow = { start: '08:00', end: '08:00', days: ['sun'] };

describe('the update window', () => {
  it.each<[string, UpdateWindow | undefined, Weekday, string, boolean]>([
    ['no window', undefined, 'wed', '12:00', true],
    ['before it begins', evening, 'wed', '17:59', false],
    ['when it begins', evening, 'wed', '18:00', true],
    ['in its last minute', evening, 'wed', '21:59', true],
    ['when it ends', evening, 'wed', '22:00', false],
    ['over midnight, before', night, 'wed', '21:59', false],
    ['over midnight, in the evening', night, 'wed', '23:30', true],
    ['over midnight, in the morning', night, 'thu', '05:59', true],
    ['over midnight, after', night, 'thu', '06:00', false],
    ['over midnight belongs to the day on which it begins', fridayNight, 'sat', '03:00', true],
    ['and not to the day on which it ends', fridayNight, 'fri', '03:00', false],
    ['also over the end of a week', { ...night, days: ['sun'] }, 'mon', '03:00', true],
    ['on another day', { ...evening, days: ['tue'] }, 'wed', '19:00', false],
    ['on one of its days', { ...evening, days: ['tue', 'wed'] }, 'wed', '19:00', true],
    ['equal times are all day', allSunday, 'sun', '00:00', true],
    ['to its end', allSunday, 'sun', '23:59', true],
    ['on that day only', allSunday, 'mon', '07:59', false],
    ['on no day at all', { ...evening, days: [] }, 'wed', '19:00', false],
  ])('%s', (_, window, weekday, time, isOpen) => {
    expect(windowState(window, 0, at(weekday, time)).isOpen).toBe(isOpen);
  });

  it('is looked at again when it opens, within the hour', () => {
    const utc = wallClock('UTC');
    const now = Date.UTC(2026, 10, 25, 17, 20, 30);
    expect(windowState(evening, now, utc)).toEqual({ isOpen: false, lookAt: Date.UTC(2026, 10, 25, 18) });
    expect(windowState(evening, now - hour, utc)).toEqual({ isOpen: false, lookAt: Date.UTC(2026, 10, 25, 17, 20) });
    expect(windowState(evening, now + hour, utc)).toEqual({ isOpen: true, lookAt: null });
  });
});

describe('in a night in which clocks are set', () => {
  const copenhagen = wallClock('Europe/Copenhagen');
  const spring = Date.UTC(2026, 2, 29, 1);
  const autumn = Date.UTC(2026, 9, 25, 1);
  const openMinutes = (window: UpdateWindow, from: number, hours: number): number =>
    Array.from({ length: hours * 6 }, (_, index) => windowState(window, from + index * 10 * minute, copenhagen).isOpen).filter(Boolean).length * 10;

  it('an hour that doesn’t exist is skipped', () => {
    expect(copenhagen(spring - minute)).toEqual({ weekday: 'sun', minutes: 119 });
    expect(copenhagen(spring)).toEqual({ weekday: 'sun', minutes: 180 });
    expect(openMinutes({ start: '02:00', end: '03:00' }, spring - 2 * hour, 4)).toBe(0);
    expect(openMinutes({ start: '02:30', end: '04:00' }, spring - 2 * hour, 4)).toBe(60);
    expect(windowState({ start: '02:30', end: '04:00' }, spring - 20 * minute, copenhagen).lookAt).toBe(spring);
  });

  it('an hour that comes twice counts twice', () => {
    expect(copenhagen(autumn - minute)).toEqual({ weekday: 'sun', minutes: 179 });
    expect(copenhagen(autumn)).toEqual({ weekday: 'sun', minutes: 120 });
    expect(openMinutes({ start: '02:00', end: '03:00' }, autumn - 4 * hour, 8)).toBe(120);
    expect(openMinutes({ start: '22:00', end: '06:00', days: ['sat'] }, autumn - 12 * hour, 24)).toBe(9 * 60);
  });

  it('is never said to open later than it does', () => {
    const time = fc.integer({ min: 0, max: 1439 }).map((value) => {
      const two = (part: number): string => String(part).padStart(2, '0');
      return `${two(Math.floor(value / 60))}:${two(value % 60)}`;
    });
    const window = fc.record({ start: time, end: time, days: fc.uniqueArray(fc.constantFrom(...weekdays)) });
    fc.assert(
      fc.property(window, fc.constantFrom(spring, autumn), fc.integer({ min: -6 * hour, max: 6 * hour }), (one, change, offset) => {
        const now = change + offset;
        const { isOpen, lookAt } = windowState(one, now, copenhagen);
        if (isOpen || lookAt === null) return isOpen && lookAt === null;
        const step = 7 * minute;
        const between = Array.from({ length: Math.ceil((lookAt - now) / step) }, (_, index) => now + index * step).filter(
          (moment) => moment < lookAt,
        );
        return lookAt > now && lookAt <= now + hour && between.every((moment) => !windowState(one, moment, copenhagen).isOpen);
      }),
      { numRuns: 20 },
    );
  });
});
