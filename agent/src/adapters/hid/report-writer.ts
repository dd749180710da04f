import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Sends output reports through one open path. */
export interface ReportWriter {
  /** Sends reports in their order, as many as go at once. Resolves with how many left, at least one; rejects where the first one didn't. */
  write(reports: readonly Uint8Array[]): Promise<number>;
  close(): Promise<void>;
}

/**
 * Linux: hidraw takes each part of a `writev` as a report of its own, in order. hidapi's write is the same system call, once for each report, of which every
 * one costs a thread's turn and the event loop's; this is one for a window of firmware blocks.
 */
export async function hidrawWriter(path: string): Promise<ReportWriter> {
  // Nothing else: a node that is gone must not become a file.
  const file = await open(path, constants.O_WRONLY);
  return {
    write: async (reports) => {
      const { bytesWritten } = await file.writev(reports);
      return countLeft(reports, bytesWritten);
    },
    close: () => file.close(),
  };
}

/** A report of which the device took anything has left; the system ends with it, or before one that failed. */
export function countLeft(reports: readonly Uint8Array[], bytesWritten: number): number {
  let left = 0;
  let begin = 0;
  for (const { length } of reports) {
    if (begin >= bytesWritten) break;
    begin += length;
    left += 1;
  }
  if (left === 0) throw new Error('the device took nothing');
  return left;
}

interface WaitingReport {
  readonly writer: ReportWriter;
  readonly report: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So many go at once at most: what the system was given can't be held back. */
const most = 16;

/**
 * Writes of one path, one after another, whoever opened it.
 *
 * INVARIANTS: reports leave in the order of `write`, each once; one that failed keeps none of the others.
 */
export class WriteQueue {
  readonly #waiting: WaitingReport[] = [];
  #isWorking = false;

  get isIdle(): boolean {
    return !this.#isWorking;
  }

  /** Resolves when the report has left. */
  write(writer: ReportWriter, report: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writer, report, resolve, reject });
      if (!this.#isWorking) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    // What is written in the same turn goes together.
    await Promise.resolve();
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const { writer } = first;
      const other = this.#waiting.findIndex((one) => one.writer !== writer);
      const batch = this.#waiting.slice(0, Math.min(other < 0 ? this.#waiting.length : other, most));
      try {
        const left = await writer.write(batch.map(({ report }) => report));
        for (const { resolve } of this.#waiting.splice(0, left)) resolve();
      } catch (error) {
        this.#waiting.shift();
        first.reject(error);
      }
    }
    this.#isWorking = false;
  }
}
