/** Nothing that a scenario waits for takes longer on a busy machine; what a contract bounds is given its own time. */
const defaultMs = 20_000;
const lookAgainMs = 25;

/** What was waited for did not come about in time. */
export class WaitError extends Error {
  override readonly name = 'WaitError';
}

type Found<T> = T | null | undefined | false;

const isFound = <T>(value: Found<T>): value is T => value !== null && value !== undefined && value !== false;

/** Something that tells of its changes; who waits for one is woken by it and by nothing else. */
export class Observed {
  readonly #waiting = new Set<() => void>();

  changed(): void {
    for (const look of this.#waiting) look();
  }

  /**
   * Resolves with what `look` finds, now or after a change. Rejects with `WaitError` when it was not found within `ms`; `seen` tells what was
   * there instead.
   */
  until<T>(what: string, look: () => Found<T>, { ms = defaultMs, seen = () => '' }: { ms?: number; seen?: () => string } = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(attempt);
        reject(new WaitError(`${what}: not within ${ms} ms. ${seen()}`));
      }, ms);
      const attempt = (): void => {
        const found = look();
        if (!isFound(found)) return;
        clearTimeout(timer);
        this.#waiting.delete(attempt);
        resolve(found);
      };
      this.#waiting.add(attempt);
      attempt();
    });
  }
}

/** Asks something that doesn't tell of its changes (a file, another program) again and again. Rejects with `WaitError`. */
export async function eventually<T>(what: string, ask: () => Found<T> | Promise<Found<T>>, ms = defaultMs): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await ask();
    if (isFound(found)) return found;
    if (performance.now() >= end) throw new WaitError(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, lookAgainMs);
    });
  }
}
