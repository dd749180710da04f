/**
 * How long the device has to show what the host wrote to its off-hook LED. The figure is ours; GOnnect, which works with headsets of several makers,
 * ignores the hook for 500 ms after it wrote.
 */
export const hookEchoMs = 1000;

/**
 * Tells a press of the hook switch from the device's answer to the host. Both look alike: the device puts its hook where the host's off-hook LED is
 * (the vendor's guide: an off-hook command causes an acknowledgement), and a press moves it as well.
 *
 * Whether an answer comes can't be known: a press that crosses the host's write decides whether the hook has to move for it. So a move to where the host
 * lately wrote is taken for an answer (else the host would act on it, the device would answer that, and so on without end), and thought over when the
 * time for answers has passed.
 */
export class HookWatch {
  /** What the device showed last. */
  #level = false;
  /** What may still be answered, oldest first. */
  #writes: readonly { readonly offHook: boolean; readonly until: number }[] = [];
  /** The last move since the last write was taken for an answer. */
  #isDoubtful = false;

  /** The host wrote the off-hook LED at `now` (monotonic ms). */
  wrote(offHook: boolean, now: number): void {
    this.#forget(now);
    this.#writes = [...this.#writes, { offHook, until: now + hookEchoMs }];
    this.#isDoubtful = false;
  }

  /** The device showed its hook; true for a press. */
  saw(level: boolean, now: number): boolean {
    this.#forget(now);
    if (level === this.#level) return false;
    this.#level = level;
    const answered = this.#writes.findIndex(({ offHook }) => offHook === level);
    this.#isDoubtful = answered >= 0;
    // Answers come in the order of the writes.
    this.#writes = this.#writes.slice(answered + 1);
    return !this.#isDoubtful;
  }

  /** Once nothing can be answered any more: whether what was taken for an answer was a press, since it left the hook where the host's LED isn't. */
  wasPress(offHook: boolean, now: number): boolean {
    this.#forget(now);
    if (this.#writes.length > 0 || !this.#isDoubtful || this.#level === offHook) return false;
    this.#isDoubtful = false;
    return true;
  }

  #forget(now: number): void {
    this.#writes = this.#writes.filter(({ until }) => until > now);
  }
}
