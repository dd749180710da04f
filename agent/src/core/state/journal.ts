import type { Clock } from '@jpd/protocol';
import type { Log, Store, StoreWrite } from '../../ports/index.ts';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

/**
 * The way to the store. A full or failing disk must not take headsets down: what cannot be written is kept and tried again, in order,
 * and whoever waits for it to be durable goes on waiting.
 */
export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Writes all or nothing, after everything that was committed before. Resolves when it is durable. */
  commit(writes: readonly StoreWrite[]): Promise<void> {
    if (writes.length === 0) return this.#last;
    // Straight to the store as long as it works, so that it can group what comes together.
    const attempt = this.#store.commit(writes).catch((error: unknown) => this.#retry(writes, error));
    this.#last = Promise.all([this.#last, attempt]).then(() => undefined);
    return this.#last;
  }

  /** Waits for what was committed, then refuses to wait any longer for a disk that fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    await this.#store.close();
  }

  async #retry(writes: readonly StoreWrite[], first: unknown): Promise<void> {
    let error = first;
    for (let wait = firstRetryMs; !this.#closed; wait = Math.min(wait * 2, longestRetryMs)) {
      this.#log.error('the state could not be saved; trying again', { error, retryMs: wait });
      await new Promise<void>((resolve) => {
        this.#clock.setTimer(wait, resolve);
      });
      try {
        await this.#store.commit(writes);
        return;
      } catch (next) {
        error = next;
      }
    }
    this.#log.error('the state could not be saved before the end', { error });
  }
}
