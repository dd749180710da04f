import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { do_not_optimize as keep, measure } from 'mitata';

/** The engine's own collector, which it hides unless asked. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  if (typeof found !== 'function') throw new Error('this engine does not show its garbage collector');
  return () => {
    found();
  };
})();

/** How long to measure: long enough to be believed, or short enough for a test of the program itself. */
export interface Effort {
  /** Ours and the other are measured in turns, this often. */
  readonly rounds: number;
  /** Milliseconds for each turn. */
  readonly turnMs: number;
  /** Operations between two readings of the heap. */
  readonly heapOperations: number;
  readonly heapReadings: number;
}

export interface Comparison {
  /** Nanoseconds for one operation, the median of the best turn. */
  readonly ns: number;
  /** The same for each of the others. */
  readonly otherNs: readonly number[];
}

async function turn(operation: () => unknown, { turnMs, rounds }: Effort): Promise<number> {
  const { p50 } = await measure(() => keep(operation()), { min_cpu_time: turnMs * 1e6, min_samples: 3, gc: rounds > 1 && collectGarbage });
  return p50;
}

/** Measures an operation and others in turns, so that a machine that is busy for a while is unjust to none of them. */
export async function compare(ours: () => unknown, others: readonly (() => unknown)[], effort: Effort): Promise<Comparison> {
  const best = [ours, ...others].map(() => Infinity);
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const [index, operation] of [ours, ...others].entries()) best[index] = Math.min(best[index] ?? Infinity, await turn(operation, effort));
  }
  const [ns = Infinity, ...otherNs] = best;
  return { ns, otherNs };
}

/** Bytes of heap and array buffers that are in use after everything that is garbage is gone. */
export function bytesInUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Bytes that one operation allocates, what it returns included: the median of several readings, in which nothing was collected. */
export function bytesPerOperation(operation: () => unknown, { heapOperations, heapReadings }: Effort): number {
  const readings: number[] = [];
  const run = (): void => {
    for (let index = 0; index < heapOperations; index += 1) keep(operation());
  };
  run();
  for (let reading = 0; reading < heapReadings; reading += 1) {
    const before = bytesInUse();
    run();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    readings.push((heapUsed + arrayBuffers - before) / heapOperations);
  }
  return Math.round(readings.toSorted((a, b) => a - b)[heapReadings >> 1] ?? 0);
}
