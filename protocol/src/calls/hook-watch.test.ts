import { describe, expect, test } from 'vitest';
import { hookEchoMs, HookWatch } from './hook-watch.ts';

describe('the hook switch of a device', () => {
  test('moves by a press, and only the change counts', () => {
    const watch = new HookWatch();
    expect([watch.saw(false, 0), watch.saw(true, 1), watch.saw(true, 2), watch.saw(false, 3)]).toEqual([false, true, false, true]);
  });

  test('answers what the host wrote', () => {
    const watch = new HookWatch();
    watch.wrote(true, 0);
    expect([watch.saw(true, 10), watch.saw(false, 20)]).toEqual([false, true]);
  });

  test('has nothing to answer where it is already', () => {
    const watch = new HookWatch();
    expect(watch.saw(true, 0)).toBe(true);
    watch.wrote(true, 10);
    expect(watch.saw(false, 20)).toBe(true);
  });

  test('answers three quick writes in their order', () => {
    const watch = new HookWatch();
    watch.wrote(true, 0);
    watch.wrote(false, 1);
    watch.wrote(true, 2);
    expect([watch.saw(true, 10), watch.saw(false, 11), watch.saw(true, 12), watch.saw(false, 13)]).toEqual([false, false, false, true]);
  });

  test('that answers too late was pressed', () => {
    const watch = new HookWatch();
    watch.wrote(true, 0);
    expect(watch.saw(true, hookEchoMs)).toBe(true);
  });

  test('that left two writes without an answer, and then moved, was pressed: that is known when the time is over', () => {
    const watch = new HookWatch();
    watch.wrote(true, 0);
    watch.wrote(false, 1);
    expect(watch.saw(true, 500)).toBe(false);
    expect(watch.wasPress(false, 900)).toBe(false);
    expect(watch.wasPress(false, hookEchoMs + 1)).toBe(true);
    expect(watch.wasPress(false, hookEchoMs + 2)).toBe(false);
  });

  test('pressed twice before the host’s writes arrived answers both of them, though it was there already', () => {
    const watch = new HookWatch();
    expect(watch.saw(true, 0)).toBe(true);
    watch.wrote(true, 0);
    expect(watch.saw(false, 0)).toBe(true);
    watch.wrote(false, 0);
    expect([watch.saw(true, 10), watch.saw(false, 20)]).toEqual([false, false]);
    expect(watch.wasPress(false, hookEchoMs)).toBe(false);
  });

  test('that never answers was not pressed for that, also where it answered an earlier call', () => {
    const watch = new HookWatch();
    watch.wrote(true, 0);
    watch.saw(true, 1);
    watch.wrote(false, 2);
    watch.saw(false, 3);
    watch.wrote(true, 5000);
    expect(watch.wasPress(true, 5000 + hookEchoMs)).toBe(false);
  });
});
