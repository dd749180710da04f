import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter } from './cursor.ts';
import { DecodeError } from './errors.ts';
import { bool8, bytes, constant8, type Field, flags, i16le, i8, mapped, nameOf8, nothing, rest, struct, text, u16le, u8 } from './fields.ts';

const decode = <T>(field: Field<T>, ...raw: number[]): T => field.decode(new ByteReader(Uint8Array.from(raw)));

function encode<T>(field: Field<T>, value: T, size = 64): number[] {
  const writer = new ByteWriter(new Uint8Array(size));
  field.encode(writer, value);
  return [...writer.bytes.subarray(0, writer.offset)];
}

const thrown = (code: string): unknown => expect.objectContaining({ name: 'DecodeError', code, message: expect.stringMatching(/./) });

const state = flags({ charging: 0, low: 1, fast: 6 });
const guidance = nameOf8({ tones: 0x00, voice: 0x01, off: 0x02 });
const minutes = mapped(
  u8(),
  'u8 × 5',
  (raw) => raw * 5,
  (value) => value / 5,
);
const ascii = (value: string): number[] => [...Buffer.from(value, 'ascii')];

describe('a number', () => {
  test('of 8 bits is one byte', () => {
    expect(encode(u8(), 0)).toEqual([0x00]);
    expect(encode(u8(), 255)).toEqual([0xff]);
    expect(decode(u8(), 0x80)).toBe(128);
  });

  test("of 8 bits with a sign is two's complement", () => {
    expect(encode(i8(), -1)).toEqual([0xff]);
    expect(encode(i8(), -128)).toEqual([0x80]);
    expect(encode(i8(), 127)).toEqual([0x7f]);
    expect(decode(i8(), 0xf7)).toBe(-9);
    expect(decode(i8(), 0x06)).toBe(6);
  });

  test('of 16 bits has its low byte first', () => {
    expect(encode(u16le(), 0x3010)).toEqual([0x10, 0x30]);
    expect(decode(u16le(), 0x10, 0x30)).toBe(0x3010);
    expect(decode(u16le(), 0xff, 0xff)).toBe(0xffff);
  });

  test('of 16 bits with a sign has its low byte first', () => {
    expect(encode(i16le(), -2)).toEqual([0xfe, 0xff]);
    expect(encode(i16le(), -32768)).toEqual([0x00, 0x80]);
    expect(decode(i16le(), 0xff, 0x7f)).toBe(32767);
    expect(decode(i16le(), 0x00, 0x80)).toBe(-32768);
  });

  test.each([
    ['u8', u8(), [-1, 256, 1.5, Number.NaN]],
    ['i8', i8(), [-129, 128, 0.5, Number.POSITIVE_INFINITY]],
    ['u16le', u16le(), [-1, 65536, 0.1]],
    ['i16le', i16le(), [-32769, 32768, 2.5]],
  ])('%s writes nothing that it cannot hold', (_, field, values) => {
    for (const value of values) expect(() => encode(field, value)).toThrow(thrown('out-of-range'));
  });

  test('keeps to its own range both ways', () => {
    const percent = u8({ min: 1, max: 100 });
    expect(decode(percent, 100)).toBe(100);
    expect(() => decode(percent, 101)).toThrow(thrown('out-of-range'));
    expect(() => decode(percent, 0)).toThrow(thrown('out-of-range'));
    expect(() => encode(percent, 0)).toThrow(thrown('out-of-range'));
    expect(() => decode(i8({ min: -9, max: 6 }), 0xf6)).toThrow(thrown('out-of-range'));
  });
});

describe('one byte that isn’t a number', () => {
  test('is true for every value but 0, and written as 1', () => {
    expect(decode(bool8(), 0x00)).toBe(false);
    expect(decode(bool8(), 0x01)).toBe(true);
    expect(decode(bool8(), 0x80)).toBe(true);
    expect(encode(bool8(), true)).toEqual([0x01]);
    expect(encode(bool8(), false)).toEqual([0x00]);
  });

  test('can be flags by name; bits without a name are ignored and written as 0', () => {
    expect(decode(state, 0b0100_0001)).toEqual({ charging: true, low: false, fast: true });
    expect(decode(state, 0b1011_1100)).toEqual({ charging: false, low: false, fast: false });
    expect(encode(state, { charging: false, low: true, fast: true })).toEqual([0b0100_0010]);
  });

  test('gives the same flags for the same bits, which nobody can change for the others', () => {
    expect(decode(state, 0b0100_0001)).toBe(decode(state, 0b1100_0101));
    expect(Object.isFrozen(decode(state, 0))).toBe(true);
    const eight = flags({ a: 0, b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, h: 7 });
    for (let byte = 0; byte < 0x100; byte += 1) expect(encode(eight, decode(eight, byte))).toEqual([byte]);
  });

  test('can stand for a name; a byte without one is null, and null cannot be written', () => {
    expect(decode(guidance, 0x02)).toBe('off');
    expect(decode(guidance, 0x03)).toBeNull();
    expect(encode(guidance, 'voice')).toEqual([0x01]);
    expect(() => encode(guidance, null)).toThrow(thrown('unexpected-value'));
    expect(() => encode(nameOf8({ null: 0x07 }), null)).toThrow(thrown('unexpected-value'));
    expect(() => encode(guidance as Field<string | null>, 'loud')).toThrow('loud is none of tones, voice, off');
  });

  test('writes no name that its table lacks, not even one that every object has', () => {
    for (const name of ['loud', 'toString', 'constructor', '__proto__'])
      expect(() => encode(guidance as Field<string | null>, name)).toThrow(thrown('unexpected-value'));
  });

  test('can be a constant', () => {
    expect(encode(constant8(0x05), undefined)).toEqual([0x05]);
    expect(decode(constant8(0x05), 0x05)).toBeUndefined();
    expect(() => decode(constant8(0x05), 0x06)).toThrow(thrown('unexpected-value'));
  });
});

describe('bytes', () => {
  test('are exactly as many as declared', () => {
    expect([...decode(bytes(2), 1, 2, 3)]).toEqual([1, 2]);
    expect(() => decode(bytes(2), 1)).toThrow(thrown('truncated'));
    expect(() => encode(bytes(2), Uint8Array.of(1))).toThrow(thrown('out-of-range'));
  });

  test('can be all that is left, also none', () => {
    expect([...decode(rest(), 1, 2, 3)]).toEqual([1, 2, 3]);
    expect(decode(rest())).toHaveLength(0);
    expect(encode(rest(), Uint8Array.of(7, 8))).toEqual([7, 8]);
    expect(() => encode(rest(), new Uint8Array(9), 8)).toThrow(thrown('too-long'));
  });
});

describe('text', () => {
  test('has its length before it', () => {
    expect(encode(text(), '8.0.7')).toEqual([0x05, 0x38, 0x2e, 0x30, 0x2e, 0x37]);
    expect(decode(text(), 0x05, 0x38, 0x2e, 0x30, 0x2e, 0x37)).toBe('8.0.7');
  });

  test('counts bytes, not characters', () => {
    expect(encode(text(), 'ø')).toEqual([0x02, 0xc3, 0xb8]);
  });

  test('ends with its length, whatever follows', () => {
    expect(decode(text(), 0x02, 0x61, 0x62, 0x63)).toBe('ab');
  });

  test('ends early with a NUL, and none is written', () => {
    expect(decode(text(), 0x04, 0x61, 0x62, 0x00, 0x63)).toBe('ab');
    expect(decode(text(), 0x02, 0x00, 0x61)).toBe('');
    expect(() => encode(text(), 'ab\0c')).toThrow(thrown('unexpected-value'));
  });

  test('is empty where there is nothing, or nothing is announced', () => {
    expect(decode(text())).toBe('');
    expect(decode(text(), 0x00)).toBe('');
  });

  test('may come without its length', () => {
    expect(decode(text(), ...ascii('Jabra Link'))).toBe('Jabra Link');
    expect(decode(text(), ...ascii('70BF92000001'), 0x00)).toBe('70BF92000001');
    // A space is the first character that can begin a text.
    expect(decode(text(), ...ascii(' a'))).toBe(' a');
  });

  test('that was cut is no text', () => {
    expect(() => decode(text(), 0x11, ...ascii('Jabra Pana'))).toThrow(thrown('truncated'));
  });

  test('is not longer than what it is written to', () => {
    expect(() => encode(text(), 'x'.repeat(57), 57)).toThrow(thrown('too-long'));
    expect(encode(text(), 'x'.repeat(56), 57)).toHaveLength(57);
    expect(() => encode(text(), 'x'.repeat(256), 512)).toThrow(thrown('out-of-range'));
  });
});

describe('several fields', () => {
  const status = struct({ state, level: u8() });

  test('follow one another in the order of the declaration', () => {
    expect(encode(status, { level: 80, state: { charging: true, low: false, fast: false } })).toEqual([0x01, 0x50]);
    expect(decode(status, 0x02, 0x14)).toEqual({ state: { charging: false, low: true, fast: false }, level: 20 });
  });

  test('ignore what newer firmware appends', () => {
    expect(decode(status, 0x00, 0x64, 0x0f, 0xa0).level).toBe(100);
  });

  test('are not there without their last byte', () => {
    expect(() => decode(status, 0x01)).toThrow(thrown('truncated'));
  });

  test('give what was declared and nothing else', () => {
    expect(Object.keys(decode(status, 0x02, 0x14))).toEqual(['state', 'level']);
  });

  test('describe their layout for tables', () => {
    expect([u8(), i8(), u16le(), i16le(), bool8(), bytes(6), text(), nothing].map(({ layout }) => layout)).toEqual([
      'u8',
      'i8',
      'u16 LE',
      'i16 LE',
      'bool',
      '6 bytes',
      '[len] text',
      '–',
    ]);
    expect(status.layout).toBe('state: flags(0 charging, 1 low, 6 fast), level: u8');
    expect(struct({ pad: constant8(0), mode: guidance, more: rest() }).layout).toBe(
      'pad: const 00, mode: enum(00 tones, 01 voice, 02 off), more: rest',
    );
  });

  test('can be none', () => {
    expect(encode(nothing, undefined)).toEqual([]);
    expect(decode(nothing, 1, 2)).toBeUndefined();
  });
});

describe('a mapped field', () => {
  test('has the same bytes under another type', () => {
    expect(decode(minutes, 0x06)).toBe(30);
    expect(encode(minutes, 1275)).toEqual([0xff]);
    expect(() => encode(minutes, 7)).toThrow(thrown('out-of-range'));
  });
});

describe('every field', () => {
  const printable = fc.string({ maxLength: 40 }).filter((value) => !value.includes('\0'));
  // Each with what it can carry.
  const carried: readonly (readonly [Field<unknown>, fc.Arbitrary<unknown>])[] = [
    [u8(), fc.integer({ min: 0, max: 255 })],
    [i8(), fc.integer({ min: -128, max: 127 })],
    [u16le(), fc.integer({ min: 0, max: 65535 })],
    [i16le(), fc.integer({ min: -32768, max: 32767 })],
    [bool8(), fc.boolean()],
    [state, fc.record({ charging: fc.boolean(), low: fc.boolean(), fast: fc.boolean() })],
    [guidance, fc.constantFrom('tones', 'voice', 'off')],
    [constant8(7), fc.constant(undefined)],
    [bytes(6), fc.uint8Array({ minLength: 6, maxLength: 6 })],
    [rest(), fc.uint8Array({ maxLength: 57 })],
    [text(), printable],
    [minutes, fc.integer({ min: 0, max: 255 }).map((steps) => steps * 5)],
    [nothing, fc.constant(undefined)],
    [struct({ a: u16le(), b: text(), c: rest() }), fc.record({ a: fc.nat(65535), b: printable, c: fc.uint8Array({ maxLength: 5 }) })],
  ];

  test('gives back what it was given', () => {
    for (const [field, values] of carried)
      fc.assert(
        fc.property(values, (value) => {
          expect(decode(field, ...encode(field, value))).toEqual(value);
        }),
        { numRuns: 60 },
      );
  });

  test('decodes any bytes, or throws a DecodeError', () => {
    const failures = new Set<string>();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (raw) => {
        for (const [field] of carried) {
          try {
            field.decode(new ByteReader(raw));
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
            failures.add(error instanceof DecodeError ? error.code : '');
          }
        }
      }),
      { numRuns: 500 },
    );
    // Both kinds were met: the property saw more than happy bytes.
    expect([...failures].toSorted()).toEqual(['truncated', 'unexpected-value']);
  });

  test('decodes the same value from bytes that lie anywhere in a report', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(65535), (offset, value) => {
        const report = new Uint8Array(offset + 2);
        report.set(encode(u16le(), value), offset);
        expect(u16le().decode(new ByteReader(report, offset))).toBe(value);
      }),
    );
  });
});
