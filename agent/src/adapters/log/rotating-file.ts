import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { extname, join } from 'node:path';

import type { Clock } from '@jpd/protocol';

export interface RotatingFileOptions {
  readonly folder: string;
  readonly fileName: string;
  /** Bytes at which a file is full. A single longer line makes a longer file. */
  readonly maxFileBytes: number;
  /** The current file and the older ones beside it, `name.1.log` the newest of them. */
  readonly maxFiles: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Writing has become impossible; called once until it works again. */
  readonly onTrouble: (error: unknown) => void;
  /** Writing works again after `lost` lines could not be written. */
  readonly onRecovery: (lost: number) => void;
}

/** Waiting lines beyond this are dropped: a disk that hangs must not fill the memory. */
const maxWaitingCharacters = 2_000_000;
const retryAfterMs = 30_000;

function isKept(promise: Promise<void>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

/**
 * A text file that is appended to line by line, and renamed and begun anew when it is full. What cannot be written is dropped and counted, never
 * thrown. winston's own file transport was tried and is not used: on a full disk it stops for good and keeps every later line in memory.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #waiting: string[] = [];
  #waitingCharacters = 0;
  #endIsKnown = false;
  #failedAt: number | null = null;
  #lost = 0;
  #pump: Promise<void> | null = null;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
  }

  /** `line` ends with its line break. */
  append(line: string): void {
    if (this.#waitingCharacters + line.length > maxWaitingCharacters) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    // Begun in a later turn: what comes in one turn is written together.
    this.#pump ??= Promise.resolve().then(() => this.#writeAll());
  }

  /** Resolves when everything appended so far is written or given up. */
  async flush(): Promise<void> {
    while (this.#pump) await this.#pump;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        if (this.#isPausing()) this.#lost += batch.length;
        else await this.#write(batch);
      } catch (error) {
        this.#fail(error, batch.length);
      }
    }
    this.#pump = null;
  }

  /** As many lines as fit into one file, at least one. */
  #takeBatch(): readonly string[] {
    let bytes = 0;
    let count = 0;
    for (const line of this.#waiting) {
      bytes += Buffer.byteLength(line);
      if (count > 0 && bytes > this.#options.maxFileBytes) break;
      count += 1;
    }
    const batch = this.#waiting.splice(0, count);
    for (const line of batch) this.#waitingCharacters -= line.length;
    return batch;
  }

  #isPausing(): boolean {
    return this.#failedAt !== null && this.#options.clock.monotonic() - this.#failedAt < retryAfterMs;
  }

  async #write(batch: readonly string[]): Promise<void> {
    const text = batch.join('');
    const handle = await this.#open();
    try {
      const { size } = await handle.stat();
      if (size > 0 && size + Buffer.byteLength(text) > this.#options.maxFileBytes) await this.#rotate(handle, text);
      else await handle.appendFile((await this.#hasOpenLine(handle, size)) ? `\n${text}` : text);
    } finally {
      await handle.close();
    }
    this.#endIsKnown = true;
    if (this.#failedAt === null && this.#lost === 0) return;
    const lost = this.#lost;
    this.#failedAt = null;
    this.#lost = 0;
    this.#options.onRecovery(lost);
  }

  #fail(error: unknown, lines: number): void {
    this.#lost += lines;
    this.#endIsKnown = false;
    const isFirst = this.#failedAt === null;
    this.#failedAt = this.#options.clock.monotonic();
    if (isFirst) this.#options.onTrouble(error);
  }

  /** The current file by its name: another process may have renamed it since the last batch, or someone deleted it. */
  async #open(): Promise<FileHandle> {
    await mkdir(this.#options.folder, { recursive: true });
    return open(this.#path(0), 'a+', 0o640);
  }

  /** A line that a full disk or a power cut left unfinished; the next one must stand alone. Only an earlier run or a failure can have left one. */
  async #hasOpenLine(handle: FileHandle, size: number): Promise<boolean> {
    if (this.#endIsKnown || size === 0) return false;
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(1), position: size - 1 });
    return bytesRead > 0 && buffer[0] !== 0x0a;
  }

  /** Makes every file one older and writes `text` to a new one. `full` is the open current file. */
  async #rotate(full: FileHandle, text: string): Promise<void> {
    const { maxFiles } = this.#options;
    for (let age = maxFiles - 2; age > 0; age--) await rename(this.#path(age), this.#path(age + 1)).catch(() => undefined);
    const isRenamed = maxFiles > 1 && (await isKept(rename(this.#path(0), this.#path(1))));
    // Where someone holds the file (Windows) the bound on the size matters more than the old lines.
    if (!isRenamed) await full.truncate(0);
    const next = await this.#open();
    try {
      await next.appendFile(text);
    } finally {
      await next.close();
    }
  }

  #path(age: number): string {
    const { folder, fileName } = this.#options;
    const extension = extname(fileName);
    return join(folder, age === 0 ? fileName : `${fileName.slice(0, fileName.length - extension.length)}.${age}${extension}`);
  }
}
