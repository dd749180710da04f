import { describe, expect, test } from 'vitest';
import { VirtualBus, VirtualClock, virtualDevice } from '../virtual/index.ts';
import { CallControl } from './call-control.ts';
import { CallLock } from './call-lock.ts';
import { callBench, deviceOf, layoutNames, openPaths } from './testing/call-bench.ts';

describe.each(layoutNames)('calls on %s', (layout) => {
  test('come in, are answered on the headset, muted with echo, held, resumed and ended there', async () => {
    const { device, calls, requests } = await callBench(layout);
    await calls.ring();
    expect([device.calls.ringing, device.calls.sounding, device.calls.offHook]).toEqual([true, true, false]);
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'answer' }]);
    expect(calls.status.state).toBe('ringing');
    await calls.answer();
    expect([device.calls.ringing, device.calls.sounding, device.calls.offHook]).toEqual([false, false, true]);
    for (const muted of [true, false, true]) {
      device.press('mute');
      expect(await requests()).toEqual([{ kind: 'mute', muted, accepted: true }]);
      expect([calls.status.muted, device.calls.muted]).toEqual([muted, muted]);
    }
    device.press('flash');
    expect(await requests()).toEqual([{ kind: 'hold' }]);
    await calls.hold();
    expect([device.calls.onHold, device.calls.offHook, device.calls.muted]).toEqual([true, true, true]);
    device.press('flash');
    expect(await requests()).toEqual([{ kind: 'resume' }]);
    await calls.resume();
    expect([device.calls.onHold, calls.status.state]).toEqual([false, 'active']);
    device.press('hook');
    expect(await requests()).toEqual([{ kind: 'end' }]);
    await calls.hangUp();
    expect([device.calls.offHook, device.calls.muted, calls.status]).toEqual([false, false, { state: 'idle', muted: false, ringer: false }]);
  });

  test('are answered on the PC and ended by the other side, twice, and the device’s acknowledgements are no requests', async () => {
    const { device, calls, requests, clock } = await callBench(layout);
    for (let call = 0; call < 2; call += 1) {
      await calls.ring();
      await calls.answer();
      await clock.advance(5000);
      expect(device.calls.offHook).toBe(true);
      await calls.hangUp();
      await clock.advance(5000);
      expect(device.calls.offHook).toBe(false);
    }
    expect(await requests()).toEqual([]);
  });

  test('are turned down on the headset', async () => {
    const { device, calls, requests } = await callBench(layout);
    device.press('reject');
    expect(await requests()).toEqual([]);
    await calls.ring();
    device.press('reject');
    expect((await requests()).at(-1)).toEqual({ kind: 'reject' });
    await calls.reject();
    expect([device.calls.ringing, device.calls.sounding, calls.status.state]).toEqual([false, false, 'idle']);
  });

  test('go out, over as many paths as it has collections', async () => {
    const { device, calls, requests, written } = await callBench(layout, { paths: 'per-collection' });
    written();
    await calls.dial({ muted: true });
    await calls.connected();
    expect([device.calls.offHook, device.calls.muted]).toEqual([true, true]);
    expect(written()).toHaveLength(1);
    device.press('mute');
    device.press('volume-up');
    expect(await requests()).toEqual([
      { kind: 'mute', muted: false, accepted: true },
      { kind: 'button', button: 'volumeUp' },
    ]);
    await calls.close();
    expect(device.calls.offHook).toBe(false);
  });
});

describe('what is written', () => {
  test('is one whole report for each change of the lamps, byte for byte', async () => {
    const { calls, written, device } = await callBench('panacast50');
    expect(written()).toEqual(['02 00 00']);
    await calls.ring();
    await calls.ringer(false);
    await calls.answer({ muted: true });
    await calls.hold();
    await calls.mute(false);
    await calls.mute(false);
    await calls.resume();
    await calls.hangUp();
    // Ring and ringer; ring; off-hook and mute; and hold; hold without mute; off-hook; dark.
    expect(written()).toEqual(['02 44 00', '02 04 00', '02 03 00', '02 0B 00', '02 09 00', '02 01 00', '02 00 00']);
    expect(device.calls.offHook).toBe(false);
  });

  test('leaves in the order of the verbs, also where nobody waits for them', async () => {
    const { calls, written } = await callBench('link380Leds');
    written();
    await Promise.all([calls.ring({ ringer: false }), calls.answer(), calls.hold(), calls.hangUp()]);
    expect(written()).toEqual(['02 08 00', '02 01 00', '02 11 00', '02 00 00']);
  });
});

describe('verbs', () => {
  test('that make no sense are refused and send nothing', async () => {
    const { calls, written } = await callBench();
    written();
    for (const verb of ['answer', 'reject', 'connected', 'hangUp', 'hold', 'resume'] as const)
      await expect(calls[verb]()).rejects.toMatchObject({ name: 'CallError', code: 'wrong-state' });
    await expect(calls.ringer(true)).rejects.toMatchObject({ code: 'wrong-state' });
    await calls.dial();
    for (const verb of ['ring', 'answer', 'reject', 'dial', 'hold', 'resume'] as const)
      await expect(calls[verb]()).rejects.toMatchObject({ code: 'wrong-state' });
    expect(written()).toEqual(['02 01 00']);
  });
});

describe('the end of call control', () => {
  test('by pulling the device out in a call is told once, and every verb is refused', async () => {
    const on = await callBench();
    await on.calls.dial();
    on.bus.unplug(on.device);
    await on.clock.advance(5000);
    expect(on.lost).toEqual(['the device was unplugged']);
    expect(on.statuses.at(-1)).toEqual({ state: 'idle', muted: false, ringer: false });
    await expect(on.calls.hangUp()).rejects.toMatchObject({ code: 'disconnected' });
    expect(on.lease.held).toBe(true);
    expect(on.clock.pendingTimers).toBe(0);
    await on.calls.close();
  });

  test('by a device that takes no report is one as well', async () => {
    const on = await callBench();
    on.device.calls.receive = () => {
      throw new TypeError('broken pipe');
    };
    await expect(on.calls.ring()).rejects.toMatchObject({ code: 'disconnected', cause: { message: 'broken pipe' } });
    expect(on.lost).toEqual(['the device took no report']);
    await expect(on.calls.answer()).rejects.toMatchObject({ code: 'disconnected' });
  });

  test('by close leaves the device dark, and is no loss', async () => {
    const on = await callBench();
    await on.calls.dial({ muted: true });
    await on.calls.close();
    await on.calls.close();
    expect([on.device.calls.offHook, on.device.calls.muted, on.lost]).toEqual([false, false, []]);
    on.device.press('hook');
    expect(await on.requests()).toEqual([]);
    await expect(on.calls.ring()).rejects.toMatchObject({ code: 'disconnected' });
  });
});

describe('the call lock', () => {
  test('lets one program at a time own the calls, and nothing is written without it', async () => {
    const on = await callBench();
    expect(await on.lock.acquire(on.lease.device)).toBeNull();
    await on.calls.dial();
    const before = on.device.received.length;
    await on.lease.release();
    expect(on.lost).toEqual(['the call lock was given up or lost']);
    await expect(on.calls.mute(true)).rejects.toMatchObject({ code: 'no-lock' });
    await expect(CallControl.open({ paths: on.paths, clock: on.clock, lease: on.lease })).rejects.toMatchObject({ code: 'no-lock' });
    expect(on.device.received.length).toBe(before);
    const lease = await on.lock.acquire(on.lease.device);
    if (!lease) throw new TypeError('it was released');
    const second = await CallControl.open({ paths: on.paths, clock: on.clock, lease });
    // It can't know of the first one's call, so it begins with a dark device.
    expect([second.status.state, on.device.calls.offHook]).toEqual(['idle', false]);
  });

  test('of another device is none', async () => {
    const on = await callBench();
    const lease = await new CallLock().acquire('another port');
    if (!lease) throw new TypeError('the lock is new');
    await expect(CallControl.open({ paths: on.paths, clock: on.clock, lease })).rejects.toMatchObject({ code: 'no-lock' });
  });

  test('that is taken away between two reports stops the second', async () => {
    let takeAway = (): void => undefined;
    const lock = new CallLock({
      acquire: async (_, lost) => {
        takeAway = lost;
        return { release: async () => undefined };
      },
    });
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const device = deviceOf('panacast50');
    bus.plug(device);
    const paths = await openPaths(bus);
    const lease = await lock.acquire(paths[0]?.info.physicalPort ?? '');
    if (!lease) throw new TypeError('the lock is new');
    const calls = await CallControl.open({ paths, clock, lease });
    const before = device.received.length;
    const ringing = calls.ring();
    takeAway();
    await expect(ringing).rejects.toMatchObject({ code: 'no-lock' });
    expect(device.received.length).toBe(before);
  });
});

describe('a device without call control', () => {
  test.each(['per-collection-undescribed'] as const)('that nothing describes (%s) is unsupported', async (paths) => {
    await expect(callBench('panacast50', { paths })).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('of which the telephony path wasn’t opened is unsupported, and nothing is written', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const device = virtualDevice({ family: 'link-380', paths: 'per-collection' });
    bus.plug(device);
    const paths = (await openPaths(bus)).filter(({ info }) => info.usagePage !== 0x0b);
    const lease = await new CallLock().acquire(paths[0]?.info.physicalPort ?? '');
    if (!lease) throw new TypeError('the lock is new');
    await expect(CallControl.open({ paths, clock, lease })).rejects.toMatchObject({ code: 'unsupported' });
    expect(device.received).toEqual([]);
  });

  test('that is gone when it is opened is disconnected, and nothing stays behind', async () => {
    const on = await callBench();
    on.bus.unplug(on.device);
    await on.clock.settle();
    await expect(CallControl.open({ paths: on.paths, clock: on.clock, lease: on.lease })).rejects.toMatchObject({ code: 'disconnected' });
  });
});
