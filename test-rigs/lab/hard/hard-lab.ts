import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePayload, PacketType, type SettingKey, type SettingsWire, type SettingValue } from '@jpd/protocol';
import { type Behaviour, VirtualBus, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../../platform/machine-clock.ts';
import { type BusServer, serveBus } from '../../virtual/bus-server.ts';
import { type MosquittoBroker, startMosquitto } from '../brokers/mosquitto-broker.ts';
import { AgentProcess } from './agent-process.ts';
import { RecordingPlatform } from './recording-platform.ts';

interface WriteNotes {
  /** Sentences: writes of what the device held, and had told that it held when it was last asked. */
  readonly redundant: string[];
  /** Sentences: writes of what the device came to hold by itself after it was last asked. Nobody could know, however soon after the answer they wrote. */
  readonly overtaken: string[];
}

/** Notes writes that tell a device what it already holds. */
function watchWrites({ redundant, overtaken }: WriteNotes): Behaviour {
  const told = new Map<SettingsWire, ReadonlyMap<SettingKey, SettingValue>>();
  return {
    name: 'writes of held values are noted',
    onPacket: (packet, { state }) => {
      const wire = state.wires.find(({ message }) => message.command === packet.command && message.subcommand === packet.subcommand);
      if (!wire) return undefined;
      if (packet.type === PacketType.read) told.set(wire, new Map(state.settings));
      if (packet.type !== PacketType.write) return undefined;
      const values = decodePayload(wire.message.write, packet.payload);
      if (wire.keys.some((key) => values[key] !== state.settings.get(key))) return undefined;
      const answer = told.get(wire);
      const wasTold = answer !== undefined && wire.keys.every((key) => answer.get(key) === state.settings.get(key));
      const notes = wasTold || answer === undefined ? redundant : overtaken;
      notes.push(`${state.serial}: ${wire.message.name} was written as it was held`);
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
  readonly writes: Readonly<WriteNotes>;
  plug(family: string, serial: string): VirtualDevice;
  close(): Promise<void>;
}

export async function startHardLab(environment?: NodeJS.ProcessEnv, enrollmentToken?: string): Promise<HardLab> {
  const folder = await mkdtemp(join(tmpdir(), 'jpd-hard-'));
  const socket = join(folder, 'vhid.sock');
  const bus = new VirtualBus(machineClock);
  const server: BusServer = await serveBus(bus, socket);
  // By default Mosquitto drops what goes beyond 1,000 for a client that is busy, and with it what the scenario waits for.
  const broker = await startMosquitto({ extra: ['max_queued_messages 0'] });
  const platform = await RecordingPlatform.connect(broker.url);
  const configuration = { brokerUrl: broker.url, socket, folder, ...(enrollmentToken === undefined ? {} : { enrollmentToken }) };
  const agent = await AgentProcess.configure(configuration, environment);
  const writes: WriteNotes = { redundant: [], overtaken: [] };
  return {
    bus,
    socket,
    broker,
    platform,
    agent,
    writes,
    plug: (family, serial) => {
      const device = virtualDevice({ family, serial, behaviours: [watchWrites(writes)] });
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
