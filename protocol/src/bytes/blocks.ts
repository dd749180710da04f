import { ByteReader } from './cursor.ts';
import { DecodeError } from './errors.ts';
import { type Field, mapped, rest } from './fields.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** Unsigned 32 bit, big endian. */
export function u32be(): Field<number> {
  return {
    layout: 'u32 BE',
    decode: (reader) => ((reader.u8() << 24) | (reader.u8() << 16) | (reader.u8() << 8) | reader.u8()) >>> 0,
    encode: (writer, value) => {
      if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
        throw new DecodeError('out-of-range', `${value} is not an integer of 32 bits`);
      writer.u8(value >>> 24);
      writer.u8((value >>> 16) & 0xff);
      writer.u8((value >>> 8) & 0xff);
      writer.u8(value & 0xff);
    },
  };
}

/** Text to the end, UTF-8. */
export const restOfText: Field<string> = mapped(rest(), 'text', decodeUtf8, encodeUtf8);

const longest = 0x3f;

/**
 * A content behind one byte that says what it is (bits 7-6) and how many bytes it has (bits 5-0). The content ends where its length says;
 * another kind is an `unexpected-value`.
 */
export function block<T>(kind: 0 | 1 | 2 | 3, content: Field<T>): Field<T> {
  return {
    layout: `[${kind} in bits 7-6, length in bits 5-0] ${content.layout}`,
    decode: (reader) => {
      const head = reader.u8();
      if (head >> 6 !== kind) throw new DecodeError('unexpected-value', `a block of kind ${head >> 6} instead of ${kind}`);
      const length = head & longest;
      if (length > reader.remaining) throw new DecodeError('truncated', `a block of ${length} bytes wanted, ${reader.remaining} there`);
      const value = content.decode(new ByteReader(reader.bytes, reader.offset, reader.offset + length));
      reader.offset += length;
      return value;
    },
    encode: (writer, value) => {
      const head = writer.offset;
      writer.u8(0);
      content.encode(writer, value);
      const length = writer.offset - head - 1;
      if (length > longest) throw new DecodeError('too-long', `a block of ${length} bytes, ${longest} fit`);
      writer.bytes[head] = (kind << 6) | length;
    },
  };
}
