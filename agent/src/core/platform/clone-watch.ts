const windowMs = 60_000;
const limit = 3;

/** Finds out that another PC uses the same client id: thrown off three times within a minute (contract 1). */
export class CloneWatch {
  #thrownOff: number[] = [];

  /** Counts one; true where it was one too many. `nowMs` is monotonic. */
  thrownOff(nowMs: number): boolean {
    this.#thrownOff = [...this.#thrownOff.filter((at) => nowMs - at < windowMs), nowMs];
    if (this.#thrownOff.length < limit) return false;
    this.#thrownOff = [];
    return true;
  }
}
