import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions, parseVersion } from './version.ts';

describe('a firmware version', () => {
  test.each([
    ['2.8.5', [2, 8, 5]],
    ['1.16.0', [1, 16, 0]],
    ['8.0.7rc', [8, 0, 7]],
    ['v1.2.3', [1, 2, 3]],
    [' 1.2.3 ', [1, 2, 3]],
    ['1.2.3.4', [1, 2, 3]],
    ['0.0.65535', [0, 0, 65535]],
  ])('is the numeric triplet of "%s"', (text, triplet) => {
    expect(parseVersion(text)).toEqual(triplet);
  });

  test.each(['', '1.2', 'one.two.three', '1..2', '1.2.', '-1.2.3', '1.2.123456', '123456.1.1'])('is not in "%s"', (text) => {
    expect(parseVersion(text)).toBeNull();
    expect(compareVersions(text, '1.2.3')).toBeNull();
    expect(compareVersions('1.2.3', text)).toBeNull();
  });

  test('is newer by numbers, not by letters', () => {
    const order = ['0.9.9', '1.0.0', '1.9.9', '1.10.0', '1.10.1', '2.0.0', '10.0.0'];
    const shuffled = [order[4], order[0], order[6], order[3], order[1], order[5], order[2]].filter((version) => version !== undefined);
    expect(shuffled.toSorted((a, b) => compareVersions(a, b) ?? 0)).toEqual(order);
  });

  test('is the same with letters after it', () => {
    expect(compareVersions('1.2.3beta', '1.2.3')).toBe(0);
  });

  test('compares as its triplet does', () => {
    const triplet = fc.tuple(fc.nat(99999), fc.nat(99999), fc.nat(99999));
    fc.assert(
      fc.property(triplet, triplet, (a, b) => {
        const expected = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
        expect(Math.sign(compareVersions(a.join('.'), b.join('.')) ?? Number.NaN)).toBe(Math.sign(expected));
      }),
    );
  });
});
