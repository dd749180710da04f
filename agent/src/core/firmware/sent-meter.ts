import type { UpdatePhase, UpdateProgress } from '@jpd/protocol';

/** Bytes that a device acknowledged, and since when at which count, so that a rate can be worked out. Times are Unix milliseconds. */
export interface SentBytes {
  readonly done: number;
  readonly total: number;
  readonly since: number;
  readonly doneThen: number;
}

/** More often than once a second nobody sees it. */
const tellEveryMs = 1000;

/**
 * Counts what a device acknowledges. What was there before the first acknowledgement (a resumed transfer), and the time before it (erasing), are no part of
 * the rate; where a transfer begins again, or the device was away, so does the counting.
 */
export class SentMeter {
  #sent: SentBytes | null = null;
  #toldAt: number | null = null;

  /** Null before the first byte was acknowledged, and where there is nothing to send. */
  get sent(): SentBytes | null {
    return this.#sent;
  }

  /** Takes what the update says. `now`: Unix milliseconds. Says whether it is time to tell it. */
  take(phase: UpdatePhase, { done, total }: Pick<UpdateProgress, 'done' | 'total'>, now: number): boolean {
    if (phase === 'checking' || done <= 0 || total <= 0) return false;
    const before = this.#sent;
    if (before?.done === done && before.total === total) return false;
    const goesOn = before !== null && before.total === total && done > before.done;
    this.#sent = goesOn ? { ...before, done } : { done, total, since: now, doneThen: done };
    const isDue = !goesOn || done === total || this.#toldAt === null || now < this.#toldAt || now - this.#toldAt >= tellEveryMs;
    if (isDue) this.#toldAt = now;
    return isDue;
  }

  /** The device was away: the time that took is no rate of anything. */
  interrupted(): void {
    this.#sent = null;
  }
}
