import { describe, expect, test } from 'vitest';
import { CancelSource, Session } from '../../../session/index.ts';
import { ScriptedChannel } from '../../../session/testing/scripted-channel.ts';
import { VirtualClock } from '../../../virtual/index.ts';
import { Watch } from './watch.ts';

function lab() {
  const clock = new VirtualClock();
  const listeners = new Set<() => void>();
  const source = new CancelSource();
  const target = {
    connect: () => Promise.resolve(null),
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const change = (): void => {
    for (const listener of listeners) listener();
  };
  return { clock, source, listeners, change, watch: new Watch({ clock, target, signal: source.signal }) };
}

describe('a pause', () => {
  test('lasts as long as it is said, where nothing wakes it', async () => {
    const { clock, watch } = lab();
    await clock.complete(watch.pause(1000, true, true));
    expect([clock.monotonic(), clock.pendingTimers]).toEqual([1000, 0]);
  });

  test('for a device ends when something comes or goes, and another one doesn’t', async () => {
    const { clock, watch, change } = lab();
    const [awake, asleep] = [watch.pause(1000, true, false), watch.pause(500, false, false)];
    change();
    await clock.complete(awake);
    expect(clock.monotonic()).toBe(0);
    await clock.complete(asleep);
    expect(clock.monotonic()).toBe(500);
  });

  test('for a device is none where something came or went since the last look', async () => {
    const { clock, watch, change } = lab();
    change();
    await clock.complete(watch.pause(1000, true, false));
    expect(clock.monotonic()).toBe(0);
    watch.look();
    await clock.complete(watch.pause(1000, true, false));
    expect(clock.monotonic()).toBe(1000);
  });

  test('that may be cancelled ends then, and another one doesn’t', async () => {
    const { clock, watch, source } = lab();
    const [cancellable, other] = [watch.pause(1000, false, true), watch.pause(500, true, false)];
    source.cancel();
    await clock.complete(cancellable);
    expect(clock.monotonic()).toBe(0);
    await clock.complete(other);
    expect([clock.monotonic(), clock.pendingTimers]).toEqual([500, 0]);
  });
});

describe('watching a session', () => {
  test('tells that its path failed, and that it didn’t', async () => {
    const { clock, watch } = lab();
    const channel = new ScriptedChannel(clock);
    const session = new Session(channel, clock);
    expect(await clock.complete(watch.untilClosed(session, 1000))).toBe(false);
    expect(clock.monotonic()).toBe(1000);
    const left = watch.untilClosed(session, 1000);
    channel.fail('unplugged');
    expect(await clock.complete(left)).toBe(true);
    expect([clock.monotonic(), clock.pendingTimers]).toEqual([1000, 0]);
  });
});

test('a watch that ended listens to nothing', () => {
  const { watch, listeners } = lab();
  expect(listeners.size).toBe(1);
  watch.end();
  expect(listeners.size).toBe(0);
});
