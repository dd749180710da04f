import type { Row } from '../rows.ts';
import { between, figuresOf } from './process-figures.ts';

/** Linux counts CPU in steps of 10 ms: none at all is as good as one of them. */
const stepMs = 10;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** How long to leave both alone first, and how long to watch them. */
export interface Watch {
  readonly settleMs: number;
  readonly ms: number;
}

/** Agent and baseline side by side for the same seconds: what doing nothing costs. */
export async function idleRows(pid: number, baselinePid: number, what: string, { settleMs, ms }: Watch): Promise<readonly Row[]> {
  await pause(settleMs);
  const before = await Promise.all([figuresOf(pid), figuresOf(baselinePid)]);
  await pause(ms);
  const after = await Promise.all([figuresOf(pid), figuresOf(baselinePid)]);
  const ours = between(before[0], after[0]);
  const least = between(before[1], after[1]);
  const seconds = `${Math.round(ms / 1000)} s`;
  return [
    {
      group: 'agent',
      name: `${what}: wake-ups in ${seconds}`,
      // None at all is as good as one.
      ratio: Math.max(1, ours.wakeUps) / Math.max(1, least.wakeUps),
      goal: 1.2,
      values: { wakeUps: ours.wakeUps, baselineWakeUps: least.wakeUps },
    },
    {
      group: 'agent',
      name: `${what}: CPU in ${seconds}`,
      ratio: Math.max(stepMs, ours.cpuMs) / Math.max(stepMs, least.cpuMs),
      goal: 1.2,
      values: { cpuMs: ours.cpuMs, baselineCpuMs: least.cpuMs },
    },
    {
      group: 'agent',
      name: `${what}: resident memory`,
      ratio: after[0].residentBytes / after[1].residentBytes,
      goal: 1.3,
      values: { megabytes: after[0].residentBytes / 1e6, baselineMegabytes: after[1].residentBytes / 1e6 },
    },
  ];
}
