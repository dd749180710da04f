import type { CancelSignal, Clock } from '@jpd/protocol';
import { ConnectError } from './errors.ts';

/** The end of an attempt: the caller's cancellation or the time-out, whichever is first; the signal's reason is a ConnectError. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The attempt is over, one way or the other. */
  release(): void;
}

export function startDeadline(cancel: CancelSignal, clock: Clock, milliseconds: number): Deadline {
  const controller = new AbortController();
  const onCancel = (): void => controller.abort(new ConnectError('network', 'the attempt was cancelled'));
  const timer = clock.setTimer(milliseconds, () => {
    controller.abort(new ConnectError('network', `no connection after ${milliseconds / 1000} s: check that the platform can be reached`));
  });
  if (cancel.aborted) onCancel();
  else cancel.addEventListener('abort', onCancel);
  return {
    signal: controller.signal,
    release() {
      timer.cancel();
      cancel.removeEventListener('abort', onCancel);
    },
  };
}

/**
 * A promise that `start` settles. When it is rejected, or `signal` is aborted first (the reason then rejects it), what `start` returned
 * is called to let go of what was opened.
 */
export function untilAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    let discard: (() => void) | null = null;
    let settled = false;
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        // Not at once: `start` may not have returned yet.
        queueMicrotask(() => discard?.());
        reject(error);
      });
    const onAbort = (): void => fail(signal.reason);
    signal.addEventListener('abort', onAbort);
    discard = start((value) => settle(() => resolve(value)), fail);
  });
}
