import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WakeWatch } from './wake-watch.ts';

const hourMs = 3_600_000;

function watching(clock = new VirtualClock()) {
  const woken: number[] = [];
  const watch = new WakeWatch(clock, () => woken.push(clock.monotonic()));
  watch.start();
  return { clock, woken, watch };
}

describe('the watch for sleep', () => {
  it('sees nothing in a day without one', async () => {
    const { clock, woken } = watching();
    await clock.advance(24 * hourMs);
    expect(woken).toEqual([]);
  });

  it('finds a sleep within about a minute of it, once', async () => {
    const { clock, woken } = watching();
    await clock.advance(100_000);
    clock.jumpWallClock(8 * hourMs);
    await clock.advance(hourMs);
    expect(woken).toEqual([130_000]);
  });

  it('finds a sleep in which the monotonic clock goes on', async () => {
    // As on Windows: time passed, and the timer only runs now.
    let monotonic = 0;
    const due: (() => void)[] = [];
    const clock = {
      now: () => monotonic,
      monotonic: () => monotonic,
      setTimer: (_milliseconds: number, callback: () => void) => {
        due.push(callback);
        return { cancel: () => undefined };
      },
    };
    const woken: number[] = [];
    new WakeWatch(clock, () => woken.push(monotonic)).start();
    monotonic = hourMs;
    due.shift()?.();
    monotonic += 65_000;
    due.shift()?.();
    expect(woken).toEqual([hourMs]);
  });

  it('takes a clock that is set back, and one that is set a little, for no sleep', async () => {
    const { clock, woken } = watching();
    for (const jump of [-8 * hourMs, 14_000, -14_000]) {
      clock.jumpWallClock(jump);
      await clock.advance(60_000);
    }
    expect(woken).toEqual([]);
  });

  it('tells of each sleep once, however sleeps and waking hours follow each other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ awakeMs: fc.integer({ min: 66_000, max: 200_000 }), asleepMs: fc.integer({ min: 16_000, max: 10 ** 9 }) }), {
          maxLength: 5,
        }),
        async (days) => {
          const { clock, woken } = watching();
          for (const { awakeMs, asleepMs } of days) {
            await clock.advance(awakeMs);
            clock.jumpWallClock(asleepMs);
          }
          await clock.advance(66_000);
          expect(woken).toHaveLength(days.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is over when it is stopped, and begins anew when it is started again', async () => {
    const { clock, woken, watch } = watching();
    watch.stop();
    expect(clock.pendingTimers).toBe(0);
    clock.jumpWallClock(hourMs);
    watch.start();
    watch.start();
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(hourMs);
    expect(woken).toEqual([]);
  });
});
