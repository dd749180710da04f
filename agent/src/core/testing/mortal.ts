import { type Clock, delay } from '@jpd/protocol';
import type { Log, LogFields, LogLevel, Store } from '../../ports/index.ts';

/** Whether a process still lives, as far as a test can have one. */
export interface Life {
  isOver: boolean;
}

const never = (): Promise<never> => new Promise(() => undefined);

/** The same clock; its timers die with the process. */
export function mortalClock(clock: Clock, life: Life): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimer: (milliseconds, callback) =>
      clock.setTimer(milliseconds, () => {
        if (!life.isOver) callback();
      }),
  };
}

/** The same store on a disk that needs `commitMs()` for each transaction: what was under way when the process died isn't on it. */
export function mortalStore(store: Store, clock: Clock, life: Life, commitMs: () => number): Store {
  let last: Promise<void> = Promise.resolve();
  return {
    damage: store.damage,
    load: (section) => store.load(section),
    commit: (writes) => {
      const taken = async (): Promise<void> => {
        const milliseconds = commitMs();
        if (milliseconds > 0) await delay(clock, milliseconds);
        await (life.isOver ? never() : store.commit(writes));
      };
      const committed = last.then(taken);
      last = committed.catch(() => undefined);
      return committed;
    },
    close: () => store.close(),
  };
}

/** The same log, as long as there is somebody to write into it. */
export function mortalLog(log: Log, life: Life): Log {
  const write = (level: LogLevel, message: string, fields?: LogFields): void => {
    if (!life.isOver) log[level](message, fields);
  };
  const mortal: Log = {
    error: (message, fields) => {
      write('error', message, fields);
    },
    warn: (message, fields) => {
      write('warn', message, fields);
    },
    info: (message, fields) => {
      write('info', message, fields);
    },
    debug: (message, fields) => {
      write('debug', message, fields);
    },
    setLevel: (level) => {
      log.setLevel(level);
    },
    child: () => mortal,
  };
  return mortal;
}
