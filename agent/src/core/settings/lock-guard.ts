const windowMs = 60_000;
const limit = 5;

/**
 * Counts how often a locked setting had to be put back: after five in a minute somebody else insists on it too,
 * and writing against them would only wear the device.
 */
export class LockGuard {
  readonly #enforced = new Map<string, number[]>();

  /** Whether the key may be put back at once. `nowMs` is monotonic. */
  mayEnforce(key: string, nowMs: number): boolean {
    return this.#recent(key, nowMs).length < limit;
  }

  /** The key was put back. */
  enforced(key: string, nowMs: number): void {
    this.#enforced.set(key, [...this.#recent(key, nowMs), nowMs]);
  }

  /** The device was found as it should be: the contest is over. */
  calm(key: string): void {
    this.#enforced.delete(key);
  }

  #recent(key: string, nowMs: number): number[] {
    return (this.#enforced.get(key) ?? []).filter((at) => nowMs - at < windowMs);
  }
}
