import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, topicOf } from '@jpd/agent/contract';
import { VirtualBus } from '@jpd/protocol/virtual';
import { type MosquittoBroker, startMosquitto } from '../../lab/brokers/mosquitto-broker.ts';
import { policyBody } from '../../lab/hard/bodies.ts';
import { RunningProgram } from '../../lab/processes.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { serveBus } from '../../virtual/bus-server.ts';
import { Listener } from './listener.ts';

const clientName = 'bench';

/** Acknowledges every event, as a platform does: one that isn't is sent again, which is work. The result ends it. */
function acknowledgeEvents(listener: Listener): () => void {
  return listener.onMessage((topic, { id }) => {
    if (!topic.endsWith('/events') || typeof id !== 'string') return;
    listener.client.publish(topic.replace(/events$/, 'acks'), encode('acks', { ids: [id] }, Date.now()), { qos: 1 });
  });
}

/** A PC with the real agent, a Mosquitto of its own with someone who acknowledges events, and a virtual bus in this process, so that devices can be plugged and timed without another socket. */
export class BenchPc {
  readonly broker: MosquittoBroker;
  readonly listener: Listener;
  readonly bus: VirtualBus;
  /** From now on events stay unacknowledged. */
  readonly stopAcknowledging: () => void;
  readonly #folder: string;
  readonly #closeBus: () => Promise<void>;
  #agent: RunningProgram | null = null;

  private constructor(folder: string, broker: MosquittoBroker, listener: Listener, bus: VirtualBus, closeBus: () => Promise<void>) {
    this.#folder = folder;
    this.broker = broker;
    this.listener = listener;
    this.stopAcknowledging = acknowledgeEvents(listener);
    this.bus = bus;
    this.#closeBus = closeBus;
  }

  static async start(): Promise<BenchPc> {
    const folder = await mkdtemp(join(tmpdir(), 'jb-'));
    const broker = await startMosquitto({ extra: ['max_queued_messages 0'] });
    const bus = new VirtualBus(machineClock);
    const server = await serveBus(bus, join(folder, 'bus.sock'));
    return new BenchPc(folder, broker, await Listener.connect(broker.url), bus, () => server.close());
  }

  /** Writes the agent's configuration, and gives its file. `hid`: its own bus, or the machine's through node-hid. */
  async writeConfiguration(hid: 'virtual' | 'node-hid'): Promise<string> {
    const configuration = {
      organizationId: 'acme',
      enrollmentToken: 'bench-token',
      clientName,
      brokerUrl: this.broker.url,
      stateDir: join(this.#folder, 'state'),
      reconnect: { minMs: 50, maxMs: 200 },
      hid: hid === 'virtual' ? { driver: hid, socket: join(this.#folder, 'bus.sock') } : { driver: hid },
    };
    const file = join(this.#folder, 'agent.json');
    await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
    return file;
  }

  /** Starts the agent on a fresh state, or on the one that it left. */
  async startAgent(hid: 'virtual' | 'node-hid' = 'virtual'): Promise<{ readonly pid: number; readonly onlineMs: number }> {
    const file = await this.writeConfiguration(hid);
    const online = this.listener.next(/\/presence$/, ({ state }) => state === 'online');
    const begun = performance.now();
    this.#agent = RunningProgram.ours('jabra-agent', ['run', '--config', file, '--login-session', 'bench']);
    const at = await online;
    return { pid: this.#agent.pid, onlineMs: at - begun };
  }

  /** Retains a policy for the agent that was started last: without one it waits two seconds for its first (contract 2) each time it starts. */
  async givePolicy(): Promise<void> {
    const { clientId } = this.listener;
    if (clientId === null) throw new Error('no agent was heard yet');
    const policy = encode('policy', policyBody(1, 'next-login'), Date.now());
    await this.listener.client.publishAsync(topicOf('acme', clientId, 'policy'), policy, { qos: 1, retain: true });
  }

  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = null;
  }

  async stop(): Promise<void> {
    await this.stopAgent();
    await this.listener.close();
    await this.#closeBus();
    await this.bus.close();
    await this.broker.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
