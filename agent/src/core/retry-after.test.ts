import { expect, test } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0);
const DAY = 86_400_000;

test.each<[unknown, number | null]>([
  ['0', 0],
  [' 120 ', 120_000],
  [['30', '60'], 30_000],
  ['86401', DAY],
  ['99999999999999999999', DAY],
  ['Sun, 22 Nov 2026 08:00:05 GMT', 5000],
  ['Sun, 22 Nov 2026 07:00:00 GMT', 0],
  ['Sun, 22 Nov 2099 08:00:00 GMT', DAY],
  ['-5', null],
  ['1.5', null],
  ['', null],
  ['soon', null],
  ['Xyz, 99 Nov 2026 GMT', null],
  [120, null],
  [[], null],
  [undefined, null],
])('%j means a wait of %s ms', (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});
