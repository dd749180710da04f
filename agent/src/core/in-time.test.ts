import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { inTime, NoAnswerError, within } from './in-time.ts';

const never = new Promise<never>(() => undefined);

describe('a bounded wait', () => {
  it('gives the answer, or what went wrong with it, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    expect(await inTime(clock, 1000, 'it', Promise.resolve(7))).toBe(7);
    await expect(inTime(clock, 1000, 'it', Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    expect(clock.pendingTimers).toBe(0);
  });

  it('rejects where no answer comes in time', async () => {
    const clock = new VirtualClock();
    const error = await clock.complete(
      inTime(clock, 1000, 'the broker', never).catch((caught: unknown) => caught),
      1000,
    );
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(error).toMatchObject({ code: 'no-answer', message: 'the broker gave no answer within 1000 ms' });
  });

  it('says whether something was fulfilled in time', async () => {
    const clock = new VirtualClock();
    expect(await within(clock, 1000, Promise.resolve())).toBe(true);
    expect(await within(clock, 1000, Promise.reject(new Error('no')))).toBe(false);
    expect(await clock.complete(within(clock, 1000, never))).toBe(false);
    expect(clock.monotonic()).toBe(1000);
  });
});
