import type { Clock, Timer } from '@jpd/protocol';

const checkEveryMs = 5 * 60_000;

/**
 * Tells when `read`'s answer changes. Neither Node nor either system's files announce a change of address without native code, so that it is
 * looked at every five minutes, and only while someone listens. What is quicker to notice (a lost connection) notices it by itself.
 */
export class AddressWatch {
  readonly #clock: Clock;
  readonly #read: () => readonly string[];
  readonly #listeners = new Set<() => void>();
  #known = '';
  #timer: Timer | null = null;

  constructor(clock: Clock, read: () => readonly string[]) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    // One function may be subscribed twice; each subscription ends by itself.
    const subscription = () => listener();
    this.#listeners.add(subscription);
    if (this.#timer === null) {
      this.#known = this.#current();
      this.#schedule();
    }
    return () => {
      this.#listeners.delete(subscription);
      if (this.#listeners.size > 0) return;
      this.#timer?.cancel();
      this.#timer = null;
    };
  }

  #current(): string {
    return this.#read().join(' ');
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimer(checkEveryMs, () => {
      const current = this.#current();
      const isChanged = current !== this.#known;
      this.#known = current;
      this.#schedule();
      if (isChanged) for (const listener of this.#listeners) listener();
    });
  }
}
