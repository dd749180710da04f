import type { CancelSignal } from '@jpd/protocol';
import { HttpError, type PackageFetch } from '../../ports/index.ts';

type Progress = (done: number, total: number) => void;

/** A download that several wait for: it goes on as long as one of them does. */
export class SharedDownload {
  /** Bytes that the package will have. */
  readonly size: number;
  /** When it has ended, one way or the other, and its files are closed. */
  readonly ended: Promise<void>;
  readonly #outcome: Promise<PackageFetch>;
  readonly #controller = new AbortController();
  readonly #listeners = new Set<Progress>();
  #waiting = 0;

  constructor(size: number, work: (signal: CancelSignal, onProgress: (done: number) => void) => Promise<PackageFetch>) {
    this.size = size;
    this.#outcome = work(this.#controller.signal, (done) => {
      for (const listener of this.#listeners) listener(done, size);
    });
    this.ended = this.#outcome.then(
      () => undefined,
      () => undefined,
    );
  }

  /** Nobody can join any more. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Ends it for all who wait. */
  abandon(): void {
    this.#controller.abort();
  }

  /** Waits for it. Rejects with an HttpError when `signal` calls this one off; the last one who leaves ends it. */
  async join(signal: CancelSignal, onProgress: Progress = () => undefined): Promise<PackageFetch> {
    // A set would take the same function of two callers for one.
    const listener: Progress = (done, total) => {
      onProgress(done, total);
    };
    this.#listeners.add(listener);
    this.#waiting += 1;
    try {
      return await untilCancelled(signal, this.#outcome);
    } finally {
      this.#listeners.delete(listener);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#controller.abort();
    }
  }
}

/** `work`, or a rejection as soon as `signal` says so. */
export function untilCancelled<T>(signal: CancelSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new HttpError('cancelled', 'the download was called off'));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
