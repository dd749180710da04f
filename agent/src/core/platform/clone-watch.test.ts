import { describe, expect, it } from 'vitest';
import { CloneWatch } from './clone-watch.ts';

const takenOver = 0x8e;

describe('the watch for clones', () => {
  it('finds one at the third take-over within a minute', () => {
    const watch = new CloneWatch();
    expect([0, 20_000, 59_000].map((at) => watch.closed(takenOver, at))).toEqual([false, false, true]);
  });

  it('finds none where the third one comes a minute after the first', () => {
    const watch = new CloneWatch();
    expect([0, 30_000, 60_000, 89_000].map((at) => watch.closed(takenOver, at))).toEqual([false, false, false, true]);
  });

  it('counts another close once the presence turns out to be a foreign session', () => {
    const watch = new CloneWatch();
    const found: boolean[] = [];
    for (const at of [0, 5000, 10_000]) found.push(watch.closed(null, at), watch.foreignPresence(at + 2000));
    expect(found).toEqual([false, false, false, false, false, true]);
  });

  it('counts a close once only, whatever the presence is after it', () => {
    const watch = new CloneWatch();
    const found: boolean[] = [];
    for (const at of [0, 5000]) found.push(watch.closed(takenOver, at), watch.foreignPresence(at + 2000), watch.foreignPresence(at + 2001));
    expect(found).not.toContain(true);
  });

  it('counts no foreign presence without a close before it: an earlier process of this PC left it', () => {
    const watch = new CloneWatch();
    expect([0, 1, 2, 3].map((at) => watch.foreignPresence(at))).toEqual([false, false, false, false]);
  });

  it('counts no close by itself: networks break', () => {
    const watch = new CloneWatch();
    expect([0, 1, 2, 3].map((at) => watch.closed(null, at))).toEqual([false, false, false, false]);
  });

  it('starts over after it found one', () => {
    const watch = new CloneWatch();
    expect([0, 1, 2, 3, 4, 5].map((at) => watch.closed(takenOver, at))).toEqual([false, false, true, false, false, true]);
  });
});
