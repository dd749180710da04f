import { CancelSource, type CancelSignal, type Clock } from '@jpd/protocol';

export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** One thing that was looked at, for the person who has to repair it. All texts are one line. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do; absent where there is nothing to do. */
  readonly remedy?: string;
}

/** A check without its name. */
export type Judgement = Omit<Check, 'name'>;

export const ok = (message: string): Judgement => ({ status: 'ok', message });
export const skipped = (message: string): Judgement => ({ status: 'skipped', message });
export const warning = (message: string, remedy: string): Judgement => ({ status: 'warning', message, remedy });
export const failed = (message: string, remedy: string): Judgement => ({ status: 'failed', message, remedy });

/** One line of an error, with the code that the system or a library gave it where its text doesn't have it. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return code === null || line.includes(code) ? line : `${line} (${code})`;
}

/** The `code` of an error, whoever made it. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

const late = Symbol('late');

/** `work`, or null once `milliseconds` have passed; the signal is cancelled then. What comes of the work after that is dropped. */
export async function within<T>(
  clock: Clock,
  milliseconds: number,
  work: (signal: CancelSignal) => Promise<T>,
): Promise<{ readonly value: T } | null> {
  const cancel = new CancelSource();
  let stop: () => void = () => undefined;
  const limit = new Promise<typeof late>((resolve) => {
    const timer = clock.setTimer(milliseconds, () => {
      resolve(late);
    });
    stop = () => {
      timer.cancel();
    };
  });
  const done = work(cancel.signal);
  try {
    const value = await Promise.race([done, limit]);
    if (value !== late) return { value };
    cancel.cancel();
    done.catch(() => undefined);
    return null;
  } finally {
    stop();
  }
}
