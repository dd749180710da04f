import type { Row } from '../rows.ts';
import { connectionStatus } from './listener.ts';
import { pacedDevice } from './paced-device.ts';
import type { BenchPc } from './pc.ts';
import { percentile } from './percentile.ts';

/** Of a round trip to a headset over USB, 0.3 to 5 ms are common (facts on peers, hidapi issue 506). */
const answerMs = 5;
/** What the goal allows beside the ratio: the time of one burst of plug events, the disk, the broker. */
const allowanceMs = 20;

/** From plugging a headset in to its document at the broker, against what the headset itself took to answer. */
export async function plugRow(pc: BenchPc, rounds: number): Promise<Row> {
  const headset = pacedDevice('evolve2-75', '70BF92000001', answerMs);
  const latencies: number[] = [];
  const ratios: number[] = [];
  const own: number[] = [];
  let questions = 0;
  const document = (status: string): Promise<number> => pc.listener.next(/\/devices\//, (payload) => connectionStatus(payload) === status);
  for (let round = 0; round < rounds; round += 1) {
    headset.take();
    const connected = document('connected');
    const begun = performance.now();
    pc.bus.plug(headset.device);
    const latency = (await connected) - begun;
    const { exchanges, ms } = headset.take();
    latencies.push(latency);
    ratios.push((latency - allowanceMs) / ms);
    own.push(ms);
    questions = exchanges;
    const gone = document('disconnected');
    pc.bus.unplug(headset.device);
    await gone;
  }
  return {
    group: 'agent',
    name: `plug → document at the broker less ${allowanceMs} ms, against the headset's own exchanges of ${answerMs} ms, p95 of ${rounds}`,
    ratio: percentile(ratios, 0.95),
    goal: 1.3,
    values: { ms: percentile(latencies, 0.95), medianMs: percentile(latencies, 0.5), exchanges: questions, exchangesMs: percentile(own, 0.5) },
  };
}
