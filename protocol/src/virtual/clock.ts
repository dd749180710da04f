import type { Clock, Timer } from '../session/clock.ts';

interface Waiting {
  readonly due: number;
  readonly callback: () => void;
}

/** Turns of the microtask queue that are given to promise chains after every timer. A chain needs about three for each `await` in it. */
const microtaskTurns = 250;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < microtaskTurns; turn += 1) await Promise.resolve();
};

/**
 * A clock that stands still until it is advanced. Timers run in the order in which they are due, those due together in the order in which they were set,
 * and promise chains settle in between. What waits for real input (sockets, files) is not its business.
 */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Waiting>();
  #monotonic = 0;
  #epoch: number;

  /** `now`: what the wall clock shows at the start, milliseconds since the Unix epoch. */
  constructor(now: number = Date.UTC(2026, 0, 5, 9)) {
    this.#epoch = now;
  }

  now(): number {
    return this.#epoch + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(milliseconds: number, callback: () => void): Timer {
    const timer: Waiting = { due: this.#monotonic + Math.max(0, milliseconds), callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** How many timers are running. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets promise chains settle without moving time. */
  settle(): Promise<void> {
    return settle();
  }

  /** Moves time on by `milliseconds` and runs what is due in it. */
  async advance(milliseconds: number): Promise<void> {
    const target = this.#monotonic + milliseconds;
    await settle();
    for (let timer = this.#next(target); timer; timer = this.#next(target)) await this.#run(timer);
    this.#monotonic = target;
    await settle();
  }

  /**
   * Moves time on from timer to timer until `promise` is settled, and gives what it gives.
   * Rejects with `RangeError` where that takes longer than `limitMs`, or where nothing is left that could settle it.
   */
  async complete<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    const state = { settled: false };
    const mark = (): void => {
      state.settled = true;
    };
    promise.then(mark, mark);
    const limit = this.#monotonic + limitMs;
    await settle();
    while (!state.settled) {
      const timer = this.#next(limit);
      if (!timer) throw new RangeError(`not settled within ${limitMs} ms of virtual time; ${this.#timers.size} timers are left`);
      await this.#run(timer);
    }
    return promise;
  }

  /** The wall clock jumps, as it does when it is set or a laptop wakes up; timers don't. */
  jumpWallClock(milliseconds: number): void {
    this.#epoch += milliseconds;
  }

  #next(until: number): Waiting | null {
    let next: Waiting | null = null;
    for (const timer of this.#timers) if (timer.due <= until && (next === null || timer.due < next.due)) next = timer;
    return next;
  }

  async #run(timer: Waiting): Promise<void> {
    this.#timers.delete(timer);
    this.#monotonic = Math.max(this.#monotonic, timer.due);
    timer.callback();
    await settle();
  }
}
