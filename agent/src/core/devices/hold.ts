import type { Clock, Timer } from '@jpd/protocol';

/** A firmware update has the device: nobody else asks it anything, and its restarts are no news. */
export class Hold {
  readonly #clock: Clock;
  #isHeld = false;
  #timer: Timer | null = null;
  #over: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  begin(): void {
    this.found();
    this.#isHeld = true;
  }

  /** Resolves when the device was `found`; `late` is called where that doesn't happen within `graceMs`. */
  end(graceMs: number, late: () => void): Promise<void> {
    this.#isHeld = false;
    return new Promise((resolve) => {
      this.#over = resolve;
      this.#timer = this.#clock.setTimer(graceMs, () => {
        this.found();
        late();
      });
    });
  }

  /** It is in use again, or nobody waits for it any more. */
  found(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#over?.();
    this.#over = null;
  }
}
