import { GnpDevice, type HidChannel, Session } from '@jpd/protocol';
import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import type { Transport } from '../../contract/index.ts';
import { bestRoute, type Route } from './route.ts';

const silent: HidChannel = {
  descriptor: null,
  write: () => Promise.resolve(),
  onReport: () => () => undefined,
  onClosed: () => () => undefined,
  close: () => Promise.resolve(),
};
const device = new GnpDevice(new Session(silent, new VirtualClock()), 8, null, []);
const route = (key: string, transport: Transport, withDevice = true): Route => ({
  key,
  transport,
  parentKey: null,
  physicalPort: key,
  productId: 0x24da,
  family: null,
  identity: { name: null, serial: null, version: null, dfuProductId: null, updateProtocol: null, complete: true },
  device: withDevice ? device : null,
  arrival: 0,
});

describe('the best route', () => {
  it('is usb before dongle before bluetooth, in whatever order they came', () => {
    const [usb, dongle, bluetooth] = [route('a', 'usb'), route('b', 'dongle'), route('c', 'bluetooth')];
    expect(bestRoute([bluetooth, dongle, usb])).toBe(usb);
    expect(bestRoute([bluetooth, dongle])).toBe(dongle);
    expect(bestRoute([bluetooth])).toBe(bluetooth);
    expect(bestRoute([])).toBeNull();
  });

  it('is one on which the device can be asked, where two are alike', () => {
    const [mute, speaking] = [route('a', 'usb', false), route('b', 'usb')];
    expect(bestRoute([mute, speaking])).toBe(speaking);
    expect(bestRoute([mute, route('c', 'dongle')])).toBe(mute);
  });

  it('stays the first of two that are alike', () => {
    const [first, second] = [route('a', 'usb'), route('b', 'usb')];
    expect(bestRoute([first, second])).toBe(first);
  });
});
