import { jabraVendorId } from '@jpd/protocol';
import { VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { HidLeases } from './hid-leases.ts';

function bench() {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  const other = virtualDevice({ family: 'evolve2-75', serial: '70BF92000002' });
  for (const device of [headset, other]) bus.plug(device);
  const port = bus.port();
  const leases = new HidLeases(port, clock);
  const serials = async (): Promise<(string | null)[]> => (await leases.list(jabraVendorId)).map(({ serial }) => serial);
  return { clock, bus, headset, port, leases, serials, key: 'virtual:virtual-1:24da' };
}

describe('a device that is leased', () => {
  it('is not there for anybody else, until it is released', async () => {
    const { leases, serials, key } = bench();
    const lease = await leases.lease(key, false);
    expect(await serials()).toEqual(['70BF92000002']);
    expect((await lease?.port.list(jabraVendorId))?.map(({ serial }) => serial)).toEqual(['70BF92000001']);
    lease?.release();
    lease?.release();
    expect(await serials()).toEqual(['70BF92000001', '70BF92000002']);
  });

  it('is told of as gone and back to who listens', async () => {
    const { clock, leases, key } = bench();
    await clock.settle();
    let changes = 0;
    const end = leases.onChange(() => (changes += 1));
    const lease = await leases.lease(key, false);
    expect(changes).toBe(1);
    lease?.release();
    expect(changes).toBe(2);
    end();
    await leases.lease(key, false);
    expect(changes).toBe(2);
  });

  it('is had when nobody has it open any more, and not later than 5 s from now', async () => {
    const { clock, leases, key } = bench();
    const [info] = await leases.list(jabraVendorId);
    if (!info) throw new Error('nothing is listed');
    const channel = await leases.open(info);
    let had = 0;
    void leases.lease(key, false).then((lease) => {
      had += 1;
      lease?.release();
    });
    await clock.settle();
    expect(had).toBe(0);
    await channel.close();
    await clock.settle();
    expect(had).toBe(1);
    await leases.open(info);
    void leases.lease(key, false).then(() => (had += 1));
    await clock.advance(4999);
    expect(had).toBe(1);
    await clock.advance(1);
    expect(had).toBe(2);
  });

  it('is had at once where it was pulled out while it was open', async () => {
    const { clock, bus, headset, leases, key } = bench();
    const [info] = await leases.list(jabraVendorId);
    if (!info) throw new Error('nothing is listed');
    await leases.open(info);
    const lease = leases.lease(key, false);
    bus.unplug(headset);
    const had = await clock.complete(lease);
    expect([clock.monotonic(), await had?.isPlugged()]).toEqual([0, false]);
  });

  it('is found again in another port by its serial number, by its port where that is not its own', async () => {
    const { leases, key, port } = bench();
    const moved = new HidLeases(
      { ...port, list: async (vendorId) => (await port.list(vendorId)).map((info) => ({ ...info, physicalPort: `${info.physicalPort}-moved` })) },
      new VirtualClock(),
    );
    const bySerial = await leases.lease(key, false);
    expect(bySerial?.info.serial).toBe('70BF92000001');
    expect(await bySerial?.isPlugged()).toBe(true);
    bySerial?.release();
    const byPort = await leases.lease(key, true);
    expect([byPort?.info.serial, byPort?.info.physicalPort]).toEqual([null, 'virtual-1']);
    expect((await byPort?.port.list(jabraVendorId))?.map(({ serial }) => serial)).toEqual(['70BF92000001']);
    expect(await moved.lease(key, false)).toBeNull();
  });

  it('is none where nothing is listed under that name', async () => {
    const { leases, serials } = bench();
    expect(await leases.lease('virtual:virtual-9:24da', false)).toBeNull();
    expect(await serials()).toHaveLength(2);
  });
});
