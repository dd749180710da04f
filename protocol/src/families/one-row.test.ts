import { describe, expect, test } from 'vitest';
import { GnpDevice, readIdentity, selectWires } from '../device/index.ts';
import { Address } from '../frames/index.ts';
import { firmwareCrc, type FirmwarePackage } from '../images/index.ts';
import { Session } from '../session/index.ts';
import type { SettingKey, SettingValue } from '../settings/index.ts';
import { VirtualBus, VirtualClock, type VirtualDevice, virtualDevice } from '../virtual/index.ts';
import { md5 } from '../virtual/md5.ts';
import { virtualUpgradeFile } from '../virtual/upgrade-file.ts';
import { buildCatalogue, type Catalogue, type Generations } from './catalogue.ts';
import { updateByFile } from './gnp-file/update/index.ts';
import { updateFirmware } from './gnp-ota/update/index.ts';
import { detachToBoot } from './legacy-speak/detach/index.ts';
import { catalogue as known, generations, jabraVendorId } from './registry.ts';
import { settingSets } from './setting-sets.ts';
import { productTable } from './table.ts';
import { type Family, type FoundProduct, type GenerationId, type Product, products } from './types.ts';
import { hidUpdateTarget } from './update/index.ts';

/** Products that nobody makes, one of each generation: each is a row, and nothing else in this repository knows of it. */
const rows: Readonly<Record<GenerationId, Family>> = {
  'gnp-ota': {
    id: 'evolve9-15',
    name: 'Jabra Evolve9 15',
    formFactor: 'headset',
    generation: 'gnp-ota',
    address: Address.headsetViaUsb,
    hasBattery: true,
    hasChildren: false,
    settings: settingSets.headset,
    products: products('vendor', 'Jabra Evolve9 15', [0x2601, 0x2603], 0x2700),
  },
  'gnp-file': {
    id: 'panacast-90',
    name: 'Jabra PanaCast 90',
    formFactor: 'video-bar',
    generation: 'gnp-file',
    address: Address.base,
    dfuProductId: 0x3f00,
    hasBattery: false,
    hasChildren: false,
    settings: settingSets.videoBar,
    products: products('vendor', 'Jabra PanaCast 90', 0x3f01),
  },
  'legacy-speak': {
    id: 'speak-910',
    name: 'Jabra Speak 910',
    formFactor: 'speakerphone',
    generation: 'legacy-speak',
    address: Address.headsetViaUsb,
    hasBattery: false,
    hasChildren: false,
    settings: settingSets.speakerphone,
    products: [
      ...products('vendor', 'Jabra Speak 910', 0x0910).map((product): Product => ({
        ...product,
        detach: { reportId: 0x02, address: Address.base, bootProductId: 0x0911 },
      })),
      ...products('vendor', 'Jabra Speak 910 (boot)', 0x0911),
    ],
  },
};

/** What this library knows, and one row more. */
function catalogueWith(row: Family): Catalogue {
  const withRow: Generations = {
    ...generations,
    [row.generation]: { ...generations[row.generation], families: [...generations[row.generation].families, row] },
  };
  return buildCatalogue(withRow);
}

interface Plugged {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  /** What the catalogue says of the product id that the bus shows. */
  readonly found: FoundProduct;
}

async function plug(row: Family): Promise<Plugged> {
  const catalogue = catalogueWith(row);
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family: row.id, catalogue });
  bus.plug(device);
  const [info] = await bus.list(jabraVendorId);
  const found = catalogue.findProduct(info?.productId ?? 0);
  if (!found) throw new TypeError('the product is not found');
  return { clock, bus, device, found };
}

const version = '9.9.9';
const content = virtualUpgradeFile(version, 500);
const image = { name: 'a.bin', content, partition: 1, crc: firmwareCrc(content), version, target: 'headset', language: 0x0409 };
const packageFor = (device: VirtualDevice): FirmwarePackage => ({
  productName: device.state.family.name,
  version,
  releaseDate: null,
  dfuProductIds: [device.state.dfuProductId],
  images: [image],
});

/** Does what the row says about its firmware; gives the outcome's status. */
async function update(row: Family, { clock, bus, device, found }: Plugged): Promise<string> {
  const way = catalogueWith(row).updateWayOf(found);
  const info = { vendorId: jabraVendorId, serial: device.serial, physicalPort: 'virtual-1' };
  const target = hidUpdateTarget(bus, clock, info, found.family.address);
  const { product } = found;
  switch (way.kind) {
    case 'over-the-air':
      return (await clock.complete(updateFirmware({ target, clock, firmware: packageFor(device), digest: 'one' }))).status;
    case 'file-transfer': {
      const file = { content, version, dfuProductIds: [device.state.dfuProductId] };
      return (await clock.complete(updateByFile(file, { target, clock, product, digest: { md5 } }))).status;
    }
    case 'usb-dfu':
      return (await clock.complete(detachToBoot({ port: bus, clock, device: info, product }))).status;
    case 'none':
      return way.reason;
  }
}

const all = Object.values(rows).map((row) => [row.generation, row] as const);

describe.each(all)('one row more (%s)', (_, row) => {
  const catalogue = catalogueWith(row);

  test('is found by each of its product ids and by its name, and hides nothing', () => {
    for (const product of row.products) expect(catalogue.findProduct(product.productId)).toEqual({ family: row, product });
    expect(catalogue.findFamily(row.id)).toBe(row);
    expect(known.findFamily(row.id)).toBeNull();
    for (const family of known.families) for (const { productId } of family.products) expect(catalogue.findProduct(productId)?.family).toBe(family);
    expect(catalogue.families).toHaveLength(known.families.length + 1);
  });

  test('is a virtual device that is discovered and says who it is', async () => {
    const { clock, bus, device, found } = await plug(row);
    expect(found.family).toBe(row);
    const connection = await hidUpdateTarget(bus, clock, { vendorId: jabraVendorId, serial: device.serial, physicalPort: '' }, row.address).connect();
    if (!connection) throw new TypeError('it has no path for GNP');
    expect(await clock.complete(readIdentity(connection.session, connection.address))).toEqual({
      name: row.name,
      serial: device.serial,
      version: '2.0.0',
      dfuProductId: row.dfuProductId ?? found.product.productId,
      updateProtocol: row.generation === 'gnp-ota' ? 7 : null,
      complete: true,
    });
    const gnp = new GnpDevice(connection.session, connection.address, row, []);
    expect((await clock.complete(gnp.battery())) !== null).toBe(row.hasBattery);
  });

  test('has its settings, read and written', async () => {
    const { clock, bus, device } = await plug(row);
    const [info] = await bus.list(jabraVendorId);
    if (!info) throw new TypeError('it shows no path');
    const wires = selectWires({ family: row, bus: info.bus, productIds: [info.productId], version: device.state.version, operatorMappings: [] });
    const session = new Session(await bus.open(info), clock);
    const { settings } = new GnpDevice(session, row.address, row, wires);
    expect([...settings.keys].toSorted()).toEqual([...row.settings].toSorted());
    const [key, value]: readonly [SettingKey, SettingValue] = row.settings.includes('voiceGuidance') ? ['voiceGuidance', 'off'] : ['fieldOfView', 90];
    const outcomes = await clock.complete(settings.apply(new Map([[key, value]])));
    expect([...outcomes]).toEqual([[key, { status: 'written', value }]]);
    expect(device.state.settings.get(key)).toBe(value);
  });

  test('takes firmware in the way of its generation', async () => {
    const plugged = await plug(row);
    expect(await update(row, plugged)).toBe(row.generation === 'legacy-speak' ? 'detached' : 'updated');
    expect(plugged.device.state.version).toBe(row.generation === 'legacy-speak' ? '2.0.0' : version);
  });

  test('stands in the table of products, which is otherwise the same', () => {
    const lines = productTable(catalogue).split('\n');
    const added = lines.filter((line) => line.includes(`\`${row.id}\``));
    expect(added.length).toBeGreaterThan(0);
    expect(added.join()).toContain((row.products[0]?.productId ?? 0).toString(16).toUpperCase().padStart(4, '0'));
    expect(lines.filter((line) => !added.includes(line))).toEqual(productTable(known).split('\n'));
  });
});

describe('a row that is wrong', () => {
  test('because its product id is another’s is found at once', () => {
    expect(() => catalogueWith({ ...rows['gnp-ota'], products: products('vendor', 'another', 0x24da) })).toThrow(/24da has two rows/);
  });

  test('because its name is another’s is found at once', () => {
    expect(() => catalogueWith({ ...rows['gnp-ota'], id: 'evolve2-75' })).toThrow(/evolve2-75 has two rows/);
  });

  test('because its generation is missing doesn’t compile', () => {
    const { 'gnp-file': _, ...others } = generations;
    // @ts-expect-error: every generation is there, and says how it takes firmware.
    const incomplete: Generations = others;
    expect(Object.keys(incomplete)).toEqual(['gnp-ota', 'legacy-speak']);
  });
});

describe('how firmware gets onto a product', () => {
  const wayOf = (productId: number): string => {
    const found = known.findProduct(productId);
    if (!found) throw new RangeError('there is no such product');
    const way = known.updateWayOf(found);
    return way.kind === 'none' ? way.reason : way.kind === 'usb-dfu' && !way.detach ? 'usb-dfu, in its boot mode' : way.kind;
  };

  test.each([
    ['Evolve2 75', 0x24da, 'over-the-air'],
    ['Link 380', 0x24c8, 'over-the-air'],
    ['PanaCast 50', 0x3012, 'file-transfer'],
    ['PanaCast 40, which fwupd doesn’t name', 0x3081, 'not-vouched'],
    ['ThinkSmart Bar 180, which the contract doesn’t name', 0x3071, 'not-in-contract'],
    ['Speak 510', 0x0420, 'usb-dfu'],
    ['Speak 510 in its boot mode', 0x0421, 'usb-dfu, in its boot mode'],
    ['Speak 510 (0422), whose magic is not known', 0x0422, 'not-vouched'],
    ['Evolve3 85', 0x253d, 'not-in-contract'],
  ])('of a %s', (_, productId, way) => {
    expect(wayOf(productId)).toBe(way);
  });

  test('is said by every row', () => {
    for (const family of known.families)
      for (const product of family.products)
        expect(['over-the-air', 'file-transfer', 'usb-dfu', 'none']).toContain(known.updateWayOf({ family, product }).kind);
  });

  test('is a file for a product that somebody vouches for, and for no other', async () => {
    const found = known.findProduct(0x3081);
    if (!found) throw new RangeError('there is no such product');
    const clock = new VirtualClock();
    const bus = new VirtualBus(clock);
    const device = virtualDevice({ family: 'panacast-40' });
    bus.plug(device);
    const target = hidUpdateTarget(bus, clock, { vendorId: jabraVendorId, serial: device.serial, physicalPort: '' }, device.address);
    const file = { content, version, dfuProductIds: [0x3080] };
    const outcome = await clock.complete(updateByFile(file, { target, clock, product: found.product, digest: { md5 } }));
    expect(outcome).toEqual({ status: 'refused', reason: 'unsupported' });
    expect(device.received).toEqual([]);
  });
});

test('the table of products is made of the rows', async () => {
  const text = `# Products\n\nMade of the rows in the folders beside this file: \`npx vitest run --project unit -u protocol/src/families/one-row.test.ts\`.\n\n${productTable(known)}\n`;
  await expect(text).toMatchFileSnapshot('products.md');
});
