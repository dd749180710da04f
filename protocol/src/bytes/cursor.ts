import { copyOf } from './copy.ts';
import { DecodeError } from './errors.ts';

/** Reads bytes in order, never beyond `end`. */
export class ByteReader {
  bytes: Uint8Array;
  offset: number;
  end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  /** Reads other bytes from now on, so that one reader does for many reports. */
  aim(bytes: Uint8Array, offset: number, end: number): void {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    if (this.offset >= this.end) throw new DecodeError('truncated', `byte ${this.offset} is missing`);
    return this.bytes[this.offset++] ?? 0;
  }

  /** A copy, so that it outlives the report it came in. */
  take(count: number): Uint8Array {
    if (count > this.remaining) throw new DecodeError('truncated', `${count} bytes wanted at ${this.offset}, ${this.remaining} there`);
    const taken = copyOf(this.bytes, this.offset, this.offset + count);
    this.offset += count;
    return taken;
  }
}

/** Writes bytes in order into a buffer of fixed size. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  u8(value: number): void {
    if (this.offset >= this.bytes.length) throw new DecodeError('too-long', `more than ${this.bytes.length} bytes`);
    this.bytes[this.offset++] = value;
  }

  put(bytes: Uint8Array): void {
    if (bytes.length > this.bytes.length - this.offset) throw new DecodeError('too-long', `more than ${this.bytes.length} bytes`);
    this.bytes.set(bytes, this.offset);
    this.offset += bytes.length;
  }
}
