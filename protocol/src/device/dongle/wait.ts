import { CancelSource } from '../../session/cancel.ts';
import type { CancelSignal, Clock, Timer } from '../../session/clock.ts';
import { DeviceError } from '../../session/errors.ts';

/**
 * Something that must be done in time: its signal ends what is on its way when the time is over or the caller cancels, and `failure` says which of them it was.
 * `close` it in every case.
 */
export class Deadline {
  readonly #cancelled = new CancelSource();
  readonly #timer: Timer;
  readonly #caller: CancelSignal | undefined;
  readonly #what: string;
  readonly #onAbort = (): void => {
    this.#end(new DeviceError('cancelled', `${this.#what} was cancelled`));
  };
  #failure: DeviceError | null = null;

  /** `what` begins the message: "pairing". */
  constructor(clock: Clock, milliseconds: number, what: string, caller: CancelSignal | undefined) {
    this.#what = what;
    this.#caller = caller;
    this.#timer = clock.setTimer(milliseconds, () => {
      this.#end(new DeviceError('timeout', `${what} took longer than ${milliseconds} ms`));
    });
    caller?.addEventListener('abort', this.#onAbort);
    if (caller?.aborted) this.#onAbort();
  }

  get signal(): CancelSignal {
    return this.#cancelled;
  }

  /** Null while there is time. */
  get failure(): DeviceError | null {
    return this.#failure;
  }

  close(): void {
    this.#timer.cancel();
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }

  #end(failure: DeviceError): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.close();
    this.#cancelled.cancel();
  }
}

/** Resolves when it is woken, after `milliseconds`, or when the signal is raised; leaves nothing behind. */
export class Nap {
  readonly #clock: Clock;
  readonly #signal: CancelSignal;
  /** Woken while nobody slept: the next sleep ends at once. */
  #isWoken = false;
  #wakeUp: (() => void) | null = null;

  constructor(clock: Clock, signal: CancelSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  async sleep(milliseconds: number): Promise<void> {
    if (!this.#isWoken && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.setTimer(milliseconds, () => this.#wakeUp?.());
        const wakeUp = (): void => {
          timer.cancel();
          this.#signal.removeEventListener('abort', wakeUp);
          this.#wakeUp = null;
          resolve();
        };
        this.#wakeUp = wakeUp;
        this.#signal.addEventListener('abort', wakeUp);
      });
    }
    this.#isWoken = false;
  }
}

/** Rejects with `cancelled` as soon as the signal is raised; what it waited for goes on. */
export function unlessCancelled<T>(promise: Promise<T>, signal: CancelSignal | undefined, what: string): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      reject(new DeviceError('cancelled', `${what} was cancelled`));
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    const stop = (): void => {
      signal.removeEventListener('abort', cancel);
    };
    promise.then(resolve, reject).then(stop, stop);
  });
}
