import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { families, type Family, findFamily } from '../families/index.ts';
import { Command } from '../frames/index.ts';
import { mayReachRealDevices } from '../messages/index.ts';
import type { HidBus } from '../session/hid-port.ts';
import { type OperatorMapping, settingKeys, type SettingsWire, syntheticWires, verifiedWires } from '../settings/index.ts';
import { selectWires, type WireSelection } from './wire-selection.ts';

const buses: readonly HidBus[] = ['usb', 'bluetooth', 'virtual'];
const realBuses: readonly HidBus[] = ['usb', 'bluetooth'];

function family(id: string): Family {
  const found = findFamily(id);
  if (!found) throw new RangeError(`there is no family ${id}`);
  return found;
}

const busylight: OperatorMapping = {
  setting: 'inCallBusylight',
  productIds: [0x24da, 0x24d9],
  firmware: { from: '1.8.0', to: '1.9.99' },
  command: 0x13,
  subcommand: 0x44,
  offset: 0,
  encoding: { type: 'boolean' },
  verified: 'by R. Hansen on 2026-01-05: seen on the device',
};

const select = (changes: Partial<WireSelection> = {}): readonly SettingsWire[] =>
  selectWires({ family: family('evolve2-75'), bus: 'usb', productIds: [0x24da], version: '1.8.13', operatorMappings: [], ...changes });

const namesOf = (wires: readonly SettingsWire[]): string[] => wires.map(({ message }) => message.name);
const keysOf = (wires: readonly SettingsWire[]): string[] => wires.flatMap(({ keys }) => keys);

describe('wires made up for virtual devices', () => {
  test('are never selected for a device on USB or Bluetooth, whatever the product', () => {
    const products = families.flatMap(({ products: rows }) => rows.map(({ productId }) => productId));
    expect(products.length).toBeGreaterThan(100);
    for (const one of families) {
      for (const bus of realBuses) {
        for (const productId of one.products.map((row) => row.productId)) {
          const selected = select({ family: one, bus, productIds: [productId], operatorMappings: [busylight] });
          expect(selected.filter(({ synthetic, message }) => synthetic || !mayReachRealDevices(message))).toEqual([]);
          expect(selected.filter(({ message }) => message.command !== Command.config)).toEqual([]);
        }
      }
    }
  });

  test('and no others are in the group that no real device has', () => {
    const made = new Set(syntheticWires);
    for (const wire of [...verifiedWires, ...syntheticWires]) {
      expect(wire.message.command === Command.synthetic).toBe(made.has(wire));
      expect(wire.synthetic).toBe(made.has(wire));
    }
  });

  test('carry the rest of a family’s settings on a virtual bus', () => {
    for (const one of families.filter(({ id }) => id !== 'unknown')) {
      const keys = keysOf(select({ family: one, bus: 'virtual', productIds: [] }));
      for (const key of one.settings) expect(keys.filter((other) => other === key)).toEqual([key]);
    }
  });
});

describe('a product that the contract doesn’t name', () => {
  const unnamed = families.filter(({ id }) => id === 'unknown');

  test('gets no wire on any bus, not even an operator’s', () => {
    expect(unnamed.length).toBeGreaterThan(0);
    for (const one of [null, ...unnamed])
      for (const bus of buses)
        expect(
          select({ family: one, bus, productIds: [0x254f, 0x24da, 0xbeef], operatorMappings: [{ ...busylight, productIds: [0x254f] }] }),
        ).toEqual([]);
  });

  test('gets none even where its row names settings by mistake', () => {
    const row: Family = { ...family('evolve2-75'), id: 'unknown' };
    for (const bus of buses) expect(select({ family: row, bus })).toEqual([]);
  });
});

describe('verified wires', () => {
  test('are those of the family’s settings', () => {
    expect(namesOf(select())).toEqual(['sidetone', 'audio protection', 'voice guidance', 'inactivity interval']);
    expect(namesOf(select({ family: family('link-380') }))).toEqual(['auto pairing']);
    expect(namesOf(select({ family: family('speak-510') }))).toEqual(['voice guidance']);
    expect(namesOf(select({ family: family('panacast-50') }))).toEqual([]);
  });

  test('are the same on every bus', () => {
    for (const bus of buses) expect(namesOf(select({ bus })).slice(0, 4)).toEqual(namesOf(select()));
  });
});

describe('an operator’s mapping', () => {
  const isSelected = (changes: Partial<WireSelection>, mapping: Partial<OperatorMapping> = {}): boolean =>
    keysOf(select({ ...changes, operatorMappings: [{ ...busylight, ...mapping }] })).includes(mapping.setting ?? 'inCallBusylight');

  test('adds a setting to the products that it names, by USB or by DFU id', () => {
    expect(isSelected({ productIds: [0x24da] })).toBe(true);
    expect(isSelected({ productIds: [0x9999, 0x24d9] })).toBe(true);
    expect(isSelected({ productIds: [0x24db] })).toBe(false);
    expect(isSelected({ productIds: [] })).toBe(false);
  });

  test.each([
    ['1.7.99', false],
    ['1.8.0', true],
    ['1.8.13', true],
    ['1.9.99beta', true],
    ['1.9.100', false],
    ['2.0.0', false],
    ['unreadable', false],
    [null, false],
  ])('holds for the versions that it names, both ends included (%s: %s)', (version, selected) => {
    expect(isSelected({ version })).toBe(selected);
  });

  test.each([
    ['no older end', { from: null, to: '1.8.13' }, '0.0.1', true],
    ['no newer end', { from: '1.8.13', to: null }, '99.0.0', true],
    ['no older end, on an unreadable version', { from: null, to: '1.8.13' }, 'unreadable', false],
    ['no newer end, on an unreadable version', { from: '1.8.13', to: null }, 'unreadable', false],
    ['no newer end, and too old', { from: '1.8.13', to: null }, '1.8.12', false],
  ])('may have %s', (_, firmware, version, selected) => {
    expect(isSelected({ version }, { firmware })).toBe(selected);
  });

  test('without versions holds for every one, also for one that is not known', () => {
    expect(isSelected({ version: null }, { firmware: null })).toBe(true);
  });

  test('replaces no verified wire', () => {
    const selected = select({
      operatorMappings: [{ ...busylight, setting: 'voiceGuidance', encoding: { type: 'enum', values: { tones: 1, voice: 0 } } }],
    });
    expect(selected).toEqual(select());
  });

  test('replaces a synthetic one on a virtual bus', () => {
    const selected = select({ bus: 'virtual', operatorMappings: [busylight] });
    expect(selected.filter(({ keys }) => keys.includes('inCallBusylight')).map(({ message }) => message.provenance[0]?.trust)).toEqual(['operator']);
  });

  test('gives a device no setting that its family lacks', () => {
    expect(isSelected({ family: family('evolve2-65') }, { setting: 'ancMode', encoding: { type: 'enum', values: { anc: 1, off: 0 } } })).toBe(false);
    expect(isSelected({}, { setting: 'ancMode', encoding: { type: 'enum', values: { anc: 1, off: 0 } } })).toBe(true);
  });

  test('of another group than settings is not used, whoever let it in', () => {
    for (const command of [0x02, 0x07, 0x0d, 0x0f, 0x12, 0x7e, 0xff]) expect(isSelected({}, { command })).toBe(false);
  });
});

test('no selection carries a setting twice, and none comes from nowhere', () => {
  const mapping = fc.record({
    setting: fc.constantFrom(...settingKeys),
    productIds: fc.constant([0x24da]),
    firmware: fc.constantFrom(null, busylight.firmware),
    command: fc.constantFrom(0x13, 0x0f),
    subcommand: fc.nat(255),
    offset: fc.nat(3),
    encoding: fc.constant<OperatorMapping['encoding']>({ type: 'boolean' }),
    verified: fc.constant('in a test'),
  });
  fc.assert(
    fc.property(fc.constantFrom(...families), fc.constantFrom(...buses), fc.array(mapping, { maxLength: 6 }), (one, bus, operatorMappings) => {
      const selected = select({ family: one, bus, operatorMappings });
      const keys = keysOf(selected);
      expect(new Set(keys).size).toBe(keys.length);
      expect(selected.every((wire) => wire.keys.some((key) => one.settings.includes(key)))).toBe(true);
      expect(bus === 'virtual' || selected.every(({ message }) => mayReachRealDevices(message) && message.command === 0x13)).toBe(true);
    }),
  );
});
