import { spawnSync } from 'node:child_process';
import { fetchElectron } from '../../lab/electron/electron-runtime.ts';
import { findProgram } from '../../lab/find-program.ts';
import { projectFile } from '../../lab/project-file.ts';
import type { Watch } from '../agent/idle.ts';
import { percentile } from '../agent/percentile.ts';
import type { Row } from '../rows.ts';
import { TrayPc } from './apps.ts';
import { type IdleFigures, idleFigures } from './idle.ts';
import { type WindowTimes, windowTimes } from './window.ts';

export interface TrayBench {
  readonly watch: Watch;
  /** How often a window is opened. */
  readonly windows: number;
}

/** Linux counts CPU in steps of 10 ms: none at all is as good as one of them. */
const stepMs = 10;
const megabytes = ({ memoryBytes }: IdleFigures): number => memoryBytes / 1e6;

function idleRows(ours: IdleFigures, inProcess: IdleFigures, least: IdleFigures, { ms }: Watch): readonly Row[] {
  const seconds = `${Math.round(ms / 1000)} s`;
  const row = (name: string, ratio: number, goal: number | null, values: Row['values']): Row => ({ group: 'tray', name, ratio, goal, values });
  return [
    row('idle, no window: memory of all processes', ours.memoryBytes / least.memoryBytes, 1.25, {
      megabytes: megabytes(ours),
      baselineMegabytes: megabytes(least),
      processes: ours.processes,
      baselineProcesses: least.processes,
    }),
    row('the same with the agent in the main process', inProcess.memoryBytes / least.memoryBytes, null, {
      megabytes: megabytes(inProcess),
      baselineMegabytes: megabytes(least),
      processes: inProcess.processes,
      baselineProcesses: least.processes,
    }),
    row(`idle, no window: CPU in ${seconds}`, Math.max(stepMs, ours.cpuMs) / Math.max(stepMs, least.cpuMs), null, {
      cpuMs: ours.cpuMs,
      baselineCpuMs: least.cpuMs,
    }),
    row(`idle, no window: wake-ups in ${seconds}`, Math.max(1, ours.wakeUps) / Math.max(1, least.wakeUps), null, {
      wakeUps: ours.wakeUps,
      baselineWakeUps: least.wakeUps,
    }),
  ];
}

function windowRows(ours: readonly WindowTimes[], least: readonly WindowTimes[]): readonly Row[] {
  return (['paintedMs', 'interactiveMs'] as const).map((name) => {
    const ms = percentile(
      ours.map((times) => times[name]),
      0.5,
    );
    const baselineMs = percentile(
      least.map((times) => times[name]),
      0.5,
    );
    const what = name === 'paintedMs' ? 'its first paint' : 'being interactive';
    return {
      group: 'tray',
      name: `window, from the wish to ${what}, median of ${ours.length}`,
      ratio: ms / baselineMs,
      goal: null,
      values: { ms, baselineMs },
    };
  });
}

/** Why the tray app can't be measured here; undefined where it can. */
export function trayIsMissing(): string | undefined {
  return fetchElectron() ?? (findProgram('Xvfb') === undefined ? 'apt-get install xvfb' : undefined);
}

/** The tray app as it is built, in Electron on a screen of its own, against an empty one. Linux only: the kernel's own counters are read. */
export async function trayRows({ watch, windows }: TrayBench): Promise<readonly Row[]> {
  const built = spawnSync(process.execPath, [projectFile('tray-ui/tools/build.mjs')], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the tray app could not be built: ${built.stderr}`);
  const pc = await TrayPc.start();
  try {
    const least = await idleFigures(pc, 'baseline', watch);
    const ours = await idleFigures(pc, 'ours', watch);
    const inProcess = await idleFigures(pc, 'in-process', watch);
    const leastTimes = await windowTimes(await pc.command('baseline'), windows);
    const times = await windowTimes(await pc.command('ours'), windows);
    return [...idleRows(ours, inProcess, least, watch), ...windowRows(times, leastTimes)];
  } finally {
    await pc.stop();
  }
}
