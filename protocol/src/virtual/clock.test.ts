import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { delay } from '../session/index.ts';
import { VirtualClock } from './clock.ts';

describe('the virtual clock', () => {
  test('runs what is due, in the order of due times, at the time each is due', async () => {
    const clock = new VirtualClock();
    const ran: [string, number][] = [];
    for (const [name, at] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
      ['late', 31],
    ] as const)
      clock.setTimer(at, () => ran.push([name, clock.monotonic()]));
    await clock.advance(30);
    expect(ran).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ]);
    expect(clock.pendingTimers).toBe(1);
  });

  test('runs timers that are due together in the order in which they were set', async () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    for (const number of [1, 2, 3]) clock.setTimer(5, () => ran.push(number));
    await clock.advance(5);
    expect(ran).toEqual([1, 2, 3]);
  });

  test('runs timers that timers and promise chains set on the way', async () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    const work = (async () => {
      for (let step = 0; step < 5; step += 1) {
        await delay(clock, 10);
        ran.push(clock.monotonic());
      }
    })();
    await clock.advance(50);
    await work;
    expect(ran).toEqual([10, 20, 30, 40, 50]);
  });

  test('forgets a cancelled timer, twice cancelled or not', async () => {
    const clock = new VirtualClock();
    let ran = false;
    const timer = clock.setTimer(5, () => (ran = true));
    timer.cancel();
    timer.cancel();
    await clock.advance(10);
    expect(ran).toBe(false);
  });

  test('moves the wall clock with time, and alone where it jumps', async () => {
    const clock = new VirtualClock(1000);
    await clock.advance(5);
    clock.jumpWallClock(-500);
    expect([clock.now(), clock.monotonic()]).toEqual([505, 5]);
  });

  test('moves just as far as a promise needs', async () => {
    const clock = new VirtualClock();
    clock.setTimer(500, () => undefined);
    expect(await clock.complete(delay(clock, 40).then(() => 'done'))).toBe('done');
    expect(clock.monotonic()).toBe(40);
  });

  test('gives a rejection on, and says where nothing will settle a promise', async () => {
    const clock = new VirtualClock();
    await expect(clock.complete(Promise.reject(new TypeError('no')))).rejects.toThrow('no');
    await expect(clock.complete(new Promise(() => undefined))).rejects.toThrow(RangeError);
    clock.setTimer(200, () => undefined);
    await expect(clock.complete(new Promise(() => undefined), 100)).rejects.toThrow(RangeError);
  });

  test('never goes back, and leaves no timer behind that was due', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(100)), fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }), async (delays, steps) => {
        const clock = new VirtualClock();
        const times: number[] = [];
        for (const milliseconds of delays) clock.setTimer(milliseconds, () => times.push(clock.monotonic()));
        for (const step of steps) await clock.advance(step);
        const passed = steps.reduce((sum, step) => sum + step, 0);
        expect(times).toEqual(delays.filter((milliseconds) => milliseconds <= passed).toSorted((a, b) => a - b));
        expect(clock.monotonic()).toBe(passed);
      }),
      { numRuns: 40 },
    );
  });
});
