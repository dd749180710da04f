/** Reads little-endian fields one after another; a field that doesn't fit gives null, and so does every later one. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number | null {
    return this.#fits(1) ? this.#view.getUint8(this.#take(1)) : null;
  }

  u32(): number | null {
    return this.#fits(4) ? this.#view.getUint32(this.#take(4), true) : null;
  }

  /** Exact to 2^53. */
  u64(): number | null {
    return this.#fits(8) ? Number(this.#view.getBigUint64(this.#take(8), true)) : null;
  }

  /** Exact to 2^53. */
  u56(): number | null {
    const low = this.u32();
    const high = this.bytes(3);
    if (low === null || high === null) return null;
    return high.reduceRight((value, byte) => value * 256 + byte, 0) * 2 ** 32 + low;
  }

  /** LEB128 of at most 10 bytes; exact to 2^53. */
  varint(): number | null {
    let value = 0;
    for (let scale = 1, length = 0; length < 10; scale *= 128, length += 1) {
      const byte = this.u8();
      if (byte === null) return null;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    this.#at = Infinity;
    return null;
  }

  bytes(length: number): Uint8Array | null {
    if (!this.#fits(length)) return null;
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A length as a varint, then so many bytes. */
  prefixed(): Uint8Array | null {
    const length = this.varint();
    return length === null ? null : this.bytes(length);
  }

  #fits(length: number): boolean {
    const fits = this.#at >= 0 && this.#at + length <= this.#bytes.length;
    if (!fits) this.#at = Infinity;
    return fits;
  }

  #take(length: number): number {
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
