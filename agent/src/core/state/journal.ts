import type { Clock } from '@jpd/protocol';
import type { Log, Store, StoreWrite } from '../../ports/index.ts';

const firstRetryMs = 1000;
const longestRetryMs = 30_000;

interface Batch {
  readonly order: number;
  readonly writes: readonly StoreWrite[];
  readonly resolve: () => void;
}

const nameOf = ({ section, key }: StoreWrite): string => JSON.stringify([section, key]);

/**
 * The way to the store. A full or failing disk must not take headsets down: what cannot be written is kept and tried again, in order,
 * and whoever waits for it to be durable goes on waiting.
 *
 * INVARIANT: no record goes back on the disk: a write that failed isn't repeated over a later one of the same record.
 */
export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  /** What failed and everything that was committed after that, in order. */
  #backlog: Batch[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #order = 0;
  #last: Promise<void> = Promise.resolve();
  #retrying = false;
  #closed = false;
  #wake: () => void = () => undefined;
  #giveUp: () => void = () => undefined;
  readonly #gaveUp: Promise<void>;

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#gaveUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  /** Writes all or nothing, after everything that was committed before. Resolves when it is durable, never where it doesn't become so. */
  commit(writes: readonly StoreWrite[]): Promise<void> {
    if (writes.length > 0) this.#last = Promise.all([this.#last, this.#write(writes)]).then(() => undefined);
    return this.#last;
  }

  /** Waits for what was committed. What a failing disk still refuses then is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await Promise.race([this.#last, this.#gaveUp]);
    await this.#store.close();
  }

  #write(writes: readonly StoreWrite[]): Promise<void> {
    return new Promise((resolve) => {
      this.#order += 1;
      const batch: Batch = { order: this.#order, writes, resolve };
      if (this.#backlog.length > 0) this.#backlog.push(batch);
      // Straight to the store as long as it works, so that it can group what comes together.
      else this.#attempt(batch);
    });
  }

  #attempt(batch: Batch): void {
    const attempt = this.#store
      .commit(batch.writes)
      .then(
        () => {
          this.#overtook(batch);
          batch.resolve();
        },
        (error: unknown) => {
          this.#failed(batch, error);
        },
      )
      .finally(() => this.#underWay.delete(attempt));
    this.#underWay.add(attempt);
  }

  /** What was under way together with one that failed is newer than that. */
  #overtook({ order, writes }: Batch): void {
    if (this.#backlog.length === 0) return;
    const newer = new Set(writes.map(nameOf));
    this.#backlog = this.#backlog.map((batch) =>
      batch.order > order ? batch : { ...batch, writes: batch.writes.filter((write) => !newer.has(nameOf(write))) },
    );
  }

  #failed(batch: Batch, error: unknown): void {
    this.#backlog = [...this.#backlog, batch].toSorted((a, b) => a.order - b.order);
    if (!this.#retrying) void this.#retry(error);
  }

  async #retry(first: unknown): Promise<void> {
    this.#retrying = true;
    let error = first;
    let wait = firstRetryMs;
    while (this.#backlog.length > 0) {
      const isLast = this.#closed;
      if (!isLast) {
        this.#log.error('the state could not be saved; trying again', { error, retryMs: wait });
        await this.#pause(wait);
      }
      // Those may still join the backlog, before what is in it already.
      await Promise.all(this.#underWay);
      const batches = this.#backlog;
      try {
        await this.#store.commit(batches.flatMap(({ writes }) => writes));
        this.#backlog = this.#backlog.slice(batches.length);
        for (const { resolve } of batches) resolve();
        wait = firstRetryMs;
      } catch (next) {
        error = next;
        wait = Math.min(wait * 2, longestRetryMs);
        if (!isLast) continue;
        this.#log.error('the state could not be saved before the end', { error });
        this.#giveUp();
        return;
      }
    }
    this.#retrying = false;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(milliseconds, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
