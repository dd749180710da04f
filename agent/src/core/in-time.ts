import type { Clock } from '@jpd/protocol';

/** Whoever was asked said nothing for too long. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly code = 'no-answer';
}

/** The answer. Rejects with `NoAnswerError` where none comes within `milliseconds`; `who` stands in its message. */
export function inTime<T>(clock: Clock, milliseconds: number, who: string, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(milliseconds, () => {
      reject(new NoAnswerError(`${who} gave no answer within ${milliseconds} ms`));
    });
    answer.then(resolve, reject).finally(() => {
      timer.cancel();
    });
  });
}

/** Resolves when `promise` has settled, well or not, and after `milliseconds` at the latest. Gives whether it was fulfilled in time. */
export function within(clock: Clock, milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return inTime(clock, milliseconds, '', promise).then(
    () => true,
    () => false,
  );
}
