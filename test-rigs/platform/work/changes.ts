import type { Clock } from '@jpd/protocol';

/** Wakes those who wait for something new in the database; they look for themselves whether it concerns them. */
export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  announce(): void {
    for (const wake of this.#waiting) wake();
  }

  /**
   * Calls `look` now and after every change until it finds something or `milliseconds` have passed.
   * @returns what `look` returned last
   */
  async waitFor<T>(look: () => Promise<T | null>, milliseconds: number, signal: AbortSignal): Promise<T | null> {
    const deadline = this.#clock.monotonic() + milliseconds;
    for (;;) {
      // Asked for before looking, so that a change in between is not missed.
      const changed = this.#next(deadline - this.#clock.monotonic(), signal);
      const found = await look();
      if (found !== null || signal.aborted || this.#clock.monotonic() >= deadline) {
        changed.cancel();
        return found;
      }
      await changed.promise;
    }
  }

  #next(milliseconds: number, signal: AbortSignal): { readonly promise: Promise<void>; readonly cancel: () => void } {
    let cancel = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(Math.max(0, milliseconds), () => cancel());
      cancel = () => {
        timer.cancel();
        this.#waiting.delete(cancel);
        signal.removeEventListener('abort', cancel);
        resolve();
      };
    });
    this.#waiting.add(cancel);
    signal.addEventListener('abort', cancel);
    return { promise, cancel };
  }
}
