/** Longest line that is kept; a bus's longest answers are lists of devices. */
const longest = 4 * 1024 * 1024;

/** Cuts a stream of text into lines. A line longer than 4 MiB is dropped. */
export class LineSplitter {
  #rest = '';
  #dropping = false;

  /** The lines that `text` completes, without their ends and without empty ones. */
  push(text: string): string[] {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    if (this.#dropping && parts.length > 0) {
      parts.shift();
      this.#dropping = false;
    }
    if (this.#rest.length > longest) {
      this.#rest = '';
      this.#dropping = true;
    }
    return parts.filter((line) => line.trim() !== '');
  }
}
