import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { timestamp, timestampMs, timestampSchema } from './timestamp.ts';

describe('a timestamp', () => {
  it('is written in UTC with exactly three fraction digits', () => {
    expect(timestamp(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(timestamp(1_795_334_400_000)).toBe('2026-11-22T08:00:00.000Z');
    expect(timestamp(1_795_334_400_070)).toBe('2026-11-22T08:00:00.070Z');
  });

  it('can not be made of a number that is no time', () => {
    expect(() => timestamp(Number.NaN)).toThrow(RangeError);
  });

  it.each([
    ['2026-11-22T08:00:00.000Z', 1_795_334_400_000],
    ['2026-11-22T08:00:00Z', 1_795_334_400_000],
    ['2026-11-22T08:00:00.5Z', 1_795_334_400_500],
    ['2026-11-22T08:00:00.123456789Z', 1_795_334_400_123],
    ['2026-11-22T08:00:00.000+00:00', 1_795_334_400_000],
    ['2024-02-29T23:59:59.999Z', 1_709_251_199_999],
  ])('%s is read', (text, ms) => {
    expect(timestampSchema.safeParse(text).success).toBe(true);
    expect(timestampMs(text)).toBe(ms);
  });

  it.each([
    '',
    '2026-11-22',
    '2026-11-22T08:00Z',
    '2026-11-22 08:00:00Z',
    '2026-11-22T08:00:00',
    '2026-11-22T08:00:00.Z',
    '2026-11-22T08:00:00+01:00',
    '2026-11-22T08:00:00-00:00',
    '2026-02-29T08:00:00Z',
    '2026-02-30T08:00:00Z',
    '2026-13-01T08:00:00Z',
    '2026-00-01T08:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T08:60:00Z',
    '+012026-11-22T08:00:00Z',
    '2026-11-22T08:00:00.000Z\n',
    'Sun, 22 Nov 2026 08:00:00 GMT',
  ])('%j is refused', (text) => {
    expect(timestampSchema.safeParse(text).success).toBe(false);
    expect(timestampMs(text)).toBeNaN();
  });

  it('survives being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }), (ms) => {
        const text = timestamp(ms);
        expect(timestampSchema.parse(text)).toBe(text);
        expect(timestampMs(text)).toBe(ms);
      }),
    );
  });
});
