import type { Readable } from 'node:stream';

/** More than this isn't read ahead. */
const aheadBytes = 256 * 1024;

/**
 * The body of an answer, part by part. A stream of Node forgets what it holds when its connection breaks; here all that came is given before the error
 * is, so that a download gets on even where a server cuts it off early each time.
 */
export class BodyQueue {
  readonly #source: Readable;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #end: { readonly error: Error | null } | null = null;
  #wake = (): void => undefined;

  constructor(source: Readable) {
    this.#source = source;
    source.on('data', (part: Buffer) => {
      this.#parts.push(part);
      this.#bytes += part.length;
      if (this.#bytes >= aheadBytes) source.pause();
      this.#wake();
    });
    source.once('end', () => {
      this.#finish(null);
    });
    source.on('error', (error) => {
      this.#finish(error);
    });
    // Closed by this side, or cut without a word.
    source.once('close', () => {
      this.#finish(new Error('the answer was closed'));
    });
  }

  /** The next part, null at the end. Rejects when the connection broke. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const part = this.#parts.shift();
      if (part) {
        this.#bytes -= part.length;
        if (this.#bytes < aheadBytes) this.#source.resume();
        return part;
      }
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #finish(error: Error | null): void {
    this.#end ??= { error };
    this.#wake();
  }
}
