import { virtualDevice } from '@jpd/protocol/virtual';
import type { Row } from '../rows.ts';
import { rawMs } from './baseline.ts';
import { connectionStatus } from './listener.ts';
import type { BenchPc } from './pc.ts';

const devicesAtOnce = 50;
/** How many events the platform acknowledges together; an ack may name up to 500 (contract 4). */
const ackEvery = 50;

/** Resolves when every device was told of in that state. */
function told(pc: BenchPc, count: number, status: string): Promise<void> {
  const seen = new Set<string>();
  return new Promise((resolve) => {
    const end = pc.listener.onMessage((topic, payload) => {
      if (!topic.includes('/devices/') || connectionStatus(payload) !== status) return;
      seen.add(topic);
      if (seen.size < count) return;
      end();
      resolve();
    });
  });
}

/** Plugs devices in and out until that many events wait, which nobody acknowledges. */
async function fill(pc: BenchPc, events: number): Promise<void> {
  const devices = Array.from({ length: Math.min(devicesAtOnce, events / 2) }, (_, index) =>
    virtualDevice({ family: 'evolve2-75', serial: `70BF93${index.toString(16).toUpperCase().padStart(6, '0')}` }),
  );
  for (let made = 0; made < events; made += devices.length * 2) {
    for (const status of ['connected', 'disconnected']) {
      const all = told(pc, devices.length, status);
      for (const device of devices) {
        if (status === 'connected') pc.bus.plug(device);
        else pc.bus.unplug(device);
      }
      await all;
    }
  }
}

interface Drained {
  readonly ms: number;
  readonly count: number;
  /** Of one event, on average. */
  readonly bytes: number;
}

/** Acknowledges what comes, until nothing is left of `events`; from the first message to the last. */
function drain(pc: BenchPc, events: number): Promise<Drained> {
  const ids = new Set<string>();
  let waiting: string[] = [];
  let first = 0;
  let bytes = 0;
  return new Promise((resolve) => {
    const end = pc.listener.onMessage((topic, payload, at) => {
      const { id } = payload;
      if (!topic.endsWith('/events') || typeof id !== 'string' || ids.has(id)) return;
      if (ids.size === 0) first = at;
      ids.add(id);
      waiting.push(id);
      bytes += JSON.stringify(payload).length;
      if (waiting.length < ackEvery && ids.size < events) return;
      const ack = { schema: 'ack/1', sentAt: new Date().toISOString(), ids: waiting };
      waiting = [];
      pc.listener.client.publish(topic.replace(/events$/, 'acks'), JSON.stringify(ack), { qos: 1 });
      if (ids.size < events) return;
      end();
      resolve({ ms: at - first, count: ids.size, bytes: Math.round(bytes / ids.size) });
    });
  });
}

/** Events that waited over an outage, against how long the same broker takes for as many messages of the same size from a client that does nothing else. */
export async function drainRow(pc: BenchPc, events: number): Promise<Row> {
  pc.stopAcknowledging();
  await fill(pc, events);
  await pc.broker.interrupt();
  const draining = drain(pc, events);
  await pc.broker.resume();
  const { ms, count, bytes } = await draining;
  const raw = await rawMs(pc, count, bytes);
  return {
    group: 'agent',
    name: `${count} events that waited for the broker, against the broker's own rate`,
    ratio: ms / raw,
    goal: null,
    values: { ms, baselineMs: raw, perSecond: (count / ms) * 1000, baselinePerSecond: (count / raw) * 1000 },
  };
}
