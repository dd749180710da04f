import { RunningProgram } from '../../lab/processes.ts';
import { projectFile } from '../../lab/project-file.ts';
import type { BenchPc } from './pc.ts';

/** A process of its own: it is run as it was compiled. */
const program = projectFile('test-rigs/dist/bench/agent/baseline-main.js');

/** Starts the least program that holds a connection; resolves when the broker has heard of it. */
export async function startBaseline(pc: BenchPc): Promise<{ readonly program: RunningProgram; readonly onlineMs: number }> {
  const online = pc.listener.next(/\/baseline\/presence$/, () => true);
  const begun = performance.now();
  const running = RunningProgram.start(process.execPath, [program, pc.broker.url]);
  return { program: running, onlineMs: (await online) - begun };
}

/** The time in which the broker passes that many messages on from a client that does nothing else, from the first to the last. */
export async function rawMs(pc: BenchPc, count: number, bytes: number): Promise<number> {
  let first = 0;
  let last = 0;
  let heard = 0;
  const done = new Promise<void>((resolve) => {
    const end = pc.listener.onMessage((topic, _, at) => {
      if (!topic.endsWith('/baseline/events')) return;
      if (heard === 0) first = at;
      heard += 1;
      last = at;
      if (heard < count) return;
      end();
      resolve();
    });
  });
  const { code, err } = await RunningProgram.start(process.execPath, [program, pc.broker.url, '--publish', String(count), String(bytes)]).ended;
  if (code !== 0) throw new Error(`the baseline ended with ${code}: ${err}`);
  await done;
  return last - first;
}
