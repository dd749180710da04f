import type { Clock, Timer } from '@jpd/protocol';

/** A system that announced its sleep sleeps within this, or doesn't. */
const stillAwakeMs = 60_000;

export interface RestContext {
  readonly clock: Clock;
  /** Tells the platform that this PC sleeps, and ends the connection. */
  readonly leave: () => Promise<void>;
  /** Connects anew. */
  readonly comeBack: () => void;
  /** It slept and nobody had said so: what is connected may be dead. */
  readonly lookAfter: () => void;
}

/** What the agent does about the sleep of its PC. */
export class Rest {
  readonly #context: RestContext;
  #leaving: Promise<void> | null = null;
  #timer: Timer | null = null;
  #stopped = false;

  constructor(context: RestContext) {
    this.#context = context;
  }

  /** Whether the platform was told that this PC sleeps. */
  get isResting(): boolean {
    return this.#leaving !== null;
  }

  /** The PC is about to sleep. Resolves when the platform knows. Should it not sleep after all, the agent is back in a minute. */
  suspending(): Promise<void> {
    this.#leaving ??= this.#stopped ? Promise.resolve() : this.#leave();
    return this.#leaving;
  }

  /** The PC is awake, as somebody said or as the clocks tell. */
  resumed(): void {
    const leaving = this.#leaving;
    if (this.#stopped) return;
    if (!leaving) {
      this.#context.lookAfter();
      return;
    }
    this.#timer?.cancel();
    this.#timer = null;
    // Both may be told in one breath: first it goes, then it comes.
    void leaving.then(() => {
      if (this.#leaving !== leaving || this.#stopped) return;
      this.#leaving = null;
      this.#context.comeBack();
    });
  }

  /** Nothing comes of it any more. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #leave(): Promise<void> {
    this.#timer = this.#context.clock.setTimer(stillAwakeMs, () => {
      this.resumed();
    });
    return this.#context.leave();
  }
}
