import { readdir, readFile } from 'node:fs/promises';

/** What the kernel counts of a process and all its threads. */
export interface ProcessFigures {
  /** CPU time of user and system, milliseconds. */
  readonly cpuMs: number;
  /** How often one of its threads gave the CPU up of its own accord: each time something had woken it. */
  readonly wakeUps: number;
  /** Resident memory, bytes. */
  readonly residentBytes: number;
}

/** Linux: USER_HZ, which is 100 on every architecture that Node runs on. */
const tickMs = 10;

const field = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);

/** Reads them from /proc (proc(5)). Rejects where the process is gone. */
export async function figuresOf(pid: number): Promise<ProcessFigures> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; fields are counted behind it, the state being the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const threads = await readdir(`/proc/${pid}/task`);
  const statuses = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '')));
  const wakeUps = statuses.reduce((sum, status) => sum + (status === '' ? 0 : field(status, 'voluntary_ctxt_switches')), 0);
  const residentBytes = field(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') * 1024;
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, wakeUps, residentBytes };
}

/** What a process did in between. */
export const between = (before: ProcessFigures, after: ProcessFigures): Pick<ProcessFigures, 'cpuMs' | 'wakeUps'> => ({
  cpuMs: after.cpuMs - before.cpuMs,
  wakeUps: after.wakeUps - before.wakeUps,
});
