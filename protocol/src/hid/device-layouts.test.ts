import { describe, expect, test } from 'vitest';
import { findField, findReport } from './find-field.ts';
import { findGnpReport } from './gnp-path.ts';
import type { HidReportKind } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { arrayValueOf, emptyReport, readArray, writeValue } from './report-values.ts';

/** Synthetic descriptors after published descriptions of Jabra devices: usages and their order are theirs, paddings are ours. */
const parse = (hex: string) => parseReportDescriptor(Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));

const bitOf = (descriptor: ReturnType<typeof parse>, kind: HidReportKind, usagePage: number, usage: number) =>
  findField(descriptor, { kind, usagePage, usage })?.bitOffset ?? null;

describe('a headset with speed dial and a keypad of four bits', () => {
  const headset = parse(`
    05 0B 09 05 A1 01 85 02
      15 00 25 01 75 01 95 05 09 20 09 97 09 2F 09 21 09 24 81 23
      95 01 09 50 81 02
      09 07 05 09 81 02
      05 0B 09 06 A1 02 15 01 25 0C 19 B0 29 BB 75 04 95 01 81 40 C0
      75 01 95 05 81 01
      05 08 15 00 25 01 09 17 09 09 09 18 09 20 09 21 95 05 91 22
      05 0B 09 9E 95 01 91 22 95 0A 91 01
    C0`);

  test('has its controls and LEDs at bits of its own', () => {
    expect([0x20, 0x97, 0x2f, 0x21, 0x24, 0x50].map((usage) => bitOf(headset, 'input', 0x0b, usage))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(bitOf(headset, 'input', 0x09, 0x07)).toBe(6);
    expect([0x17, 0x09, 0x18, 0x20, 0x21].map((usage) => bitOf(headset, 'output', 0x08, usage))).toEqual([0, 1, 2, 3, 4]);
    expect(bitOf(headset, 'output', 0x0b, 0x9e)).toBe(5);
    expect(headset.reports.map(({ kind, id, byteLength }) => [kind, id, byteLength])).toEqual([
      ['input', 2, 3],
      ['output', 2, 3],
    ]);
  });

  test('its keypad lies over a byte border, in a collection of its own, and gives the pressed key', () => {
    const five = { usagePage: 0x0b, usage: 0xb5 };
    const keypad = findField(headset, { kind: 'input', ...five });
    const report = findReport(headset, 'input', 2);
    if (keypad === null || report === null) throw new Error('not found');
    expect({ ...keypad, field: keypad.field.isArray }).toEqual({ field: true, index: 0, bitOffset: 7, bitSize: 4 });
    expect(keypad.field.collectionPath).toEqual([
      { usagePage: 0x0b, usage: 0x05 },
      { usagePage: 0x0b, usage: 0x06 },
    ]);
    const pressed = emptyReport(report);
    expect(readArray(pressed, keypad.field)).toEqual([]);
    writeValue(pressed, keypad, arrayValueOf(keypad.field, five) ?? 0);
    expect([...pressed]).toEqual([2, 0x00, 0x03]);
    expect(readArray(pressed, keypad.field)).toEqual([five]);
  });
});

describe('a Link 380 whose LEDs have a speaker', () => {
  const link = parse(`
    05 0B 09 05 A1 01 85 02
      05 08 15 00 25 01 09 17 09 1E 09 09 09 18 09 20 09 21 09 2A 75 01 95 07 91 22 95 09 91 01
    C0`);

  test('moves every LED after the first by one bit', () => {
    expect([0x17, 0x1e, 0x09, 0x18, 0x20, 0x21, 0x2a].map((usage) => bitOf(link, 'output', 0x08, usage))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('a Link 380 with a consumer report of three bytes and five collections', () => {
  const link = parse(`
    05 0B 09 05 A1 01 85 02 15 00 25 01 75 01 95 01 09 20 81 22 95 07 81 01 C0
    09 06 A1 01 85 03 15 01 25 0C 75 08 95 01 19 B0 29 BB 81 40 C0
    06 00 FF 09 01 A1 01 85 05 15 00 26 FF 00 75 08 95 3F 09 01 81 02 09 01 91 02 C0
    06 30 FF 09 06 A1 01 85 06 75 08 95 01 09 01 81 02 C0
    05 0C 09 01 A1 01 85 01 15 00 25 01 75 01 95 09
      09 EA 09 E9 09 E2 09 CD 09 B7 09 B5 09 B6 09 B3 09 B4 81 02 95 0F 81 01
    C0`);

  test('has the media keys behind the volume keys', () => {
    const usages = [0xea, 0xe9, 0xe2, 0xcd, 0xb7, 0xb5, 0xb6, 0xb3, 0xb4];
    expect(usages.map((usage) => bitOf(link, 'input', 0x0c, usage))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(findReport(link, 'input', 1)).toMatchObject({ bitLength: 24, byteLength: 4 });
  });

  test('has its five top-level collections, GNP in the third', () => {
    expect(link.collections.map(({ usagePage, usage }) => [usagePage, usage])).toEqual([
      [0x0b, 0x05],
      [0x0b, 0x06],
      [0xff00, 0x01],
      [0xff30, 0x06],
      [0x0c, 0x01],
    ]);
    expect(findGnpReport(link)).toEqual({ inputBytes: 64, outputBytes: 64, usage: 0x01 });
  });
});
