import type { Session } from '../../../session/session.ts';
import type { UpdateHost } from '../../update/index.ts';

/** Waits for time to pass, for devices to come or go, and for the caller to change his mind. */
export class Watch {
  readonly #host: UpdateHost;
  readonly #unsubscribe: () => void;
  /** Something came or went since the last look. */
  #changed = false;
  #wake: (() => void) | null = null;

  constructor(host: UpdateHost) {
    this.#host = host;
    this.#unsubscribe = host.target.onChange(() => {
      this.#changed = true;
      this.#wake?.();
    });
  }

  /** What is there is looked at now: only later changes count. */
  look(): void {
    this.#changed = false;
  }

  end(): void {
    this.#unsubscribe();
  }

  /** Resolves after `milliseconds`, or before: `forChange` where something came or went, `cancellable` where the update is cancelled. */
  pause(milliseconds: number, forChange: boolean, cancellable: boolean): Promise<void> {
    const { clock, signal } = this.#host;
    if (forChange && this.#changed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#wake = null;
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = clock.setTimer(milliseconds, wake);
      if (forChange) this.#wake = wake;
      if (cancellable) signal?.addEventListener('abort', wake);
    });
  }

  /** Whether the session's path failed within `milliseconds`. */
  untilClosed(session: Session, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const unsubscribe = session.onClosed(() => {
        timer.cancel();
        resolve(true);
      });
      const timer = this.#host.clock.setTimer(milliseconds, () => {
        unsubscribe();
        resolve(false);
      });
    });
  }
}
