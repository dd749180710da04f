/** Bytes of a stream, taken in pieces of a known length. */
export class ByteQueue {
  #bytes: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#bytes, bytes]);
  }

  /** The first `length` bytes, which stay; null until all of them are there. */
  peek(length: number): Uint8Array | null {
    return this.#bytes.length < length ? null : this.#bytes.subarray(0, length);
  }

  /** The first `length` bytes, taken out; null, and nothing is taken, until all of them are there. */
  take(length: number): Uint8Array | null {
    const taken = this.peek(length);
    if (taken) this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}
