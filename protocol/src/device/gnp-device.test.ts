import { describe, expect, test } from 'vitest';
import { findFamily } from '../families/index.ts';
import { Session } from '../session/index.ts';
import { eventFrom, ScriptedChannel } from '../session/testing/scripted-channel.ts';
import { verifiedWires } from '../settings/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { type DeviceEvent, GnpDevice } from './gnp-device.ts';
import { answerFromRegisters, type Whim } from './testing/registers.ts';

const headset = 8;
const dongle = 1;
const child = 4;

function connected(address: number, familyId: string, registers: readonly (readonly [number, readonly number[]])[] = [], whim?: Whim) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  answerFromRegisters(channel, new Map(registers), whim);
  const session = new Session(channel, clock);
  const device = new GnpDevice(session, address, findFamily(familyId), verifiedWires);
  const events: DeviceEvent[] = [];
  const stop = device.onEvent((event) => events.push(event));
  return { clock, channel, session, device, events, stop };
}

describe('the battery of a device', () => {
  test('is its level and its state', async () => {
    const { device } = connected(headset, 'evolve2-75', [[0x1202, [0x01, 0x50, 0x0f, 0xa0]]]);
    expect(await device.battery()).toEqual({ level: 80, charging: true, low: false });
  });

  test('may have a level that the device doesn’t know', async () => {
    const { device } = connected(headset, 'evolve2-75', [[0x1202, [0x02, 0x00]]]);
    expect(await device.battery()).toEqual({ level: null, charging: false, low: true });
  });

  test('is not there where the device refuses the question', async () => {
    expect(await connected(headset, 'evolve2-40').device.battery()).toBeNull();
  });

  test('is not known where the device is silent', async () => {
    const { device, clock } = connected(headset, 'evolve2-75', [], () => 'deaf');
    await expect(clock.complete(device.battery())).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('the headset behind a dongle', () => {
  test('is asked for at address 4, and known by its DFU product id', async () => {
    const { device, channel } = connected(dongle, 'link-380', [[0x0213, [0xda, 0x24]]]);
    expect(await device.child()).toBe(0x24da);
    expect([...(channel.sent[0]?.report.subarray(0, 7) ?? [])]).toEqual([0x05, 0x04, 0x00, 0x00, 0x46, 0x02, 0x13]);
  });

  test.each([0xf3, 0xf4, 0xf5])('is not there where the dongle answers NACK %i', async (reason) => {
    expect(await connected(dongle, 'link-380', [], () => ({ nack: reason })).device.child()).toBeNull();
  });

  test('may be there where the dongle refuses for another reason', async () => {
    await expect(connected(dongle, 'link-380', [], () => ({ nack: 0xf6 })).device.child()).rejects.toMatchObject({
      code: 'rejected',
      reason: 'unknown-command',
    });
  });
});

describe('an event of a device', () => {
  test('tells its battery', () => {
    const { channel, events } = connected(headset, 'evolve2-75');
    channel.deliver(eventFrom(headset, 0x12, 0x02, [0x00, 0x63]));
    expect(events).toEqual([{ kind: 'battery', battery: { level: 99, charging: false, low: false } }]);
  });

  test('tells settings that changed', () => {
    const { channel, events } = connected(headset, 'evolve2-75');
    channel.deliver(eventFrom(headset, 0x13, 0x7c, [0x01, 0xfd]));
    expect(events).toEqual([{ kind: 'settings', values: { sidetoneEnabled: false, sidetoneLevel: -3 } }]);
  });

  test('tells that a headset came or left', () => {
    const { channel, events } = connected(dongle, 'link-380');
    channel.deliver(eventFrom(dongle, 0x0d, 0x26, [0x04, 0x70, 0xbf, 0x92, 0x00, 0x00, 0x02]));
    channel.deliver(eventFrom(dongle, 0x0d, 0x26, []));
    expect(events).toEqual([{ kind: 'children' }, { kind: 'children' }]);
  });

  test('is told of its own address only', () => {
    const { channel, session, events } = connected(dongle, 'link-380');
    const behind: DeviceEvent[] = [];
    new GnpDevice(session, child, findFamily('evolve2-65'), verifiedWires).onEvent((event) => behind.push(event));
    channel.deliver(eventFrom(child, 0x12, 0x02, [0x01, 0x0a]));
    expect(events).toEqual([]);
    expect(behind).toHaveLength(1);
  });

  test('says nothing where nobody knows it, or it is cut, or its setting is not the family’s', () => {
    const { channel, events } = connected(headset, 'speak-510');
    channel.deliver(eventFrom(headset, 0x12, 0x02, [0x01]));
    channel.deliver(eventFrom(headset, 0x26, 0x1d, [0x00]));
    channel.deliver(eventFrom(headset, 0x13, 0x7c, [0x01, 0xfd]));
    channel.deliver(eventFrom(headset, 0x13, 0x3a, [0x55]));
    expect(events).toEqual([]);
  });

  test('is not told any more where nobody wants to hear', () => {
    const { channel, events, stop } = connected(headset, 'evolve2-75');
    stop();
    channel.deliver(eventFrom(headset, 0x12, 0x02, [0x00, 0x63]));
    expect(events).toEqual([]);
  });
});

test('a device of an unknown family can be asked, and has no settings', async () => {
  const { device } = connected(headset, 'unheard-of', [[0x1202, [0x00, 0x0a]]]);
  expect(device.family).toBeNull();
  expect([...device.settings.keys]).toEqual([]);
  expect((await device.battery())?.level).toBe(10);
});
