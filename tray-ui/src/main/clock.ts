/** Time, so that tests need not wait for it. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Runs once, after `ms` milliseconds. Returns what calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
