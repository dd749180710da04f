import type { CancelSignal, Clock } from '@jpd/protocol';
import { HttpError } from '../../ports/index.ts';

/** Ends a request: the caller's cancellation, or a limit of time. The reason of `signal` is an HttpError. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #cancel: CancelSignal;
  readonly #clock: Clock;
  readonly #onCancel = (): void => {
    this.end(new HttpError('cancelled', 'the request was cancelled'));
  };

  constructor(cancel: CancelSignal, clock: Clock) {
    this.#cancel = cancel;
    this.#clock = clock;
    if (cancel.aborted) this.#onCancel();
    else cancel.addEventListener('abort', this.#onCancel);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of everything that was opened. */
  end(reason: HttpError): void {
    this.release();
    this.#controller.abort(reason);
  }

  /** Nobody has to be told any more. */
  release(): void {
    this.#cancel.removeEventListener('abort', this.#onCancel);
  }

  /** `work`, which ends with all the rest when it takes longer. Rejects with the reason of the end, where there was one. */
  async limit<T>(milliseconds: number, message: string, work: () => Promise<T>): Promise<T> {
    const timer = this.#clock.setTimer(milliseconds, () => {
      this.end(new HttpError('timeout', message));
    });
    const { signal } = this;
    let onAbort = (): void => undefined;
    // Not every work ends by itself when it is called off.
    const ended = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        reject(signal.reason);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort);
    });
    try {
      return await Promise.race([work(), ended]);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      timer.cancel();
    }
  }
}
