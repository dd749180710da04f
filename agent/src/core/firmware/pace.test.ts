import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaceWatch, parsePace, usualMinutes } from './pace.ts';

const sent = (done: number, since = 0, doneThen = 0) => ({ done, total: 4000, since, doneThen });

describe('how fast an update goes', () => {
  it('is the rate of its bytes, and what it takes after them', () => {
    const watch = new PaceWatch();
    watch.at('transferring', sent(4000), 4000);
    watch.at('verifying', sent(4000), 4000);
    watch.at('installing', sent(4000), 9000);
    expect(watch.ended(34_000)).toEqual({ bytesPerSecond: 1000, secondsAfterSending: 30 });
  });

  it('counts from where a resumed transfer went on', () => {
    const watch = new PaceWatch();
    watch.at('verifying', sent(4000, 1000, 2000), 3000);
    expect(watch.ended(4000)?.bytesPerSecond).toBe(1000);
  });

  it('is not known where the transfer was not seen, or was over in no time', () => {
    const unseen = new PaceWatch();
    unseen.at('installing', null, 1000);
    expect(unseen.ended(2000)).toBeNull();
    const short = new PaceWatch();
    short.at('verifying', sent(4000), 999);
    expect(short.ended(2000)).toBeNull();
  });

  it('says whole minutes, rounded up', () => {
    const pace = { bytesPerSecond: 20_000, secondsAfterSending: 40 };
    expect([usualMinutes(pace, 1), usualMinutes(pace, 400_000), usualMinutes(pace, 400_001), usualMinutes(pace, 4_000_000)]).toEqual([1, 1, 2, 4]);
  });

  it('is whole whatever a damaged or newer store holds, or none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        // What the generator makes is JSON.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const pace = parsePace(json as Parameters<typeof parsePace>[0]);
        if (pace) expect(pace.bytesPerSecond).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
    expect(parsePace({ bytesPerSecond: 5, secondsAfterSending: 3, more: 1 })).toEqual({ bytesPerSecond: 5, secondsAfterSending: 3 });
    expect([parsePace({ bytesPerSecond: 0, secondsAfterSending: 3 }), parsePace('5')]).toEqual([null, null]);
  });
});
