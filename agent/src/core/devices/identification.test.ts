import { Address, type DeviceIdentity, Session } from '@jpd/protocol';
import { faults, nack, reply, silence, VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { isIdentified, probeAddress, withEarlier } from './identification.ts';

const complete: DeviceIdentity = {
  name: 'Jabra',
  serial: '70BF92000001',
  version: '1.8.13',
  dfuProductId: 0x24da,
  updateProtocol: 7,
  complete: true,
};
const gaps: DeviceIdentity = { ...complete, complete: false };

describe('an identity', () => {
  it.each<[string, DeviceIdentity, number, boolean, boolean]>([
    ['is complete', complete, 0, false, true],
    ['is complete, all of it refused', { ...complete, name: null, serial: null, version: null, dfuProductId: null }, 0, false, true],
    ['lacks a name only', { ...gaps, name: null, version: null }, 0, false, true],
    ['lacks its serial', { ...gaps, serial: null }, 0, false, false],
    ['lacks its serial in the second round', { ...gaps, serial: null }, 1, false, false],
    ['lacks its serial in the third round', { ...gaps, serial: null }, 2, false, true],
    ['lacks its DFU product id', { ...gaps, dfuProductId: null }, 0, false, false],
    ['lacks its DFU product id, which is known otherwise', { ...gaps, dfuProductId: null }, 0, true, true],
    ['lacks its DFU product id in the third round', { ...gaps, dfuProductId: null }, 2, false, true],
  ])('that %s', (_, identity, round, dfuIsKnown, expected) => {
    expect(isIdentified(identity, round, dfuIsKnown)).toBe(expected);
  });

  it('with gaps takes what was told before, and one without gaps nothing', () => {
    const before = { ...gaps, version: '1.0.0', name: 'before' };
    expect(withEarlier({ ...gaps, name: null, serial: null, updateProtocol: null }, before)).toEqual({ ...gaps, name: 'before' });
    expect(withEarlier({ ...complete, name: null }, before)).toEqual({ ...complete, name: null });
    expect(withEarlier({ ...gaps, name: null }, null)).toEqual({ ...gaps, name: null });
  });
});

describe('an unknown product', () => {
  const probe = async (...behaviours: NonNullable<Parameters<typeof virtualDevice>[0]['behaviours']>): Promise<number> => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    bus.plug(virtualDevice({ family: 'evolve2-75', behaviours }));
    const [info] = await bus.list(0x0b0e);
    if (!info) throw new Error('nothing is listed');
    const session = new Session(await bus.open(info), clock);
    return clock.complete(probeAddress(session, {}));
  };

  it.each([
    ['an answer', [], Address.headsetViaUsb],
    ['a refusal', [faults.nack(1, 0xff)], Address.headsetViaUsb],
    ['something else than an answer', [{ name: 'short', onPacket: () => reply(Uint8Array.of(1)) }], Address.headsetViaUsb],
    ['nobody at that address', [{ name: 'nobody', onPacket: () => nack(0xf5) }], Address.base],
    ['silence', [{ name: 'silent', onPacket: () => silence }], Address.base],
  ])('that gives %s to the address of headsets', async (_, behaviours, address) => {
    expect(await probe(...behaviours)).toBe(address);
  });

  it('that leaves is nowhere', async () => {
    await expect(probe(faults.unplug())).rejects.toMatchObject({ code: 'disconnected' });
  });
});
