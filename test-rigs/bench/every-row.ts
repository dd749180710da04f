import { type AgentBench, agentRows } from './agent/index.ts';
import { codecRows } from './codec.ts';
import { fleetRows } from './fleet.ts';
import type { Effort } from './measure.ts';
import type { Row } from './rows.ts';
import type { TrayBench } from './tray/index.ts';
import { updateRows } from './update.ts';

export interface BenchOptions {
  readonly effort: Effort;
  /** Virtual devices in one process. */
  readonly devices: number;
  /** Blocks of the firmware that is sent, and how often. */
  readonly blocks: number;
  readonly updates: number;
  readonly agent: AgentBench;
  readonly tray: TrayBench;
}

export const thorough: BenchOptions = {
  effort: { rounds: 3, turnMs: 150, heapOperations: 2000, heapReadings: 7 },
  devices: 10_000,
  blocks: 2000,
  updates: 3,
  agent: { plugs: 60, starts: 7, watch: { settleMs: 75_000, ms: 60_000 }, events: 10_000 },
  tray: { watch: { settleMs: 75_000, ms: 60_000 }, windows: 9 },
};
/** To see that the program works; its numbers mean nothing. */
export const quick: BenchOptions = {
  effort: { rounds: 1, turnMs: 1, heapOperations: 10, heapReadings: 1 },
  devices: 100,
  blocks: 25,
  updates: 1,
  agent: { plugs: 2, starts: 1, watch: { settleMs: 0, ms: 500 }, events: 20 },
  tray: { watch: { settleMs: 1_000, ms: 500 }, windows: 1 },
};

/** Every benchmark of protocol and agent, one after another. */
export async function everyRow({ effort, devices, blocks, updates, agent }: BenchOptions): Promise<readonly Row[]> {
  return [...(await codecRows(effort)), ...(await updateRows(blocks, updates)), ...(await fleetRows(devices)), ...(await agentRows(agent))];
}
