import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { encodeUtf8, toHex } from '../bytes/index.ts';
import { FirmwarePackageError, firmwareCrc } from '../images/index.ts';
import { buildFirmwarePackage } from './build.ts';
import { defaultFirmwareLimits } from './limits.ts';
import { readFirmwarePackage } from './read.ts';
import { forgeZip, joined } from './testing/forge.ts';
import { ramp, samples, smallPackage } from './testing/samples.ts';
import { readDirectory } from './zip/directory.ts';
import { unpack } from './zip/unpack.ts';

/** What reading gives: a package, or the code of its error. */
function outcomeOf(zip: Uint8Array, limits = {}): string {
  try {
    readFirmwarePackage(zip, limits);
    return 'package';
  } catch (error) {
    if (error instanceof FirmwarePackageError) return error.code;
    throw error;
  }
}

describe('reading a zip', () => {
  test('takes each number from its place', () => {
    const zip = annotated(`
      50 4B 03 04              local header
      14 00 00 08 00 00        version 2.0, names in UTF-8, stored
      00 00 21 00              midnight, 1980-01-01
      83 16 DC 8C              CRC-32 of "x"
      01 00 00 00 01 00 00 00  one byte, one byte
      01 00 00 00              name of one byte, no extra field
      61 78                    "a", "x"
      50 4B 01 02              directory header
      14 00 14 00 00 08 00 00  made by and for 2.0, names in UTF-8, stored
      00 00 21 00              midnight, 1980-01-01
      83 16 DC 8C              CRC-32 of "x"
      01 00 00 00 01 00 00 00  one byte, one byte
      01 00 00 00 00 00        name of one byte, no extra field, no comment
      00 00 00 00 00 00 00 00  disk 0, no attributes
      00 00 00 00              local header at 0
      61                       "a"
      50 4B 05 06              end record
      00 00 00 00 01 00 01 00  disk 0 of 0, one entry of one
      2F 00 00 00 20 00 00 00  directory of 47 bytes at 32
      00 00                    no comment
    `);
    const entries = readDirectory(zip, defaultFirmwareLimits);
    expect([...entries.values()]).toEqual([{ name: 'a', method: 0, crc32: 0x8cdc1683, unpackedBytes: 1, from: 31, to: 32 }]);
    for (const entry of entries.values()) expect([...unpack(zip, entry)]).toEqual([0x78]);
    expect(outcomeOf(zip)).toBe('no-info');
    expect(toHex(forgeZip([{ name: 'a', content: Uint8Array.of(0x78) }]))).toBe(toHex(zip));
  });
});

describe('a firmware package', () => {
  // In the shape of the vendor's own for the SPEAK 510 (fwupd/jabra-firmware), with another image.
  const xml = `<?xml version="1.0" encoding="utf-8"?>
<buildVector version="2.32.0" productName="Jabra SPEAK 510 USB" releaseDate="2020-06-12">
  <targetUsbPids>
    <usbPid>0x0421</usbPid>
  </targetUsbPids>
  <minFirmwareUpdaterAppVersion>5.0.0.0</minFirmwareUpdaterAppVersion>
  <files>
    <!-- US English -->
    <file name="leo_2.gnv">
      <content>firmware</content>
      <version>2.32.0</version>
      <target>headset</target>
      <language id="0x0409">English</language>
      <partition>0</partition>
      <crc>0x248EF9BE</crc>
    </file>
    <file name="leo_2.gnv">
      <partition> 3 </partition>
      <crc>613349822</crc>
    </file>
    <file name="leo_2.gnv">
      <partition>4</partition>
      <language id="0x0407">German</language>
    </file>
  </files>
</buildVector>

`;

  test('says what the vendor’s info.xml says', () => {
    const zip = forgeZip([
      { name: 'info.xml', content: encodeUtf8(xml), deflated: true },
      { name: 'leo_2.gnv', content: Uint8Array.of(0, 1) },
    ]);
    expect(readFirmwarePackage(zip)).toEqual({
      productName: 'Jabra SPEAK 510 USB',
      version: '2.32.0',
      releaseDate: '2020-06-12',
      dfuProductIds: [0x0421],
      images: [
        { name: 'leo_2.gnv', content: Uint8Array.of(0, 1), partition: 0, crc: 0x248ef9be, version: '2.32.0', target: 'headset', language: 0x0409 },
        { name: 'leo_2.gnv', content: Uint8Array.of(0, 1), partition: 3, crc: 0x248ef9be, version: '2.32.0', target: '', language: null },
        { name: 'leo_2.gnv', content: Uint8Array.of(0, 1), partition: 4, crc: 0x248ef9be, version: '2.32.0', target: '', language: 0x0407 },
      ],
    });
  });

  test('is read as it was built', () => {
    const image = { name: 'ü "&<.bin', content: ramp(5000), partition: 255, version: '0.0.255', target: 'base', language: 0x0407 };
    const zip = buildFirmwarePackage({
      version: '255.0.1',
      productName: 'Jabra "Über" <&>',
      releaseDate: null,
      dfuProductIds: [1, 0xffff],
      images: [image, { content: new Uint8Array(), partition: 0, language: null }],
    });
    expect(readFirmwarePackage(zip)).toEqual({
      productName: 'Jabra "Über" <&>',
      version: '255.0.1',
      releaseDate: null,
      dfuProductIds: [1, 0xffff],
      images: [
        { ...image, crc: firmwareCrc(image.content) },
        { name: 'image-0.bin', content: new Uint8Array(), partition: 0, crc: 0xffffffff, version: '255.0.1', target: 'headset', language: null },
      ],
    });
  });

  test('is built of the same bytes each time', () => {
    expect(toHex(buildFirmwarePackage(smallPackage))).toBe(toHex(buildFirmwarePackage(smallPackage)));
  });

  test('of an image without a pattern, or with nothing but one, stays within the limits', () => {
    for (const content of [new Uint8Array(1_200_000), Uint8Array.from({ length: 1_200_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 13)]) {
      const zip = buildFirmwarePackage({ version: '1.2.3', dfuProductIds: [1], images: [{ content, partition: 1 }] });
      expect(readFirmwarePackage(zip).images[0]?.content.length).toBe(1_200_000);
    }
  });

  test('doesn’t change with the bytes that it was read from', () => {
    const zip = forgeZip([
      { name: 'info.xml', content: encodeUtf8(xml) },
      { name: 'leo_2.gnv', content: Uint8Array.of(0, 1) },
    ]);
    const { images } = readFirmwarePackage(zip);
    zip.fill(0);
    expect(images.length).toBe(3);
    for (const { content } of images) expect([...content]).toEqual([0, 1]);
  });
});

describe('a zip from anywhere', () => {
  test.each(samples)('is read as $outcome: $name', ({ outcome, zip }) => {
    expect(outcomeOf(zip)).toBe(outcome);
  });

  test('is found in front of the longest comment, and not in front of a longer one', () => {
    const entries = [{ name: 'a' }];
    expect(outcomeOf(forgeZip(entries, { comment: new Uint8Array(0xffff) }))).toBe('no-info');
    expect(outcomeOf(joined(forgeZip(entries, { comment: new Uint8Array(0xffff) }), Uint8Array.of(0)))).toBe('malformed-zip');
  });

  test('is refused for thousands of entries', () => {
    expect(outcomeOf(forgeZip(Array.from({ length: 1025 }, (_, index) => ({ name: String(index) }))))).toBe('too-large');
  });

  test('is refused for many elements', () => {
    const xml = `<buildVector>${'<a/>'.repeat(10_001)}</buildVector>`;
    expect(outcomeOf(forgeZip([{ name: 'info.xml', content: encodeUtf8(xml), deflated: true }]))).toBe('malformed-info');
  });

  const zip = buildFirmwarePackage(smallPackage);
  const unpacked = buildUnpackedBytes();
  test.each([
    ['packageBytes', zip.length],
    ['entries', 3],
    ['unpackedBytes', unpacked],
    ['infoBytes', unpacked - 101],
    ['images', 2],
  ] as const)('is held to the limit of %s', (limit, exact) => {
    expect(outcomeOf(zip, { [limit]: exact })).toBe('package');
    expect(outcomeOf(zip, { [limit]: exact - 1 })).toBe('too-large');
  });

  test('may shrink as much as it likes below the size that the ratio counts from', () => {
    const small = buildFirmwarePackage({ ...smallPackage, images: [{ content: new Uint8Array(100_000), partition: 1 }] });
    expect(outcomeOf(small)).toBe('package');
    expect(outcomeOf(small, { ratioFreeBytes: 100_000 })).toBe('package');
    expect(outcomeOf(small, { ratioFreeBytes: 99_999 })).toBe('too-large');
    expect(outcomeOf(small, { ratioFreeBytes: 99_999, ratio: 1032 })).toBe('package');
  });

  function buildUnpackedBytes(): number {
    const entries = readDirectory(zip, defaultFirmwareLimits);
    return [...entries.values()].reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  }
});

describe('an error of a package', () => {
  const errorOf = (name: string): unknown => {
    try {
      return readFirmwarePackage(samples.find((sample) => sample.name === name)?.zip ?? new Uint8Array());
    } catch (error) {
      return error;
    }
  };

  test.each([
    ['no Deflate', /"a.bin" is damaged, it can’t be unpacked: download/],
    ['larger than said', /"a.bin" is damaged, it unpacks to more than it says: download/],
    ['smaller than said', /"a.bin" is damaged, it unpacks to less than it says: download/],
    ['another check number', /"a.bin" is damaged, its check number is another: download/],
    ['another image', /"a.bin" has check number 0x[0-9a-f]{8}, info.xml says 0x[0-9a-f]{8}: download/],
    ['cut in half', /cut off, download/],
    ['a bare image', /no firmware package \(a bare .dfu/],
  ])('says what to do: %s', (name, message) => {
    expect(errorOf(name)).toMatchObject({ name: 'FirmwarePackageError', message: expect.stringMatching(message) });
  });

  test('says what it comes from', () => {
    expect(errorOf('no Deflate')).toMatchObject({ cause: expect.any(Error) });
    expect(errorOf('info.xml, cut off')).toMatchObject({ cause: expect.any(Error) });
  });
});
