const withinMs = 60_000;
const tolerated = 3;

/** Whether a page that crashed is worth another try: three within a minute are, and then it is left closed. */
export class Crashes {
  readonly #now: () => number;
  #times: readonly number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  isWorthATry(): boolean {
    const now = this.#now();
    this.#times = [...this.#times.filter((at) => now - at < withinMs), now];
    return this.#times.length <= tolerated;
  }
}
