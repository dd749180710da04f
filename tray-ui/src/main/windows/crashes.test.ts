import { expect, it } from 'vitest';
import { Crashes } from './crashes.ts';

it('a page is loaded again three times within a minute, and then after a minute', () => {
  let now = 0;
  const crashes = new Crashes(() => now);
  expect([1, 2, 3, 4].map(() => crashes.isWorthATry())).toEqual([true, true, true, false]);
  now = 60_000;
  expect(crashes.isWorthATry()).toBe(true);
});
