import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const dayMs = 24 * 3_600_000;

it('a timer of years waits for years, and not for a millisecond as Node would', () => {
  const due = vi.fn<() => void>();
  systemClock.setTimer(1000 * dayMs, due);
  vi.advanceTimersByTime(1000 * dayMs - 1);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(due).toHaveBeenCalledOnce();
});

it('a timer of years can be cancelled at any time', () => {
  const due = vi.fn<() => void>();
  const timer = systemClock.setTimer(1000 * dayMs, due);
  vi.advanceTimersByTime(100 * dayMs);
  timer.cancel();
  vi.advanceTimersByTime(2000 * dayMs);
  expect(due).not.toHaveBeenCalled();
});
