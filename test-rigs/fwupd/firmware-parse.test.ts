import {
  buildFirmwarePackage,
  firmwareCrc,
  FirmwarePackageError,
  imagesFor,
  infoXml,
  type PackageDescription,
  readFirmwarePackage,
} from '@jpd/protocol/firmware';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../lab/requirements.ts';
import { Fwupdtool, fwupdtool } from './fwupdtool.ts';

/** What `fwupdtool firmware-parse` shows of a package. */
interface Shown {
  readonly version: string | undefined;
  readonly dfuProductId: number;
  readonly images: readonly { readonly name: string | undefined; readonly partition: number; readonly bytes: number; readonly crc: number }[];
}

const tag = (text: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];

function shown(output: string): Shown {
  const [head = '', ...images] = output.slice(output.indexOf('<firmware gtype="FuJabraGnpFirmware">')).split('<firmware gtype="FuJabraGnpImage">');
  return {
    version: tag(head, 'version'),
    dfuProductId: Number(tag(head, 'dfu_pid')),
    images: images.map((image) => ({
      name: tag(image, 'id'),
      // A number that is 0 is left out.
      partition: Number(tag(image, 'idx') ?? 0),
      bytes: Number(/<data type="GBytes" size="(0x[0-9a-f]+)"/.exec(image)?.[1] ?? 0),
      crc: Number(tag(image, 'crc32')),
    })),
  };
}

const pattern = (length: number, step: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * step) >> 3);

const description = {
  version: '1.8.13',
  productName: 'Jabra Evolve2 75',
  dfuProductIds: [0x24da],
  images: [
    { content: pattern(1001, 7), partition: 1 },
    { content: pattern(52 * 300, 13), partition: 2, name: 'tones & words.gnv' },
    { content: Uint8Array.of(0x31), partition: 0 },
    { content: pattern(64, 5), partition: 1, language: 0x0407, name: 'german.gnv' },
  ],
} as const satisfies PackageDescription;
const [image] = description.images;
const crcElement = `<crc>0x${firmwareCrc(image.content).toString(16).padStart(8, '0')}</crc>`;
const single = { ...description, images: [image] };

describeWith(fwupdtool, 'the vendor’s parser in fwupd', () => {
  let tool: Fwupdtool;
  beforeAll(() => {
    tool = new Fwupdtool();
  });
  afterAll(() => {
    tool.close();
  });

  /** What it shows of a package, null where it refuses. */
  const vendor = async (zip: Uint8Array): Promise<Shown | null> => {
    const { status, output } = await tool.run('firmware-parse', tool.put('package.zip', zip), 'jabra-gnp');
    return status === 0 ? shown(output) : null;
  };
  /** The same of ours: what would be sent of it. */
  const ours = (zip: Uint8Array): Shown | null => {
    try {
      const read = readFirmwarePackage(zip);
      const images = imagesFor(read).map(({ name, partition, content, crc }) => ({ name, partition, bytes: content.length, crc }));
      return { version: read.version, dfuProductId: read.dfuProductIds[0] ?? 0, images };
    } catch (error) {
      if (error instanceof FirmwarePackageError) return null;
      throw error;
    }
  };

  it('reads what ours wrote as ours does: version, product, and name, partition, size and check number of each English image', async () => {
    const zip = buildFirmwarePackage(description);
    const seen = await vendor(zip);
    expect(seen?.images.map(({ name, partition, bytes }) => [name, partition, bytes])).toEqual([
      ['image-1.bin', 1, 1001],
      ['tones &amp; words.gnv', 2, 15_600],
      ['image-0.bin', 0, 1],
    ]);
    expect(unescaped(seen)).toEqual(ours(zip));
  });

  it('takes decimal and hexadecimal numbers as ours does', async () => {
    const xml = infoXml(single);
    const crc = firmwareCrc(image.content);
    expect(xml).toContain(crcElement);
    for (const other of [`<crc>${crc}</crc>`, `<crc>0x${crc.toString(16).toUpperCase()}</crc>`]) {
      const zip = buildFirmwarePackage({ ...single, infoXml: xml.replace(crcElement, other).replace('>1</partition', '>0x01</partition') });
      const seen = await vendor(zip);
      expect(seen?.images).toHaveLength(1);
      expect(seen).toEqual(ours(zip));
    }
  });

  it('computes a check number that is missing as ours does', async () => {
    const zip = changed(crcElement, '');
    const seen = await vendor(zip);
    expect(seen?.images.map(({ crc }) => crc)).toEqual([firmwareCrc(image.content)]);
    expect(seen).toEqual(ours(zip));
  });

  const changed = (found: string, replacement: string): Uint8Array => {
    const xml = infoXml(single);
    expect(xml).toContain(found);
    return buildFirmwarePackage({ ...single, infoXml: xml.replace(found, replacement) });
  };

  it.each<readonly [string, () => Uint8Array]>([
    ['a number over 255 in the version', () => buildFirmwarePackage({ ...single, version: '1.256.0' })],
    ['a version of two numbers', () => buildFirmwarePackage({ ...single, version: '1.8' })],
    ['a version of four numbers', () => buildFirmwarePackage({ ...single, version: '1.8.13.1' })],
    ['a version that is none', () => buildFirmwarePackage({ ...single, version: 'new' })],
    ['no version', () => changed(' version="1.8.13"', '')],
    ['no product', () => buildFirmwarePackage({ ...single, dfuProductIds: [] })],
    ['a product over 16 bit', () => buildFirmwarePackage({ ...single, dfuProductIds: [0x124da] })],
    ['another root', () => buildFirmwarePackage({ ...single, infoXml: '<firmware/>' })],
    ['half an info.xml', () => buildFirmwarePackage({ ...single, infoXml: infoXml(single).slice(0, 400) })],
    ['a file that isn’t there', () => changed('name="image-1.bin"', 'name="other.bin"')],
    ['half a zip', () => buildFirmwarePackage(single).subarray(0, 400)],
    ['no zip', () => new Uint8Array(100)],
    ['a damaged image', () => damaged(buildFirmwarePackage(single), 'image-1.bin')],
  ])('refuses %s as ours does', async (_, make) => {
    const zip = make();
    expect(ours(zip)).toBeNull();
    expect(await vendor(zip)).toBeNull();
  });

  // Where the two differ, ours refuses instead of sending less than the package holds.
  it.each<readonly [string, () => Uint8Array]>([
    ['a wrong check number', () => buildFirmwarePackage({ ...single, images: [{ ...image, crc: 1 }] })],
    ['a check number over 32 bit', () => changed(crcElement, crcElement.replace('0x', '0x1'))],
    ['no partition', () => changed('<partition>1</partition>', '')],
  ])('leaves an image with %s out, where ours refuses the package', async (_, make) => {
    const zip = make();
    expect((await vendor(zip))?.images).toEqual([]);
    expect(ours(zip)).toBeNull();
  });

  it('refuses a package with an image for all languages, which ours takes', async () => {
    const zip = buildFirmwarePackage({ ...single, images: [{ ...image, language: null }] });
    expect(await vendor(zip)).toBeNull();
    expect(ours(zip)?.images).toHaveLength(1);
  });
});

/** fwupd shows names as XML. */
function unescaped(seen: Shown | null): Shown | null {
  return seen && { ...seen, images: seen.images.map((one) => ({ ...one, name: one.name?.replace('&amp;', '&') })) };
}

/** Flips a bit in the packed content of an entry, which is not where the check numbers are. */
function damaged(zip: Uint8Array, name: string): Uint8Array {
  const copy = Buffer.from(zip);
  const at = copy.indexOf(name) + name.length + 20;
  copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at);
  return copy;
}
