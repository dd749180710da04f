import { readdirSync, readFileSync } from 'node:fs';
import { crc32 as zlibCrc32, inflateRawSync } from 'node:zlib';
import { deflateSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8, toHex } from '../bytes/index.ts';
import { FirmwarePackageError } from '../images/index.ts';
import { infoXml } from './build.ts';
import { readInfo } from './info/info.ts';
import { readFirmwarePackage } from './read.ts';
import { mutated } from './testing/mutations.ts';
import { ramp, samples, smallPackage } from './testing/samples.ts';
import { methods } from './zip/records.ts';
import { unpack } from './zip/unpack.ts';

const corpus = new URL('corpus/', import.meta.url);
const suffix = '.base64';

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
const base64 = (bytes: Uint8Array): string =>
  `${Buffer.from(bytes)
    .toString('base64')
    .replace(/.{100}/g, '$&\n')}\n`;

/** Every kept seed; whatever a fuzzing run finds is added by hand and stays. */
const seeds = readdirSync(corpus)
  .filter((name) => name.endsWith(suffix))
  .map((name) => ({ name, zip: Uint8Array.from(Buffer.from(readFileSync(new URL(name, corpus), 'latin1'), 'base64')) }));

const limits = { packageBytes: 65_536, unpackedBytes: 2_097_152, images: 64 };

/** Throws what isn't `FirmwarePackageError`, and where a package is larger than the limits allow. */
function read(zip: Uint8Array): void {
  try {
    const contents = new Set(readFirmwarePackage(zip, limits).images.map(({ content }) => content));
    expect([...contents].reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(limits.unpackedBytes);
  } catch (error) {
    if (!(error instanceof FirmwarePackageError)) throw error;
  }
}

describe('the corpus', () => {
  test.each(samples)('keeps "$name"', async ({ name, outcome, zip }) => {
    await expect(base64(zip)).toMatchFileSnapshot(`corpus/${outcome}.${slug(name)}${suffix}`);
  });

  test('is read as the names of its files say', () => {
    const outcomeOf = (zip: Uint8Array): string => {
      try {
        readFirmwarePackage(zip);
        return 'package';
      } catch (error) {
        return error instanceof FirmwarePackageError ? error.code : 'another error';
      }
    };
    const expected = seeds.map(({ name }) => [name, name.slice(0, name.indexOf('.'))]);
    expect(expected).not.toHaveLength(0);
    expect(seeds.map(({ name, zip }) => [name, outcomeOf(zip)])).toEqual(expected);
  });
});

describe('reading a package gives a package or FirmwarePackageError', () => {
  test('of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        read(bytes);
      }),
    );
  });

  test('of any seed that was tampered with', () => {
    fc.assert(
      fc.property(mutated(seeds.map(({ zip }) => zip)), (zip) => {
        read(zip);
      }),
      { numRuns: 300 },
    );
  });
});

describe('reading info.xml gives what it says or FirmwarePackageError', () => {
  const readXml = (xml: Uint8Array): void => {
    try {
      readInfo(xml, limits);
    } catch (error) {
      if (!(error instanceof FirmwarePackageError)) throw error;
    }
  };
  const right = infoXml(smallPackage);

  test('where it was tampered with', () => {
    const doctype = `<!DOCTYPE b [<!ENTITY a "${'x'.repeat(50)}">]>${right}`;
    fc.assert(fc.property(mutated([right, doctype, '<a b="&#x10FFFF;"><![CDATA[]]><?p i?><!-- c --></a>'].map(encodeUtf8)), readXml), {
      numRuns: 300,
    });
  });

  test('of any elements, attributes and texts', () => {
    const word = fc.constantFrom(
      'buildVector',
      'files',
      'file',
      'crc',
      'partition',
      'language',
      'usbPid',
      'targetUsbPids',
      'version',
      'name',
      'id',
      '__proto__',
      'a:b',
    );
    const value = fc.oneof(fc.string(), fc.constantFrom('1.2.3', '0x0409', '0', 'a.bin', 'English', '&amp;', '&#0;', ']]>', 'constructor'));
    const { element } = fc.letrec<{ element: string }>((tie) => ({
      element: fc
        .tuple(
          word,
          fc.array(fc.tuple(word, value), { maxLength: 3 }),
          value,
          fc.oneof({ maxDepth: 4 }, fc.constant([]), fc.array(tie('element'), { maxLength: 3 })),
        )
        .map(([name, attributes, text, children]) => {
          const start = [name, ...attributes.map(([key, one]) => `${key}="${one}"`)].join(' ');
          return `<${start}>${text}${children.join('')}</${name}>`;
        }),
    }));
    fc.assert(
      fc.property(element, (xml) => {
        readXml(encodeUtf8(xml));
      }),
      { numRuns: 300 },
    );
  });
});

describe('unpacking', () => {
  const packed = fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated([ramp(4000), new Uint8Array(70_000)].map((content) => deflateSync(content))));
  const zlib = (bytes: Uint8Array): Uint8Array | null => {
    try {
      return Uint8Array.from(inflateRawSync(bytes, { maxOutputLength: 100_000 }));
    } catch {
      return null;
    }
  };
  const entryOf = (bytes: Uint8Array, unpackedBytes: number, check: number) => {
    return { name: 'a', method: methods.deflated, crc32: check, unpackedBytes, from: 0, to: bytes.length };
  };

  test('gives what zlib gives', () => {
    fc.assert(
      fc.property(packed, (bytes) => {
        const content = zlib(bytes);
        if (content) expect(toHex(unpack(bytes, entryOf(bytes, content.length, zlibCrc32(content))))).toBe(toHex(content));
      }),
      { numRuns: 200 },
    );
  });

  test('gives exactly what was declared, or FirmwarePackageError', () => {
    fc.assert(
      fc.property(packed, fc.nat(5000), fc.nat(3), (bytes, unpackedBytes, check) => {
        try {
          const content = unpack(bytes, entryOf(bytes, unpackedBytes, check));
          expect([content.length, zlibCrc32(content)]).toEqual([unpackedBytes, check]);
        } catch (error) {
          if (!(error instanceof FirmwarePackageError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
