import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../virtual/index.ts';
import { CancelSource } from './cancel.ts';
import { type CancelSignal, delay } from './clock.ts';

describe('a cancellation', () => {
  test('is told once to each listener that still listens', () => {
    const source = new CancelSource();
    const told: string[] = [];
    const gone = (): void => {
      told.push('gone');
    };
    source.signal.addEventListener('abort', () => told.push('first'));
    source.signal.addEventListener('abort', gone);
    source.signal.removeEventListener('abort', gone);
    expect(source.aborted).toBe(false);
    source.cancel();
    source.cancel();
    expect(source.signal.aborted).toBe(true);
    expect(told).toEqual(['first']);
  });

  test('that was before is seen, not told, as with an AbortSignal', () => {
    const source = new CancelSource();
    const platform: CancelSignal = AbortSignal.abort();
    const told: string[] = [];
    source.cancel();
    for (const signal of [source.signal, platform]) {
      signal.addEventListener('abort', () => told.push('told'));
      expect(signal.aborted).toBe(true);
    }
    expect(told).toEqual([]);
  });
});

test('a delay is one of the clock that it is given', async () => {
  const clock = new VirtualClock();
  let over = false;
  const waiting = delay(clock, 100).then(() => (over = true));
  await clock.advance(99);
  expect(over).toBe(false);
  await clock.advance(1);
  await waiting;
  expect(over).toBe(true);
});
