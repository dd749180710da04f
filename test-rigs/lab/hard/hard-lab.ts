import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePayload, PacketType, type SettingKey } from '@jpd/protocol';
import { type Behaviour, VirtualBus, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../../platform/machine-clock.ts';
import { type BusServer, serveBus } from '../../virtual/bus-server.ts';
import { type MosquittoBroker, startMosquitto } from '../brokers/mosquitto-broker.ts';
import { AgentProcess } from './agent-process.ts';
import { RecordingPlatform } from './recording-platform.ts';

/** Notes writes that tell a device what it already holds. */
function redundantWrites(notes: string[]): Behaviour {
  return {
    name: 'redundant writes are noted',
    onPacket: (packet, { state }) => {
      const wire = state.wires.find(({ message }) => message.command === packet.command && message.subcommand === packet.subcommand);
      if (packet.type !== PacketType.write || !wire) return undefined;
      const values = decodePayload(wire.message.write, packet.payload);
      const same = (key: SettingKey): boolean => values[key] === state.settings.get(key);
      if (wire.keys.every(same)) notes.push(`${state.serial}: ${wire.message.name} was written as it was held`);
      return undefined;
    },
  };
}

/** Real agent, real broker, real sockets; the devices live in the test's own process, where every byte can be looked at. */
export interface HardLab {
  readonly bus: VirtualBus;
  readonly socket: string;
  readonly broker: MosquittoBroker;
  readonly platform: RecordingPlatform;
  readonly agent: AgentProcess;
  /** Sentences; empty as it should be. */
  readonly redundant: readonly string[];
  plug(family: string, serial: string): VirtualDevice;
  close(): Promise<void>;
}

export async function startHardLab(environment?: NodeJS.ProcessEnv, enrollmentToken?: string): Promise<HardLab> {
  const folder = await mkdtemp(join(tmpdir(), 'jpd-hard-'));
  const socket = join(folder, 'vhid.sock');
  const bus = new VirtualBus(machineClock);
  const server: BusServer = await serveBus(bus, socket);
  const broker = await startMosquitto();
  const platform = await RecordingPlatform.connect(broker.url);
  const configuration = { brokerUrl: broker.url, socket, folder, ...(enrollmentToken === undefined ? {} : { enrollmentToken }) };
  const agent = await AgentProcess.configure(configuration, environment);
  const redundant: string[] = [];
  return {
    bus,
    socket,
    broker,
    platform,
    agent,
    redundant,
    plug: (family, serial) => {
      const device = virtualDevice({ family, serial, behaviours: [redundantWrites(redundant)] });
      bus.plug(device);
      return device;
    },
    close: async () => {
      await agent.end('SIGKILL');
      await platform.close();
      await broker.stop();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
