import { describe, expect, test } from 'vitest';
import { families, findFamily } from '../families/index.ts';
import { identifyRequest, rebootRequest } from '../messages/actions.ts';
import { mayReachRealDevices } from '../messages/index.ts';
import { DeviceError } from '../session/errors.ts';
import { Session } from '../session/session.ts';
import { ScriptedChannel } from '../session/testing/scripted-channel.ts';
import { VirtualBus, VirtualClock, virtualDevice } from '../virtual/index.ts';
import { actionMessages, selectActions } from './actions.ts';
import { GnpDevice } from './gnp-device.ts';

const family = findFamily('evolve2-75');

describe('what a device can be asked to do', () => {
  test('is nothing on USB or Bluetooth, whatever the family, while no verified bytes are known for it', () => {
    for (const one of [...families, null]) {
      for (const bus of ['usb', 'bluetooth'] as const) expect([...selectActions({ family: one, bus })]).toEqual([]);
    }
    expect(Object.values(actionMessages).some((message) => mayReachRealDevices(message))).toBe(false);
  });

  test('is all of it on a virtual bus, but for a product that the catalogue does not know', () => {
    expect([...selectActions({ family: family ?? null, bus: 'virtual' })]).toEqual(['reboot', 'identify']);
    expect(selectActions({ family: null, bus: 'virtual' }).size).toBe(0);
  });

  test('is refused where it was not selected, and nothing is sent', async () => {
    const channel = new ScriptedChannel(new VirtualClock());
    const device = new GnpDevice(new Session(channel, new VirtualClock()), 8, family ?? null, []);
    for (const action of ['reboot', 'identify'] as const) {
      expect(device.canDo(action)).toBe(false);
      await expect(action === 'reboot' ? device.reboot() : device.identify(5)).rejects.toMatchObject({ code: 'unsupported' });
    }
    expect(channel.sent).toEqual([]);
  });

  test('is refused by the session too where a bus is not virtual, should it ever be selected there', async () => {
    const channel = new ScriptedChannel(new VirtualClock());
    const session = new Session(channel, new VirtualClock());
    await expect(session.write(rebootRequest, 8, undefined)).rejects.toThrow(DeviceError);
    await expect(session.write(identifyRequest, 8, 5)).rejects.toThrow(DeviceError);
    expect(channel.sent).toEqual([]);
  });
});

describe('a virtual headset', () => {
  async function open() {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    bus.plug(headset);
    const [info] = await bus.list(0x0b0e);
    if (!info) throw new Error('nothing is listed');
    const session = new Session(await bus.open(info), clock);
    return { clock, bus, headset, device: new GnpDevice(session, 8, family ?? null, [], selectActions({ family: family ?? null, bus: 'virtual' })) };
  }

  test('says yes to a reboot, leaves, and comes back with what it held', async () => {
    const { clock, bus, headset, device } = await open();
    headset.setLocally('sidetoneLevel', -6);
    await clock.complete(device.reboot());
    expect(bus.isPlugged(headset)).toBe(true);
    await clock.advance(500);
    expect(bus.isPlugged(headset)).toBe(false);
    await clock.advance(5000);
    expect(bus.isPlugged(headset)).toBe(true);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(headset.state.reboots).toBe(1);
  });

  test('blinks as often as it is asked, and stays', async () => {
    const { clock, bus, headset, device } = await open();
    await clock.complete(device.identify(5));
    await clock.complete(device.identify(5));
    expect(headset.state.identified).toBe(2);
    expect(bus.isPlugged(headset)).toBe(true);
    expect(headset.writes).toBe(0);
  });

  test('refuses to identify for no time at all', async () => {
    const { clock, headset, device } = await open();
    await expect(clock.complete(device.identify(0))).rejects.toMatchObject({ code: 'rejected' });
    expect(headset.state.identified).toBe(0);
  });
});
