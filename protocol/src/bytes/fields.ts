import type { ByteReader, ByteWriter } from './cursor.ts';
import { DecodeError } from './errors.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** One part of a payload: how it is read, written and described. Compiled once, at declaration. */
export interface Field<T> {
  /** For tables and logs, e.g. `u16 LE`. */
  readonly layout: string;
  decode(reader: ByteReader): T;
  encode(writer: ByteWriter, value: T): void;
}

/** The value that a field stands for. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

interface Range {
  readonly min: number;
  readonly max: number;
}

function outOfRange(value: number, { min, max }: Range): DecodeError {
  return new DecodeError('out-of-range', `${value} is not an integer from ${min} to ${max}`);
}

function checked(value: number, range: Range): number {
  if (!Number.isInteger(value) || value < range.min || value > range.max) throw outOfRange(value, range);
  return value;
}

/** Unsigned byte. */
export function u8(range: Range = { min: 0, max: 0xff }): Field<number> {
  return {
    layout: 'u8',
    decode: (reader) => checked(reader.u8(), range),
    encode: (writer, value) => {
      writer.u8(checked(value, range));
    },
  };
}

/** Signed byte, two's complement. */
export function i8(range: Range = { min: -0x80, max: 0x7f }): Field<number> {
  return {
    layout: 'i8',
    decode: (reader) => checked((reader.u8() << 24) >> 24, range),
    encode: (writer, value) => {
      writer.u8(checked(value, range) & 0xff);
    },
  };
}

/** Unsigned 16 bit, little endian. */
export function u16le(): Field<number> {
  const range = { min: 0, max: 0xffff };
  return {
    layout: 'u16 LE',
    decode: (reader) => reader.u8() | (reader.u8() << 8),
    encode: (writer, value) => {
      checked(value, range);
      writer.u8(value & 0xff);
      writer.u8(value >> 8);
    },
  };
}

/** Signed 16 bit, little endian. */
export function i16le(): Field<number> {
  const range = { min: -0x8000, max: 0x7fff };
  return {
    layout: 'i16 LE',
    decode: (reader) => ((reader.u8() | (reader.u8() << 8)) << 16) >> 16,
    encode: (writer, value) => {
      checked(value, range);
      writer.u8(value & 0xff);
      writer.u8((value >> 8) & 0xff);
    },
  };
}

/** One byte; any value but 0 is true, true is written as 1. */
export function bool8(): Field<boolean> {
  return {
    layout: 'bool',
    decode: (reader) => reader.u8() !== 0,
    encode: (writer, value) => {
      writer.u8(value ? 1 : 0);
    },
  };
}

/** Single bits of one byte by name; bits without a name are ignored and written as 0. */
export function flags<const N extends Readonly<Record<string, number>>>(bits: N): Field<{ readonly [K in keyof N]: boolean }> {
  const entries = Object.entries(bits);
  const names = entries.map(([name]) => name);
  const masks = entries.map(([, bit]) => 1 << bit);
  const known = masks.reduce((all, mask) => all | mask, 0);
  // Every value is made at declaration and shared from then on, so that decoding leaves no garbage; hence frozen.
  const values: Readonly<Record<string, boolean>>[] = [];
  for (let byte = 0; byte < 0x100; byte += 1)
    values.push(values[byte & known] ?? Object.freeze(Object.fromEntries(entries.map(([name, bit]) => [name, (byte & (1 << bit)) !== 0]))));
  return {
    layout: `flags(${entries.map(([name, bit]) => `${bit} ${name}`).join(', ')})`,
    // There is a value for each of the 256 bytes, with every name in it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    decode: (reader) => values[reader.u8()] as { readonly [K in keyof N]: boolean },
    encode: (writer, value) => {
      let byte = 0;
      for (let index = 0; index < names.length; index += 1) if (value[names[index] ?? '']) byte |= masks[index] ?? 0;
      writer.u8(byte);
    },
  };
}

/** One byte that stands for a name; a byte that the table doesn't know is null, and null cannot be written. */
export function nameOf8<const T extends Readonly<Record<string, number>>>(table: T): Field<(keyof T & string) | null> {
  const names = new Map(Object.entries(table).map(([name, byte]) => [byte, name as keyof T & string]));
  return {
    layout: `enum(${[...names].map(([byte, name]) => `${byte.toString(16).padStart(2, '0')} ${name}`).join(', ')})`,
    decode: (reader) => names.get(reader.u8()) ?? null,
    encode: (writer, value) => {
      const byte = value !== null && Object.hasOwn(table, value) ? table[value] : undefined;
      if (byte === undefined) throw new DecodeError('unexpected-value', `${String(value)} is none of ${[...names.values()].join(', ')}`);
      writer.u8(byte);
    },
  };
}

/** A byte that must be exactly this. */
export function constant8(byte: number): Field<undefined> {
  return {
    layout: `const ${byte.toString(16).padStart(2, '0')}`,
    decode: (reader) => {
      const found = reader.u8();
      if (found !== byte) throw new DecodeError('unexpected-value', `${found} instead of ${byte}`);
      return undefined;
    },
    encode: (writer) => {
      writer.u8(byte);
    },
  };
}

/** Exactly `count` bytes. */
export function bytes(count: number): Field<Uint8Array> {
  return {
    layout: `${count} bytes`,
    decode: (reader) => reader.take(count),
    encode: (writer, value) => {
      if (value.length !== count) throw new DecodeError('out-of-range', `${value.length} bytes instead of ${count}`);
      writer.put(value);
    },
  };
}

/** All that is left of the payload. */
export function rest(): Field<Uint8Array> {
  return {
    layout: 'rest',
    decode: (reader) => reader.take(reader.remaining),
    encode: (writer, value) => {
      writer.put(value);
    },
  };
}

/** Below it there are control characters: no text begins with one. */
const firstPrintable = 0x20;

/**
 * Text with its length in one byte before it, UTF-8 (devices send ASCII), ended early by NUL; text with a NUL in it cannot be written.
 * A first byte that cannot be a length is taken as text: HeadsetControl tolerates devices that leave the length out. One that can only be a length,
 * of more bytes than there are, is `truncated`: half a serial number would be another device's.
 */
export function text(): Field<string> {
  return {
    layout: '[len] text',
    decode: (reader) => {
      if (reader.remaining === 0) return '';
      const declared = reader.u8();
      if (declared > reader.remaining) {
        if (declared < firstPrintable) throw new DecodeError('truncated', `${declared} bytes of text wanted, ${reader.remaining} there`);
        reader.offset -= 1;
      }
      const raw = reader.take(Math.min(declared, reader.remaining));
      const end = raw.indexOf(0);
      return decodeUtf8(end < 0 ? raw : raw.subarray(0, end));
    },
    encode: (writer, value) => {
      const raw = encodeUtf8(value);
      if (raw.includes(0)) throw new DecodeError('unexpected-value', 'a NUL ends the text early');
      writer.u8(checked(raw.length, { min: 0, max: 0xff }));
      writer.put(raw);
    },
  };
}

/** The same bytes under another type: a unit, an offset, a meaning. */
export function mapped<A, B>(field: Field<A>, layout: string, to: (raw: A) => B, from: (value: B) => A): Field<B> {
  return {
    layout,
    decode: (reader) => to(field.decode(reader)),
    encode: (writer, value) => {
      field.encode(writer, from(value));
    },
  };
}

/** Nothing at all; for messages without a payload. */
export const nothing: Field<undefined> = {
  layout: '–',
  decode: () => undefined,
  encode: () => undefined,
};

/** Fields one after another. Bytes that follow the last one are ignored: newer firmware appends. */
export function struct<const S extends Readonly<Record<string, Field<unknown>>>>(shape: S): Field<{ readonly [K in keyof S]: ValueOf<S[K]> }> {
  const entries = Object.entries(shape);
  // Two lists and a count: decoding and encoding then make nothing but the value.
  const names = entries.map(([name]) => name);
  const fields = entries.map(([, field]) => field);
  const count = names.length;
  return {
    layout: entries.map(([name, field]) => `${name}: ${field.layout}`).join(', '),
    decode: (reader) => {
      const value: Record<string, unknown> = {};
      for (let index = 0; index < count; index += 1) value[names[index] ?? ''] = fields[index]?.decode(reader);
      // Every key of the shape was just set by its own field.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return value as { readonly [K in keyof S]: ValueOf<S[K]> };
    },
    encode: (writer, value) => {
      const values: Readonly<Record<string, unknown>> = value;
      for (let index = 0; index < count; index += 1) fields[index]?.encode(writer, values[names[index] ?? '']);
    },
  };
}
