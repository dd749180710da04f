import type { HidPort } from '@jpd/protocol';
import { type VirtualDevice, VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { MemoryDisk, openMemoryStore } from '../../adapters/store/index.ts';
import { systemEntropy } from '../../adapters/system/index.ts';
import type { Entropy, LocalTimeAt } from '../../ports/index.ts';
import { weekdays } from '../../contract/index.ts';
import { Agent, type AgentSettings } from '../agent.ts';
import { LabHost } from './lab-host.ts';
import { LogBook } from './log-book.ts';
import { MemoryPackages } from './memory-packages.ts';
import { MemorySentLog } from './memory-sent-log.ts';
import { type Life, mortalClock, mortalLog, mortalStore } from './mortal.ts';
import { ScriptedClientApi, ScriptedKeys } from './scripted-client-api.ts';
import { ScriptedPlatform } from './scripted-platform.ts';
import { openMemorySecretStore, SecretMemory } from './secret-memory.ts';

const defaults: AgentSettings = {
  organizationId: 'acme',
  enrollmentToken: 'token',
  clientName: null,
  clientVersion: '0.0.0',
  brokerUrl: 'mqtt://127.0.0.1:1883',
  apiUrl: null,
  mode: 'personal',
  tls: { caFile: null, certFile: null, keyFile: null },
  reconnect: { minMs: 1000, maxMs: 60_000 },
  loginSessionId: 'login-1',
  operatorMappings: [],
  ownNames: { userNames: ['petra.planted'], computerNames: ['PLANTED-PC'] },
};

/** A PC whose clocks are never set. */
const utc: LocalTimeAt = (at) => {
  const days = Math.floor(at / 86_400_000);
  // 1 January 1970 was a Thursday.
  return { weekday: weekdays[(days + 3) % 7] ?? 'mon', minutes: Math.floor(at / 60_000) - days * 1440 };
};

interface Process {
  readonly agent: Agent;
  readonly life: Life;
  readonly hid: HidPort;
}

export interface AgentLabOptions {
  /** Another lab: its platform and time are this one's too. */
  readonly beside?: AgentLab;
  /** What the disk held before. */
  readonly disk?: MemoryDisk;
  readonly entropy?: Entropy;
}

/** The agent's whole core between a virtual bus and a scripted platform, on a virtual clock. Restarts keep the disk, the bus, the host and the platform. */
export class AgentLab {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly platform: ScriptedPlatform;
  readonly disk: MemoryDisk;
  readonly host = new LabHost();
  readonly log = new LogBook();
  readonly sentLog = new MemorySentLog();
  readonly secrets = new SecretMemory();
  /** Asked only where `apiUrl` is set. */
  readonly clientApi: ScriptedClientApi;
  readonly keys: ScriptedKeys;
  /** Package servers, and the packages that were fetched. */
  readonly packages = new MemoryPackages();
  /** What the clock on the wall shows; UTC unless a test sets another. */
  localTime: LocalTimeAt = utc;
  /** How this PC lists what is on the bus; for later starts. */
  listing: (port: HidPort) => HidPort = (port) => port;
  /** How long the disk needs for a transaction. */
  commitMs = 0;
  readonly #entropy: Entropy;
  #settings: AgentSettings = defaults;
  #process: Process | null = null;

  constructor({ beside, disk = new MemoryDisk(), entropy = systemEntropy }: AgentLabOptions = {}) {
    this.clock = beside?.clock ?? new VirtualClock();
    this.bus = new VirtualBus(this.clock);
    this.platform =
      beside?.platform ??
      new ScriptedPlatform(
        () => this.clock.now(),
        () => this.clock.monotonic(),
      );
    this.clientApi = beside?.clientApi ?? new ScriptedClientApi();
    this.keys = beside?.keys ?? new ScriptedKeys();
    this.disk = disk;
    this.#entropy = entropy;
  }

  get agent(): Agent {
    if (!this.#process) throw new Error('the agent is not running');
    return this.#process.agent;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  plug(family: string, serial: string, child?: VirtualDevice): VirtualDevice {
    const device = virtualDevice({ family, serial, ...(child ? { child } : {}) });
    this.bus.plug(device);
    return device;
  }

  /** Starts the agent and lets it work for `workMs`. Settings stay for later starts. */
  async start(settings: Partial<AgentSettings> = {}, workMs = 5000): Promise<Agent> {
    this.#settings = { ...this.#settings, ...settings };
    const life: Life = { isOver: false };
    const clock = mortalClock(this.clock, life);
    const hid = this.listing(this.bus.port());
    const store = mortalStore(openMemoryStore({ disk: this.disk }), this.clock, life, () => this.commitMs);
    const { host, platform } = this;
    const secrets = openMemorySecretStore(this.secrets);
    const ports = {
      clock,
      entropy: this.#entropy,
      log: mortalLog(this.log, life),
      host,
      store,
      secrets,
      keys: this.keys,
      hid,
      link: platform,
      sentLog: this.sentLog,
      http: this.clientApi,
      packages: this.packages,
      localTime: (at: number) => this.localTime(at),
    };
    const agent = await this.clock.complete(Agent.start(ports, this.#settings));
    this.#process = { agent, life, hid };
    await this.clock.advance(workMs);
    return agent;
  }

  /** Ends it as SIGTERM would. */
  async stop(): Promise<void> {
    const { agent, hid } = this.#running();
    this.#process = null;
    await this.clock.complete(agent.stop());
    await hid.close();
  }

  /** Kills it as SIGKILL would: nothing is told, and nothing more is saved. */
  async kill(): Promise<void> {
    const { agent, life, hid } = this.#running();
    this.#process = null;
    life.isOver = true;
    this.platform.cut(agent.clientId, {}, false);
    await hid.close();
  }

  /** Ends it and starts it again. */
  async restart(settings: Partial<AgentSettings> = {}): Promise<Agent> {
    await this.stop();
    return this.start(settings);
  }

  #running(): Process {
    if (!this.#process) throw new Error('the agent is not running');
    return this.#process;
  }
}
