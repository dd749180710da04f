/**
 * How long the device has to show what the host wrote to its off-hook LED. The figure is ours; GOnnect, which works with headsets of several makers,
 * ignores the hook for 500 ms after it wrote.
 */
export const hookEchoMs = 1000;

/**
 * Tells a press of the hook switch from the device's answer to the host. Both look alike: the device puts its hook where the host's off-hook LED is
 * (the vendor's guide: an off-hook command causes an acknowledgement), and a press moves it as well.
 *
 * INVARIANT: answers come in the order of the writes, and each is a change of the hook, so as many changes as writes that ask for one are answers.
 */
export class HookWatch {
  /** What the device showed last. */
  #level = false;
  /** Until when each answer that is due may come. */
  #due: number[] = [];
  /** Of the last change since an answer was due. */
  #lastWasAnswer = false;

  /** The host wrote the off-hook LED at `now` (monotonic ms). */
  wrote(offHook: boolean, now: number): void {
    this.#forget(now);
    if (this.#due.length === 0) this.#lastWasAnswer = false;
    const shown = this.#due.length % 2 === 0 ? this.#level : !this.#level;
    if (shown !== offHook) this.#due.push(now + hookEchoMs);
  }

  /** The device showed its hook; true for a press. */
  saw(level: boolean, now: number): boolean {
    this.#forget(now);
    if (level === this.#level) return false;
    this.#level = level;
    this.#lastWasAnswer = this.#due.shift() !== undefined;
    return !this.#lastWasAnswer;
  }

  /**
   * Once no answer is due any more: whether the last change was taken for an answer and yet isn't where the host's LED is. It was a press then, and
   * the device didn't answer every write.
   */
  wasPress(offHook: boolean, now: number): boolean {
    this.#forget(now);
    if (this.#due.length > 0 || !this.#lastWasAnswer || this.#level === offHook) return false;
    this.#lastWasAnswer = false;
    return true;
  }

  #forget(now: number): void {
    this.#due = this.#due.filter((until) => until > now);
  }
}
