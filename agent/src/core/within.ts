import type { Clock } from '@jpd/protocol';

/** Resolves when `promise` has settled, well or not, and after `milliseconds` at the latest. Gives whether it was fulfilled in time. */
export function within(clock: Clock, milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(milliseconds, () => {
      resolve(false);
    });
    const settled = (fulfilled: boolean): void => {
      timer.cancel();
      resolve(fulfilled);
    };
    promise.then(
      () => {
        settled(true);
      },
      () => {
        settled(false);
      },
    );
  });
}
