import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FirmwareActivity } from '../../bridge/index.ts';
import { timeLeft } from './time-left.ts';

const second = 1000;
const sending = (done: number, changed: Partial<FirmwareActivity> = {}): FirmwareActivity => ({
  phase: 'transferring',
  progress: 0,
  startedAt: 0,
  sent: { done, total: 4_000_000, since: 0, doneThen: 0 },
  secondsAfterSending: 40,
  ...changed,
});

describe('the time left', () => {
  it('is not guessed in the first ten seconds', () => {
    expect(timeLeft(sending(100_000), 9.9 * second, null)).toEqual({ kind: 'working' });
    expect(timeLeft(sending(0, { sent: null, phase: 'checking' }), 60 * second, null)).toEqual({ kind: 'working' });
  });

  it('is what the measured rate makes of the rest, rounded up to whole minutes', () => {
    // 1.8 MB in 90 s: 20 kB/s, 2.2 MB left: 110 s, and 40 s after.
    expect(timeLeft(sending(1_800_000), 90 * second, null)).toEqual({ kind: 'minutes', minutes: 3 });
    expect(timeLeft(sending(3_900_000), 195 * second, null)).toEqual({ kind: 'under-a-minute' });
  });

  it('counts only what this try sent where an update goes on', () => {
    const activity = sending(2_400_000, { sent: { done: 2_400_000, total: 4_000_000, since: 0, doneThen: 2_000_000 } });
    // 0.4 MB in 20 s: 20 kB/s, 1.6 MB left: 80 s, and 40 s after.
    expect(timeLeft(activity, 20 * second, null)).toEqual({ kind: 'minutes', minutes: 2 });
  });

  it('says nothing of a device that takes nothing', () => {
    expect(timeLeft(sending(0), 60 * second, null)).toEqual({ kind: 'working' });
  });

  it('does not grow for a swing of a few seconds, and grows where it must', () => {
    const shown = { kind: 'minutes', minutes: 2 } as const;
    expect(timeLeft(sending(2_000_000, { secondsAfterSending: 30 }), 100 * second, shown)).toEqual(shown);
    expect(timeLeft(sending(1_000_000), 100 * second, shown)).toEqual({ kind: 'minutes', minutes: 6 });
  });

  it('does not go back and forth at a minute', () => {
    expect(timeLeft(sending(0, { phase: 'verifying', sent: null, secondsAfterSending: 70 }), 0, { kind: 'under-a-minute' })).toEqual({
      kind: 'under-a-minute',
    });
    expect(timeLeft(sending(0, { phase: 'verifying', sent: null, secondsAfterSending: 90 }), 0, { kind: 'under-a-minute' })).toEqual({
      kind: 'minutes',
      minutes: 2,
    });
  });

  it('never grows while a device sends steadily', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5_000, max: 200_000 }), (rate) => {
        let shown: ReturnType<typeof timeLeft> | null = null;
        let before = Number.POSITIVE_INFINITY;
        for (let seconds = 10; seconds * rate < 4_000_000; seconds += 5) {
          shown = timeLeft(sending(seconds * rate), seconds * second, shown);
          const minutes = shown.kind === 'minutes' ? shown.minutes : 0;
          expect(minutes).toBeLessThanOrEqual(before);
          before = minutes;
        }
      }),
      { numRuns: 40 },
    );
  });
});
