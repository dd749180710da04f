import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { block, restOfText, u32be } from './blocks.ts';
import { ByteReader, ByteWriter } from './cursor.ts';
import { DecodeError } from './errors.ts';
import { bytes, type Field, rest, struct, u8 } from './fields.ts';
import { annotated } from './testing/annotated.ts';

const encode = <T>(field: Field<T>, value: T, size = 64): Uint8Array => {
  const writer = new ByteWriter(new Uint8Array(size));
  field.encode(writer, value);
  return writer.bytes.slice(0, writer.offset);
};
const decode = <T>(field: Field<T>, ...raw: readonly number[]): T => field.decode(new ByteReader(Uint8Array.from(raw)));

describe('32 bits, high byte first', () => {
  test.each([
    [0, [0, 0, 0, 0]],
    [0x0102_0304, [1, 2, 3, 4]],
    [0xffff_fffe, [0xff, 0xff, 0xff, 0xfe]],
  ])('%i', (value, raw) => {
    expect([...encode(u32be(), value)]).toEqual(raw);
    expect(decode(u32be(), ...raw)).toBe(value);
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN])('%d is none', (value) => {
    expect(() => encode(u32be(), value)).toThrow(DecodeError);
  });

  test('cannot be read from three bytes', () => {
    expect(() => decode(u32be(), 1, 2, 3)).toThrow(expect.objectContaining({ code: 'truncated' }));
  });
});

describe('a block', () => {
  const named = block(1, struct({ id: u8(), name: restOfText }));

  test('says its kind and its length in front', () => {
    const raw = annotated(`
      43     kind 1, 3 bytes
      07     id
      6F 6B  "ok"
    `);
    expect(encode(named, { id: 7, name: 'ok' })).toEqual(raw);
    expect(named.decode(new ByteReader(raw))).toEqual({ id: 7, name: 'ok' });
  });

  test('ends where its length says, and what follows is the next field’s', () => {
    const two = struct({ first: block(0, rest()), second: u8() });
    expect(decode(two, 0x02, 0xaa, 0xbb, 0xcc)).toEqual({ first: Uint8Array.of(0xaa, 0xbb), second: 0xcc });
  });

  test('of another kind is an error', () => {
    expect(() => decode(named, 0x03, 7, 0x6f, 0x6b)).toThrow(expect.objectContaining({ code: 'unexpected-value' }));
  });

  test('that is shorter than it says is an error', () => {
    expect(() => decode(named, 0x44, 7, 0x6f, 0x6b)).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  test('has at most 63 bytes', () => {
    expect(encode(block(3, rest()), new Uint8Array(63), 80)[0]).toBe(0xff);
    expect(() => encode(block(3, rest()), new Uint8Array(64), 80)).toThrow(expect.objectContaining({ code: 'too-long' }));
  });

  test('comes back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 55 }), (id, data) => {
        const field = block(1, struct({ id: u8(), data: rest() }));
        expect(field.decode(new ByteReader(encode(field, { id, data })))).toEqual({ id, data });
      }),
    );
  });

  test('of any bytes is a value or a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (raw) => {
        try {
          block(0, bytes(3)).decode(new ByteReader(raw));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});

test('a number of 32 bits goes up to its last bit, and no further', () => {
  const writer = new ByteWriter(new Uint8Array(4));
  u32be().encode(writer, 0xffff_ffff);
  expect([...writer.bytes]).toEqual([0xff, 0xff, 0xff, 0xff]);
  for (const value of [0x1_0000_0000, -1, 0.5])
    expect(() => u32be().encode(new ByteWriter(new Uint8Array(4)), value)).toThrow(
      expect.objectContaining({ code: 'out-of-range', message: `${value} is not an integer of 32 bits` }),
    );
});

test('a block may begin anywhere, and counts its own bytes only', () => {
  const writer = new ByteWriter(new Uint8Array(8), 3);
  block(2, restOfText).encode(writer, 'abc');
  expect([...writer.bytes]).toEqual([0, 0, 0, 0x83, 0x61, 0x62, 0x63, 0]);
});

test('blocks and their contents describe themselves, and say what is wrong', () => {
  expect([u32be().layout, restOfText.layout, block(1, restOfText).layout]).toEqual(['u32 BE', 'text', '[1 in bits 7-6, length in bits 5-0] text']);
  const read = (...raw: number[]): unknown => decode(block(1, restOfText), ...raw);
  expect(() => read(0x81, 0x61)).toThrow('a block of kind 2 instead of 1');
  expect(() => read(0x42, 0x61)).toThrow('a block of 2 bytes wanted, 1 there');
  expect(() => block(1, restOfText).encode(new ByteWriter(new Uint8Array(80)), 'x'.repeat(64))).toThrow('a block of 64 bytes, 63 fit');
});
