import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HidReportError, type HidReportErrorCode } from './errors.ts';
import { elementOf, findReport, type HidFieldLocation } from './find-field.ts';
import type { HidField, HidReportKind, ReportDescriptor } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { arrayValueOf, emptyReport, readArray, readValue, writeValue } from './report-values.ts';
import { usageAt } from './usages.ts';

const parse = (hex: string) => parseReportDescriptor(Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));

function fieldAt(descriptor: ReportDescriptor, kind: HidReportKind, id: number, index: number): HidField {
  const field = findReport(descriptor, kind, id)?.fields[index];
  if (field === undefined) throw new Error('no such field');
  return field;
}

function codeOf(act: () => unknown): HidReportErrorCode | 'nothing thrown' {
  try {
    act();
  } catch (error) {
    if (error instanceof HidReportError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

/** Report 7: 3 bits unsigned, 13 bits signed over a byte border, 32 bits signed, 32 bits unsigned, 33 bits unsigned. */
const mixed = parse(`
  85 07 05 01
  15 00 25 07 75 03 95 01 09 30 81 02
  16 00 F0 26 FF 0F 75 0D 09 31 81 02
  17 00 00 00 80 27 FF FF FF 7F 75 20 09 32 81 02
  15 00 27 FF FF FF FF 09 33 81 02
  75 21 09 34 81 02`);
const at = (index: number) => elementOf(fieldAt(mixed, 'input', 7, index), 0);

describe('reading and writing values', () => {
  const report = Uint8Array.from([7, 0b1111_1101, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5]);

  test.each([
    ['the three lowest bits', 0, 5],
    ['a signed value over a byte border', 1, -1],
    ['32 bits, signed', 2, -2],
    ['32 bits, unsigned', 3, 0xffff_fffe],
  ])('reads %s', (_name, index, value) => {
    expect(readValue(report, at(index))).toBe(value);
  });

  test.each([
    ['the three lowest bits', 0, 5, [0b0000_0101]],
    ['the least signed value', 1, -4096, [0b0000_0000, 0b1000_0000]],
    ['the greatest signed value', 1, 4095, [0b1111_1000, 0b0111_1111]],
    ['32 bits, signed', 2, -2_147_483_648, [0, 0, 0, 0, 0, 0x80]],
    ['32 bits, unsigned', 3, 0x89ab_cdef, [0, 0, 0, 0, 0, 0, 0xef, 0xcd, 0xab, 0x89]],
  ])('writes %s', (_name, index, value, expected) => {
    const written = new Uint8Array(16);
    written[0] = 7;
    writeValue(written, at(index), value);
    expect([...written.subarray(1, 1 + expected.length)]).toEqual(expected);
    expect(written.subarray(1 + expected.length).every((byte) => byte === 0)).toBe(true);
  });

  test('leaves all other bits alone', () => {
    const ones = new Uint8Array(16).fill(0xff).with(0, 7);
    writeValue(ones, at(0), 0);
    writeValue(ones, at(1), 0);
    writeValue(ones, at(0), 7);
    expect([...ones.subarray(0, 4)]).toEqual([7, 0b0000_0111, 0x00, 0xff]);
  });

  test.each([
    ['a report of another id', 'wrong-report', () => readValue(Uint8Array.of(8, 0, 0, 0), at(0))],
    ['a report that ends before the field', 'too-short', () => readValue(Uint8Array.of(7, 0), at(1))],
    ['an empty report', 'too-short', () => readValue(new Uint8Array(), at(0))],
    ['a field of 33 bits', 'unsupported-size', () => readValue(report, at(4))],
    ['an unsigned value of too many bits', 'out-of-range', () => writeValue(report.slice(), at(0), 8)],
    ['a negative value for an unsigned field', 'out-of-range', () => writeValue(report.slice(), at(0), -1)],
    ['a signed value that is too great', 'out-of-range', () => writeValue(report.slice(), at(1), 4096)],
    ['a signed value that is too small', 'out-of-range', () => writeValue(report.slice(), at(1), -4097)],
    ['a fraction', 'out-of-range', () => writeValue(report.slice(), at(0), 1.5)],
    ['writing a short report', 'too-short', () => writeValue(Uint8Array.of(7), at(0), 1)],
    ['writing a report of another id', 'wrong-report', () => writeValue(Uint8Array.of(0, 0), at(0), 1)],
    ['an element past the last', 'out-of-range', () => elementOf(at(0).field, 1)],
    ['a negative element', 'out-of-range', () => elementOf(at(0).field, -1)],
    ['reading a variable field as an array', 'not-an-array', () => readArray(report, at(0).field)],
    ['asking a variable field for an array value', 'not-an-array', () => arrayValueOf(at(0).field, { usagePage: 1, usage: 0x30 })],
  ] as const)('refuses %s', (_name, code, act) => {
    expect(codeOf(act)).toBe(code);
  });

  test('a report longer than declared is fine', () => {
    expect(readValue(Uint8Array.from([...report, 0, 0, 0]), at(0))).toBe(5);
  });

  test('what is written is read again, and the rest of the report stays', () => {
    const anyCase = fc
      .record({
        offset: fc.nat(40),
        bitSize: fc.integer({ min: 1, max: 32 }),
        signed: fc.boolean(),
        fill: fc.uint8Array({ minLength: 11, maxLength: 11 }),
      })
      .chain((shape) => {
        const lowest = shape.signed ? -(2 ** (shape.bitSize - 1)) : 0;
        return fc.record({ shape: fc.constant(shape), value: fc.integer({ min: lowest, max: lowest + 2 ** shape.bitSize - 1 }) });
      });
    fc.assert(
      fc.property(anyCase, ({ shape: { offset, bitSize, signed, fill }, value }) => {
        const model = at(0).field;
        const location: HidFieldLocation = { field: { ...model, logicalMinimum: signed ? -1 : 0 }, index: 0, bitOffset: offset, bitSize };
        const before = fill.with(0, 7);
        const after = before.slice();
        writeValue(after, location, value);
        expect(readValue(after, location)).toBe(value);
        const outside = (bytes: Uint8Array) => bitsOf(bytes).map((bit, index) => (index >= 8 + offset && index < 8 + offset + bitSize ? '-' : bit));
        expect(outside(after)).toEqual(outside(before));
      }),
    );
  });
});

describe('empty reports', () => {
  test('carry the id and as many zero bytes as the fields need', () => {
    expect(mixed.reports.map((report) => [...emptyReport(report)])).toEqual([[7, ...Array<number>(15).fill(0)]]);
    expect(parse('75 01 95 09 81 02').reports.map((report) => [...emptyReport(report)])).toEqual([[0, 0, 0]]);
  });
});

describe('arrays', () => {
  /** Six keys of the boot keyboard, no report id. */
  const keys = fieldAt(parse('95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00'), 'input', 0, 0);
  /** Telephone keys 0 to 9, * and # as values 1 to 12 of four bits; 0 is none. */
  const keypad = fieldAt(parse('85 02 05 0B 15 01 25 0C 19 B0 29 BB 75 04 95 01 81 40'), 'input', 2, 0);

  test('the active usages are those of the elements in use', () => {
    expect(readArray(Uint8Array.of(0, 0x04, 0, 0x65, 0x66, 0xff, 0), keys)).toEqual([
      { usagePage: 7, usage: 0x04 },
      { usagePage: 7, usage: 0x65 },
    ]);
    expect(readArray(Uint8Array.of(0, 0, 0, 0, 0, 0, 0), keys)).toEqual([]);
  });

  test('values count from the logical minimum, and values outside the extents are none', () => {
    expect([0, 1, 12, 13].map((nibble) => readArray(Uint8Array.of(2, nibble), keypad))).toEqual([
      [],
      [{ usagePage: 0x0b, usage: 0xb0 }],
      [{ usagePage: 0x0b, usage: 0xbb }],
      [],
    ]);
  });

  test('the last usage does not repeat', () => {
    const few = fieldAt(parse('85 02 05 0B 15 00 25 0F 09 B0 09 B1 75 04 95 01 81 00'), 'input', 2, 0);
    expect([1, 2].map((nibble) => readArray(Uint8Array.of(2, nibble), few))).toEqual([[{ usagePage: 0x0b, usage: 0xb1 }], []]);
    expect(usageAt(few, 2)).toBeNull();
  });

  test('a usage has the value that its element would carry', () => {
    expect(arrayValueOf(keypad, { usagePage: 0x0b, usage: 0xb0 })).toBe(1);
    expect(arrayValueOf(keypad, { usagePage: 0x0b, usage: 0xbb })).toBe(12);
    expect(arrayValueOf(keypad, { usagePage: 0x0b, usage: 0xbc })).toBeNull();
    expect(arrayValueOf({ ...keypad, logicalMaximum: 3 }, { usagePage: 0x0b, usage: 0xbb })).toBeNull();
  });

  test('a short report is refused', () => {
    expect(codeOf(() => readArray(Uint8Array.of(0, 4, 5), keys))).toBe('too-short');
  });
});

function bitsOf(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => (byte >> bit) & 1));
}
