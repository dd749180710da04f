import { readFile } from 'node:fs/promises';
import { processTree } from '../../lab/process-tree.ts';
import { between, figuresOf, type ProcessFigures } from '../agent/process-figures.ts';
import type { Watch } from '../agent/idle.ts';
import type { TrayPc, Variant } from './apps.ts';

/** What an application takes that has nothing to do: all its processes together. */
export interface IdleFigures {
  readonly processes: number;
  /** Proportional set size, bytes: what several processes share counts once. */
  readonly memoryBytes: number;
  readonly cpuMs: number;
  readonly wakeUps: number;
}

/** Between two readings of the memory. */
const readingMs = 5_000;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Of a process; nothing of one that has gone. */
async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => 'Pss: 0 kB');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) * 1024;
}

/** What each process of the tree has used so far. */
async function spentBy(pid: number): Promise<ReadonlyMap<number, ProcessFigures>> {
  const found = await Promise.all(
    processTree(pid).map((one) =>
      figuresOf(one).then(
        (figures) => [[one, figures] as const],
        () => [],
      ),
    ),
  );
  return new Map(found.flat());
}

const nothing: ProcessFigures = { cpuMs: 0, wakeUps: 0, residentBytes: 0 };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What other programs have of the system's libraries counts for them as well, and makes it less; the largest of several readings has least of that. */
async function mostMemory(pid: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let most = 0;
  for (;;) {
    most = Math.max(most, sum(await Promise.all(processTree(pid).map(memoryOf))));
    const left = end - performance.now();
    if (left <= 0) return most;
    await pause(Math.min(left, readingMs));
  }
}

/** Runs an application alone, leaves it to settle, and watches it. */
export async function idleFigures(pc: TrayPc, variant: Variant, { settleMs, ms }: Watch): Promise<IdleFigures> {
  const program = await pc.run(variant);
  try {
    await pause(settleMs);
    const before = await spentBy(program.pid);
    const memoryBytes = await mostMemory(program.pid, ms);
    const after = await spentBy(program.pid);
    // One that came in between did all that it did then.
    const spent = [...after].map(([pid, figures]) => between(before.get(pid) ?? nothing, figures));
    return {
      processes: after.size,
      memoryBytes,
      cpuMs: sum(spent.map(({ cpuMs }) => cpuMs)),
      wakeUps: sum(spent.map(({ wakeUps }) => wakeUps)),
    };
  } finally {
    await program.stop();
  }
}
