import type { Clock, Timer } from '@jpd/protocol';

/** About one look a minute: a connection that died in the sleep is noticed by then, and a battery doesn't notice it. */
const lookMs = 65_000;
/** A busy machine is late by this at most; a sleep that is shorter hurts nobody. */
const slackMs = 15_000;

/**
 * Finds out that the PC slept where nobody tells: no time passes for a process that sleeps, but on the wall it does. On Linux the monotonic clock stands
 * still meanwhile (CLOCK_MONOTONIC), on Windows it goes on and the timer comes late; either way more time passed than the timer was set for.
 * A wall clock that is set forward looks the same, and what is done about a sleep does no harm then. One that is set back is no sleep.
 */
export class WakeWatch {
  readonly #clock: Clock;
  readonly #onWake: () => void;
  #timer: Timer | null = null;

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock;
    this.#onWake = onWake;
  }

  /** From now on; a second call begins anew. */
  start(): void {
    this.stop();
    const wall = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    this.#timer = this.#clock.setTimer(lookMs, () => {
      const passed = Math.max(this.#clock.now() - wall, this.#clock.monotonic() - monotonic);
      this.start();
      if (passed > lookMs + slackMs) this.#onWake();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}
