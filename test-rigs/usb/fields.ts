import { ByteReader, ByteWriter, DecodeError, type Field } from '@jpd/protocol';

function unsigned(bytes: 2 | 4, order: 'big' | 'little'): Field<number> {
  const highest = 2 ** (8 * bytes) - 1;
  const shifts = Array.from({ length: bytes }, (_, index) => 8 * (order === 'big' ? bytes - 1 - index : index));
  return {
    layout: `u${8 * bytes} ${order === 'big' ? 'BE' : 'LE'}`,
    decode: (reader) => shifts.reduce((value, shift) => value + reader.u8() * 2 ** shift, 0),
    encode: (writer, value) => {
      if (!Number.isInteger(value) || value < 0 || value > highest) throw new DecodeError('out-of-range', `${value} doesn't fit into ${bytes} bytes`);
      for (const shift of shifts) writer.u8(Math.floor(value / 2 ** shift) % 256);
    },
  };
}

export const u16be = (): Field<number> => unsigned(2, 'big');
export const u32be = (): Field<number> => unsigned(4, 'big');
export const u16 = (): Field<number> => unsigned(2, 'little');
export const u32 = (): Field<number> => unsigned(4, 'little');

/** 32 bit, big endian, two's complement. */
export function i32be(): Field<number> {
  const raw = u32be();
  return {
    layout: 'i32 BE',
    // Back from unsigned to signed.
    decode: (reader) => raw.decode(reader) | 0,
    encode: (writer, value) => {
      raw.encode(writer, value >>> 0);
    },
  };
}

/** ASCII text in `size` bytes, filled up with NUL; what doesn't fit beside one NUL is cut. */
export function paddedText(size: number): Field<string> {
  return {
    layout: `text in ${size} bytes`,
    decode: (reader) => {
      const raw = reader.take(size);
      const end = raw.indexOf(0);
      return Buffer.from(end < 0 ? raw : raw.subarray(0, end)).toString('latin1');
    },
    encode: (writer, value) => {
      const raw = new Uint8Array(size);
      raw.set(Buffer.from(value, 'latin1').subarray(0, size - 1));
      writer.put(raw);
    },
  };
}

/** `count` bytes that mean nothing: written as 0. */
export function unused(count: number): Field<undefined> {
  return {
    layout: `${count} unused`,
    decode: (reader) => {
      reader.take(count);
      return undefined;
    },
    encode: (writer) => {
      writer.put(new Uint8Array(count));
    },
  };
}

/** The bytes of a value. Throws `DecodeError`. */
export function encode<T>(field: Field<T>, value: T, longest = 8192): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(new Uint8Array(longest));
  field.encode(writer, value);
  return Uint8Array.from(writer.bytes.subarray(0, writer.offset));
}

/** The value of bytes from `offset` on. Throws `DecodeError`. */
export const decode = <T>(field: Field<T>, bytes: Uint8Array, offset = 0): T => field.decode(new ByteReader(bytes, offset));
