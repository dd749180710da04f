import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GnpDevice, selectWires } from '../device/index.ts';
import { Address } from '../frames/index.ts';
import { Session } from '../session/index.ts';
import { ScriptedChannel } from '../session/testing/scripted-channel.ts';
import { type SettingKey, settingKeys } from '../settings/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { families, findFamily, findProduct, jabraVendorId } from './registry.ts';
import { settingSets } from './setting-sets.ts';
import { type Family, products } from './types.ts';

const dongleKeys: readonly SettingKey[] = ['autoPairing'];
const engageKeys: readonly SettingKey[] = ['smartRinger', 'ringtoneInHeadset', 'reverseStereo'];
const videoKeys: readonly SettingKey[] = ['fieldOfView', 'zoomMode'];
const ancKeys: readonly SettingKey[] = ['ancMode', 'ancLevel'];
const allBut = (...left: readonly (readonly SettingKey[])[]): readonly SettingKey[] => settingKeys.filter((key) => !left.flat().includes(key));

const common = allBut(dongleKeys, engageKeys, videoKeys, ancKeys);
const withAnc = allBut(dongleKeys, engageKeys, videoKeys);
const wired = common.filter((key) => key !== 'autoPowerOffMinutes');
const engage = allBut(dongleKeys, videoKeys, ancKeys);

/** The families of settings-v1, in its order, with what they are and what they support. Sets that it leaves open are provisional (facts C2). */
const contract: readonly (readonly [string, string, readonly SettingKey[]])[] = [
  ['evolve2-65', 'headset', common],
  ['evolve2-75', 'headset', withAnc],
  ['evolve2-85', 'headset', withAnc],
  ['evolve2-65-flex', 'headset', common],
  ['evolve2-30', 'headset', wired],
  ['evolve2-40', 'headset', wired],
  ['evolve2-50', 'headset', wired],
  ['evolve2-55', 'headset', common],
  ['evolve-65', 'headset', common],
  ['evolve-75', 'headset', common],
  ['engage-50-ii', 'headset', engage.filter((key) => key !== 'autoPowerOffMinutes')],
  ['engage-65', 'headset', engage],
  ['engage-75', 'headset', engage],
  ['link-370', 'dongle', dongleKeys],
  ['link-380', 'dongle', dongleKeys],
  ['link-390', 'dongle', dongleKeys],
  ['speak2-40', 'speakerphone', ['voiceGuidance']],
  ['speak2-55', 'speakerphone', ['voiceGuidance']],
  ['speak2-75', 'speakerphone', ['voiceGuidance']],
  ['speak-410', 'speakerphone', ['voiceGuidance']],
  ['speak-510', 'speakerphone', ['voiceGuidance']],
  ['speak-710', 'speakerphone', ['voiceGuidance']],
  ['speak-810', 'speakerphone', ['voiceGuidance']],
  ['panacast-20', 'video-bar', videoKeys],
  ['panacast-40', 'video-bar', videoKeys],
  ['panacast-50', 'video-bar', videoKeys],
];

describe('the families', () => {
  test('are those of the contract, each once', () => {
    const named = families.filter(({ id }) => id !== 'unknown').map(({ id }) => id);
    expect(named.toSorted()).toEqual(contract.map(([id]) => id).toSorted());
  });

  test.each(contract)('have for %s (%s) the settings of the contract', (id, formFactor, settings) => {
    const family = findFamily(id);
    expect(family?.formFactor).toBe(formFactor);
    expect(family?.settings).toEqual(settings);
  });

  test('that the contract doesn’t name support nothing, and cannot be asked for', () => {
    for (const { settings } of families.filter(({ id }) => id === 'unknown')) expect(settings).toEqual([]);
    expect(findFamily('unknown')).toBeNull();
    expect(findFamily('evolve2-95')).toBeNull();
  });

  test('answer where facts D1 and E2 say', () => {
    const addressOf = (id: string): number | undefined => findFamily(id)?.address;
    expect(['link-370', 'link-380', 'link-390', 'panacast-50', 'engage-50-ii'].map(addressOf)).toEqual(Array.from({ length: 5 }, () => Address.base));
    expect(['evolve2-75', 'evolve2-40', 'speak2-75'].map(addressOf)).toEqual(Array.from({ length: 3 }, () => Address.headsetViaUsb));
  });

  test('have children where they are dongles, and only there', () => {
    for (const { formFactor, hasChildren } of families) expect(hasChildren).toBe(formFactor === 'dongle');
  });

  test('are GN Audio’s', () => {
    expect(jabraVendorId).toBe(0x0b0e);
    expect(jabraVendorId).toBe(2830);
  });
});

describe('adding a product', () => {
  /** Nothing but a row. */
  const row: Family = {
    id: 'evolve9-15',
    name: 'Jabra Evolve9 15',
    formFactor: 'headset',
    generation: 'gnp-ota',
    address: Address.headsetViaUsb,
    hasBattery: true,
    hasChildren: false,
    settings: settingSets.headset,
    products: products('community', 'Jabra Evolve9 15', [0x2601, 0x2603], 0x2700),
  };

  test('is a row: ranges and single ids become products', () => {
    expect(row.products.map(({ productId }) => productId)).toEqual([0x2601, 0x2602, 0x2603, 0x2700]);
    expect(row.products[0]).toEqual({ productId: 0x2601, name: 'Jabra Evolve9 15', source: 'community' });
  });

  test('is enough to get its wires and its settings', () => {
    const wires = selectWires({ family: row, bus: 'usb', productIds: [0x2601], version: null, operatorMappings: [] });
    const clock = new VirtualClock();
    const device = new GnpDevice(new Session(new ScriptedChannel(clock), clock), row.address, row, wires);
    expect([...device.settings.keys]).toEqual(['sidetoneEnabled', 'sidetoneLevel', 'audioProtection', 'voiceGuidance', 'autoPowerOffMinutes']);
  });

  test('as every row here shows: looking one of its ids up finds it', () => {
    for (const family of families) for (const product of family.products) expect(findProduct(product.productId)).toEqual({ family, product });
  });
});

describe('a generation', () => {
  const folder = new URL('.', import.meta.url);
  /** `update` is what the updates of all generations share. */
  const generations = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entry.name !== 'update' ? [entry.name] : [],
  );

  test('is a folder, and the families name one', () => {
    expect(generations.toSorted()).toEqual([...new Set(families.map(({ generation }) => generation))].toSorted());
  });

  test.each(generations)('%s says what it is under the same headings as the others', (generation) => {
    const readme = readFileSync(new URL(`${generation}/README.md`, folder), 'utf8');
    expect([...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'What it is',
      'How recognised',
      'Protocol generation',
      'Quirks with the evidence',
      'Not supported',
      'Recordings',
    ]);
  });

  test.each(generations)('%s names every family of it', (generation) => {
    const readme = readFileSync(new URL(`${generation}/README.md`, folder), 'utf8');
    const ids = families.filter((family) => family.generation === generation && family.id !== 'unknown').map(({ id }) => id);
    expect(ids.filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
  });
});
