const windowMs = 60_000;
const limit = 5;

/**
 * Counts how often a locked setting had to be put back (contract 4): after five times in a minute somebody else insists on it too, and writing against
 * them would only wear the device. Times are monotonic.
 */
export class LockGuard {
  readonly #enforced = new Map<string, number[]>();
  readonly #contested = new Set<string>();

  /** Put back at the look once a minute only, until a minute was calm. */
  isContested(key: string): boolean {
    return this.#contested.has(key);
  }

  /** The key was put back. */
  enforced(key: string, nowMs: number): void {
    const recent = [...(this.#enforced.get(key) ?? []).filter((at) => nowMs - at < windowMs), nowMs];
    this.#enforced.set(key, recent);
    if (recent.length >= limit) this.#contested.add(key);
  }

  /** The look found the key as it should be: a contest is over if nothing had to be put back for a minute. */
  foundRight(key: string, nowMs: number): void {
    const last = this.#enforced.get(key)?.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - last < windowMs) return;
    this.#contested.delete(key);
    this.#enforced.delete(key);
  }

  /** Another revision, or another connect: everybody begins anew. */
  reset(): void {
    this.#enforced.clear();
    this.#contested.clear();
  }
}
