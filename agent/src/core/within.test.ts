import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { within } from './within.ts';

describe('a bounded wait', () => {
  it('says whether the promise was fulfilled in time, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    expect(await within(clock, 1000, Promise.resolve())).toBe(true);
    expect(await within(clock, 1000, Promise.reject(new Error('no')))).toBe(false);
    expect(clock.pendingTimers).toBe(0);
    expect(await clock.complete(within(clock, 1000, new Promise(() => undefined)))).toBe(false);
    expect(clock.monotonic()).toBe(1000);
  });
});
