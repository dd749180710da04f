/** A running timer. Cancelling one that has fired, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, handed in so that nothing in this library or the agent's core waits on the real one.
 * In programs it is the machine's clock, in tests a virtual one.
 */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. It may jump. */
  now(): number;
  /** Milliseconds since an arbitrary start; it never jumps and never goes back. */
  monotonic(): number;
  /** Calls back once after `milliseconds`; a running timer doesn't keep a process alive by itself. */
  setTimer(milliseconds: number, callback: () => void): Timer;
}

/** The part of the platform's AbortSignal that is needed to be told of a cancellation. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Resolves after `milliseconds` of `clock`. */
export function delay(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(milliseconds, resolve);
  });
}
