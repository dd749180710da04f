import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '@jpd/protocol';
import type { Entropy } from '../../ports/index.ts';

export { createLocalTime } from './local-time.ts';

/** Node makes 1 ms of anything longer: a wait that somebody outside chose would become a busy loop. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's clock. Its timers don't keep the process alive: sockets and devices do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (milliseconds, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (rest: number): void => {
      timer = rest > longestTimeoutMs ? setTimeout(() => wait(rest - longestTimeoutMs), longestTimeoutMs) : setTimeout(callback, rest);
      timer.unref();
    };
    wait(milliseconds);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** The machine's chance and digests. */
export const systemEntropy: Entropy = {
  uuid: () => randomUUID(),
  random: () => Math.random(),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  md5: (bytes) => createHash('md5').update(bytes).digest(),
};
