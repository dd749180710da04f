import { describe, expect, test } from 'vitest';
import { BufferedChannel } from '../session/buffered-channel.ts';
import { buildReportDescriptor, HID_COLLECTION, hidItem } from '../hid/index.ts';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice } from '../virtual/index.ts';
import { CallControl } from './call-control.ts';
import { CallLock } from './call-lock.ts';
import { type CallObservation, CallObserver, hookSettlesMs, mutePressProvesMs } from './call-observer.ts';
import { deviceOf, type LayoutName, layoutNames, openPaths } from './testing/call-bench.ts';

/** A device with a softphone of another process, and the observer. */
async function bench(layout: LayoutName = 'panacast50', paths: VirtualDevice['paths'] = 'one') {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = deviceOf(layout, paths);
  bus.plug(device);
  const softphonePort = bus.port();
  const observerPort = bus.port();
  const owned = await openPaths(softphonePort);
  const lease = await new CallLock().acquire(owned[0]?.info.physicalPort ?? '');
  if (!lease) throw new TypeError('the lock is new');
  const softphone = await CallControl.open({ paths: owned, clock, lease });
  const channels = (await openPaths(observerPort)).map(({ channel }) => channel);
  const observer = new CallObserver(channels, clock);
  const told: CallObservation[] = [];
  observer.onChange((observation) => told.push(observation));
  const seen = async (): Promise<string> => {
    await clock.settle();
    const { state, confidence, limits } = observer.observation;
    return `${state} ${confidence}, ${limits.join(' ')}`;
  };
  const say = (...bytes: number[]): void => {
    for (const channel of channels) if (channel instanceof BufferedChannel) channel.deliver(Uint8Array.from(bytes));
  };
  return { clock, bus, device, softphone, observer, observerPort, told, seen, say };
}

describe.each(layoutNames)('listening to %s', (layout) => {
  test('sees a softphone’s call begin and end, by the device’s acknowledgement', async () => {
    const { softphone, seen, clock } = await bench(layout);
    expect(await seen()).toBe('unknown none, others-lamps not-heard');
    await softphone.ring();
    expect(await seen()).toBe('unknown none, others-lamps not-heard');
    await softphone.answer();
    expect(await seen()).toBe('in-call inferred, others-lamps');
    await clock.advance(hookSettlesMs);
    expect(await seen()).toBe('in-call reported, others-lamps');
    await softphone.hold();
    expect(await seen()).toBe('in-call reported, others-lamps');
    await softphone.hangUp();
    expect(await seen()).toBe('idle reported, others-lamps');
  });

  test('that came in the middle of a call knows nothing until a button is pressed', async () => {
    const { softphone, observer, observerPort, device, clock } = await bench(layout);
    await softphone.dial();
    await clock.advance(10_000);
    observer.close();
    const late = new CallObserver(
      (await openPaths(observerPort)).map(({ channel }) => channel),
      clock,
    );
    await clock.advance(10_000);
    expect(late.observation).toMatchObject({ state: 'unknown', limits: ['others-lamps', 'not-heard'] });
    device.press('volume-up');
    await clock.settle();
    expect(late.observation.state).toBe('unknown');
    device.press('mute');
    await clock.settle();
    expect(late.observation).toMatchObject({ state: 'in-call', limits: ['others-lamps'] });
  });
});

describe('a press of the hook', () => {
  test('is likely a call, and none once the headset took it back', async () => {
    const { device, clock, seen } = await bench();
    device.press('hook');
    expect(await seen()).toBe('in-call inferred, others-lamps');
    await clock.advance(2000);
    expect(await seen()).toBe('idle reported, others-lamps');
    await clock.advance(10_000);
    expect(await seen()).toBe('idle reported, others-lamps');
  });

  test('tells its observers of each change once, and when it was', async () => {
    const { device, clock, told, softphone } = await bench();
    const begin = clock.monotonic();
    device.press('hook');
    await clock.settle();
    await softphone.dial();
    device.press('flash');
    await clock.advance(5000);
    expect(told.map(({ state, confidence, since }) => [state, confidence, since - begin])).toEqual([
      ['in-call', 'inferred', 0],
      ['in-call', 'reported', hookSettlesMs],
    ]);
  });
});

describe('what can’t be seen', () => {
  test('a call of a softphone whose lamps the device doesn’t answer looks idle, which the limits say', async () => {
    const { say, seen } = await bench();
    // The last word of an earlier call; then somebody lights the LED of a device that moves no hook for that.
    say(2, 0x01, 0);
    say(2, 0x00, 0);
    expect(await seen()).toBe('idle reported, others-lamps');
  });

  test('such a call is inferred from a press of mute, which a headset sends in a call only, and forgotten after a while', async () => {
    const { say, seen, clock } = await bench();
    say(2, 0x08, 0);
    say(2, 0x00, 0);
    expect(await seen()).toBe('in-call inferred, others-lamps');
    await clock.advance(mutePressProvesMs - 1);
    expect(await seen()).toBe('in-call inferred, others-lamps');
    await clock.advance(1);
    expect(await seen()).toBe('idle reported, others-lamps');
  });

  test('but a press of mute while a call is being ended is none', async () => {
    const { say, seen, clock } = await bench();
    say(2, 0x01, 0);
    await clock.advance(60_000);
    say(2, 0x00, 0);
    say(2, 0x08, 0);
    expect(await seen()).toBe('idle reported, others-lamps');
    await clock.advance(hookSettlesMs);
    say(2, 0x08, 0);
    expect(await seen()).toBe('in-call inferred, others-lamps');
  });

  test('ringing: the lamp goes out from the PC, and nothing comes back', async () => {
    const { softphone, seen, told } = await bench();
    await softphone.ring();
    expect(await seen()).toBe('unknown none, others-lamps not-heard');
    expect(told).toEqual([]);
  });

  test('anything of a device that nothing describes', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const device = virtualDevice({ family: 'evolve2-75', paths: 'per-collection-undescribed' });
    bus.plug(device);
    const observer = new CallObserver(
      (await openPaths(bus)).map(({ channel }) => channel),
      clock,
    );
    device.press('hook');
    await clock.settle();
    expect([observer.layout, observer.observation]).toMatchObject([null, { state: 'unknown', limits: ['others-lamps', 'no-layout'] }]);
  });

  test('anything through a descriptor that can’t be read', () => {
    const channel = { descriptor: Uint8Array.of(0xc0), onReport: () => () => undefined, onClosed: () => () => undefined };
    expect(new CallObserver([channel], new VirtualClock()).observation.limits).toEqual(['others-lamps', 'no-layout']);
  });

  test('the state of a hook that only says that it was pressed', async () => {
    const i = hidItem;
    const bits = [i.logicalMinimum(0), i.logicalMaximum(1), i.reportSize(1), i.reportCount(2), i.input(['variable', 'relative'])];
    const items = [i.usagePage(0x0b), i.usage(0x20), i.usage(0x2f), ...bits, i.reportCount(6), i.input(['constant'])];
    const descriptor = buildReportDescriptor([i.usagePage(0x0b), i.usage(0x05), i.collection(HID_COLLECTION.application, items)]);
    const clock = new VirtualClock();
    const channel = new BufferedChannel({ descriptor, write: async () => undefined, close: async () => undefined });
    const observer = new CallObserver([channel], clock);
    channel.deliver(Uint8Array.of(0, 1));
    await clock.settle();
    expect(observer.observation).toMatchObject({ state: 'unknown', limits: ['others-lamps', 'no-state'] });
    channel.deliver(Uint8Array.of(0, 2));
    await clock.settle();
    expect(observer.observation).toMatchObject({ state: 'in-call', confidence: 'inferred' });
    await clock.advance(mutePressProvesMs);
    expect(observer.observation).toMatchObject({ state: 'unknown', confidence: 'none' });
  });
});

describe('the line of a device', () => {
  test('that is busy is a call, whoever has it and wherever the hook is', async () => {
    const { device, seen, clock } = await bench();
    device.press('line-busy');
    expect(await seen()).toBe('in-call reported, others-lamps');
    device.press('hook');
    await clock.advance(5000);
    expect(await seen()).toBe('in-call reported, others-lamps');
    device.press('line-busy');
    expect(await seen()).toBe('idle reported, others-lamps');
  });

  test('and the hook that change in one report are no moment of idleness', async () => {
    const { say, seen, told } = await bench();
    say(2, 0x01, 0);
    say(2, 0x02, 0);
    expect(await seen()).toBe('in-call reported, others-lamps');
    expect(told.map(({ state }) => state)).toEqual(['in-call', 'in-call']);
  });

  test('that is only the radio link of an adapter is none', async () => {
    const { say, seen } = await bench();
    say(2, 0x04, 0);
    expect(await seen()).toBe('idle reported, others-lamps');
    // A press of mute without a hook gives a call away; the link that changes next says nothing about that.
    say(2, 0x0c, 0);
    say(2, 0x00, 0);
    expect(await seen()).toBe('in-call inferred, others-lamps');
  });
});

describe('the end of listening', () => {
  test('by pulling the device out leaves nothing known', async () => {
    const { bus, device, softphone, seen, clock } = await bench();
    await softphone.dial();
    bus.unplug(device);
    expect(await seen()).toBe('unknown none, others-lamps gone');
    await clock.advance(10_000);
    expect(await seen()).toBe('unknown none, others-lamps gone');
    expect(clock.pendingTimers).toBe(0);
  });

  test('by close hears nothing more, and leaves the paths open', async () => {
    const { observer, device, softphone, told, clock, observerPort } = await bench();
    observer.close();
    await softphone.dial();
    device.press('mute');
    await clock.advance(10_000);
    expect([told, observer.observation.state]).toEqual([[], 'unknown']);
    expect(await observerPort.list(0x0b0e)).toHaveLength(1);
  });

  test('finds that it wrote nothing, whatever happened', async () => {
    const { device, softphone, say, clock } = await bench();
    const before = device.received.length;
    say(2, 0x09, 0);
    device.press('hook');
    device.press('mute');
    await clock.advance(20_000);
    expect(device.received.length).toBe(before);
    await softphone.dial();
    expect(device.received.length).toBe(before + 1);
  });
});
