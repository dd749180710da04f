const windowMs = 60_000;
const limit = 3;

/** MQTT 5, DISCONNECT: another connection uses this client id. */
const sessionTakenOver = 0x8e;

/**
 * Finds out that another PC uses the same client id: thrown off three times within a minute (contract 1). Thrown off is a close with 0x8E,
 * or another close (3.1.1 has no codes) after which `presence` is of a session that isn't ours; each close counts once.
 */
export class CloneWatch {
  #thrownOff: number[] = [];
  /** The last close may have been a take-over; the presence that is found after it will tell. */
  #isSuspect = false;

  /** A connection ended. True where this client was thrown off once too often. `nowMs` is monotonic. */
  closed(reasonCode: number | null, nowMs: number): boolean {
    this.#isSuspect = reasonCode !== sessionTakenOver;
    return !this.#isSuspect && this.#count(nowMs);
  }

  /** After a connect the presence was another session's. True where this client was thrown off once too often. */
  foreignPresence(nowMs: number): boolean {
    if (!this.#isSuspect) return false;
    this.#isSuspect = false;
    return this.#count(nowMs);
  }

  #count(nowMs: number): boolean {
    this.#thrownOff = [...this.#thrownOff.filter((at) => nowMs - at < windowMs), nowMs];
    if (this.#thrownOff.length < limit) return false;
    this.#thrownOff = [];
    return true;
  }
}
