import type { HidPort } from '@jpd/protocol';
import { faults, VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { DeviceInventory } from './device-inventory.ts';
import { steadyEntropy } from './testing/entropy.ts';
import { LogBook } from './testing/log-book.ts';
import { openMemoryStore } from './testing/memory-store.ts';

const evolve = '24da-70bf92000001';

function inventoryOn(bus: VirtualBus, clock: VirtualClock, hid: HidPort = bus.port()): Promise<DeviceInventory> {
  const context = { clock, hid, entropy: steadyEntropy(), log: new LogBook(), store: openMemoryStore(), operatorMappings: [] };
  return clock.complete(DeviceInventory.open(context));
}

const idsOf = (inventory: DeviceInventory): string[] =>
  inventory
    .documents()
    .map(({ deviceId }) => deviceId)
    .toSorted();

describe('an inventory', () => {
  it('lists what is plugged in with all that it holds, and writes to nothing', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const child = virtualDevice({ family: 'evolve2-65', serial: '70BF92000002' });
    const devices = [
      virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' }),
      virtualDevice({ family: 'link-380', serial: '50C275000001', child }),
    ];
    for (const device of devices) bus.plug(device);
    const inventory = await inventoryOn(bus, clock);
    expect(idsOf(inventory)).toEqual(['24b3-70bf92000002', '24c7-50c275000001', evolve]);
    expect(inventory.documents().find(({ deviceId }) => deviceId === evolve)).toMatchObject({
      electronicSerialNumber: '70BF92000001',
      firmware: { version: '1.8.13', status: 'unmanaged' },
      battery: { level: 80 },
      settings: { values: { sidetoneLevel: 0 }, desiredRevision: null },
    });
    await clock.advance(600_000);
    expect([...devices, child].map(({ writes }) => writes)).toEqual([0, 0, 0]);
    await clock.complete(inventory.close());
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for a device that is slow to answer', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000001', behaviours: [faults.timeout(2), faults.late(4, 800)] }));
    const inventory = await inventoryOn(bus, clock);
    expect(idsOf(inventory)).toEqual([evolve]);
    await clock.complete(inventory.close());
  });

  it('tells of what comes and goes, and lists what is there', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const inventory = await inventoryOn(bus, clock);
    expect(idsOf(inventory)).toEqual([]);
    let changes = 0;
    const end = inventory.onChange(() => {
      changes += 1;
    });
    const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
    bus.plug(device);
    await clock.advance(1000);
    expect([changes, idsOf(inventory)]).toEqual([1, [evolve]]);
    bus.unplug(device);
    await clock.advance(1000);
    expect([changes, idsOf(inventory)]).toEqual([2, []]);
    end();
    bus.plug(device);
    await clock.advance(1000);
    expect(changes).toBe(2);
    await clock.complete(inventory.close());
  });

  it('fails where devices cannot be listed at all, and leaves nothing running', async () => {
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const noLibrary = new Error('the HID library could not be loaded');
    await expect(inventoryOn(bus, clock, { ...bus.port(), list: () => Promise.reject(noLibrary) })).rejects.toBe(noLibrary);
    expect(clock.pendingTimers).toBe(0);
  });
});
