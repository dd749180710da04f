import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFamily, jabraVendorId } from '../families/index.ts';
import { PacketType } from '../frames/index.ts';
import { Session } from '../session/index.ts';
import type { SettingKey, SettingValue } from '../settings/index.ts';
import { type Behaviour, faults, VirtualBus, VirtualClock, virtualDevice } from '../virtual/index.ts';
import { DeviceSettings } from './settings.ts';
import { selectWires } from './wire-selection.ts';

const changes: fc.Arbitrary<Partial<Record<SettingKey, SettingValue>>> = fc.record(
  {
    sidetoneEnabled: fc.boolean(),
    sidetoneLevel: fc.constantFrom(-9, -6, -3, 0, 3, 6),
    voiceGuidance: fc.constantFrom('tones', 'voice', 'off'),
    autoPowerOffMinutes: fc.constantFrom(0, 5, 60, 1275),
    ringtone: fc.constantFrom(1, 10, 'random', 'off'),
    deviceName: fc.constantFrom('Jabra', 'Anna’s headset'),
  },
  { requiredKeys: [] },
);

/** What goes wrong, one request after another. */
const fault = fc.constantFrom<(() => Behaviour) | null>(
  null,
  null,
  () => faults.timeout(1),
  () => faults.drop(1),
  () => faults.duplicate(1),
  () => faults.wrongSequence(1),
  () => faults.garbage(1),
  () => faults.nack(1),
  () => faults.late(1, 1050),
  () => faults.late(1, 1500),
);

test('whatever happens on the way, what is reported as held is what the device holds, and nothing else changed', async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.array(fault, { maxLength: 12 }), async (wanted, troubles) => {
      const clock = new VirtualClock();
      const bus = new VirtualBus(clock);
      const device = virtualDevice({ family: 'evolve2-65', serial: '70BF92000001' });
      bus.plug(device);
      const queue = [...troubles];
      device.behave({
        name: 'trouble',
        onPacket: (packet, context) => {
          if (packet.type !== PacketType.read && packet.type !== PacketType.write) return undefined;
          return queue.shift()?.()?.onPacket(packet, context);
        },
      });
      const [info] = await bus.list(jabraVendorId);
      const family = findFamily('evolve2-65');
      if (!info || !family) throw new Error('nothing is plugged');
      const session = new Session(await bus.open(info), clock);
      const wires = selectWires({ family, bus: info.bus, productIds: [info.productId], version: null, operatorMappings: [] });
      const settings = new DeviceSettings(session, device.address, wires, family.settings);
      const before = new Map(device.state.settings);
      const outcomes = await clock.complete(settings.apply(new Map(Object.entries(wanted) as [SettingKey, SettingValue][])));
      // What comes late has come by then.
      await clock.advance(10_000);

      expect([...outcomes.keys()].toSorted()).toEqual(Object.keys(wanted).toSorted());
      for (const [key, outcome] of outcomes) {
        if (outcome.status !== 'refused') expect(device.state.settings.get(key)).toBe(wanted[key]);
        if (outcome.status === 'unchanged') expect(before.get(key)).toBe(wanted[key]);
      }
      for (const [key, value] of before) if (!(key in wanted)) expect(device.state.settings.get(key)).toBe(value);
      if (troubles.every((trouble) => trouble === null)) expect([...outcomes.values()].filter(({ status }) => status === 'refused')).toEqual([]);
      await session.close();
    }),
    { numRuns: 60 },
  );
});
