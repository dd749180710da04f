import { virtualDevice } from '@jpd/protocol/virtual';
import type { Row } from '../rows.ts';
import { startBaseline } from './baseline.ts';
import { drainRow } from './drain.ts';
import { idleRows, type Watch } from './idle.ts';
import { BenchPc } from './pc.ts';
import { percentile } from './percentile.ts';
import { plugRow } from './plug.ts';

export interface AgentBench {
  /** How often a headset is plugged in. */
  readonly plugs: number;
  /** How often agent and baseline are started, in turns. */
  readonly starts: number;
  readonly watch: Watch;
  /** How many events wait for the broker; at most 10,000 may (contract 3). */
  readonly events: number;
}

const pcOf = async <T>(work: (pc: BenchPc) => Promise<T>): Promise<T> => {
  const pc = await BenchPc.start();
  try {
    return await work(pc);
  } finally {
    await pc.stop();
  }
};

/** From the start of the process to its presence at the broker, of a PC that has a policy as every managed one has after its first day. */
function startRow(starts: number): Promise<Row> {
  return pcOf(async (pc) => {
    await pc.startAgent();
    await pc.givePolicy();
    await pc.stopAgent();
    const ours: number[] = [];
    const least: number[] = [];
    for (let round = 0; round < starts; round += 1) {
      const { program, onlineMs } = await startBaseline(pc);
      least.push(onlineMs);
      await program.stop();
      ours.push((await pc.startAgent()).onlineMs);
      await pc.stopAgent();
    }
    const [ms, baselineMs] = [percentile(ours, 0.5), percentile(least, 0.5)];
    return { group: 'agent', name: `start → online, median of ${starts}`, ratio: ms / baselineMs, goal: null, values: { ms, baselineMs } };
  });
}

function idle(what: string, hid: 'virtual' | 'node-hid', watch: Watch, prepare: (pc: BenchPc) => void): Promise<readonly Row[]> {
  return pcOf(async (pc) => {
    prepare(pc);
    const { pid } = await pc.startAgent(hid);
    const { program } = await startBaseline(pc);
    try {
      return await idleRows(pid, program.pid, what, watch);
    } finally {
      await program.stop();
    }
  });
}

/** The real agent as a process of its own, with Mosquitto. Linux only: the kernel's own counters are read. */
export async function agentRows({ plugs, starts, watch, events }: AgentBench): Promise<readonly Row[]> {
  const connected = async (row: (pc: BenchPc) => Promise<Row>): Promise<Row> =>
    pcOf(async (pc) => {
      await pc.startAgent();
      return row(pc);
    });
  return [
    await connected((pc) => plugRow(pc, plugs)),
    ...(await idle('idle, node-hid, no headset', 'node-hid', watch, () => undefined)),
    ...(await idle('idle, a virtual headset', 'virtual', watch, (pc) => {
      pc.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92123456' }));
    })),
    await startRow(starts),
    await connected((pc) => drainRow(pc, events)),
  ];
}
