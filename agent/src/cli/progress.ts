import type { Writable } from 'node:stream';

const width = 30;

/** Where progress is shown: a terminal, or something that keeps lines. */
export interface ProgressOutput extends Pick<Writable, 'write'> {
  readonly isTTY?: boolean;
}

/** Shows how far something is: a bar that moves on a terminal, else a line for each new state. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  #last = '';

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** `percent` null where nobody knows how long it takes. */
  show(what: string, percent: number | null): void {
    const text = percent === null ? what : `${what} ${percent} %`;
    if (text === this.#last) return;
    this.#last = text;
    if (this.#output.isTTY !== true) {
      this.#output.write(`${text}\n`);
      return;
    }
    const full = Math.round(((percent ?? 100) / 100) * width);
    // Erases what a longer text left behind (ECMA-48: EL).
    this.#output.write(`\r[${'#'.repeat(full)}${' '.repeat(width - full)}] ${text}\u001B[K`);
  }

  /** What is written next begins a line. */
  end(): void {
    if (this.#output.isTTY === true && this.#last !== '') this.#output.write('\n');
    this.#last = '';
  }
}
