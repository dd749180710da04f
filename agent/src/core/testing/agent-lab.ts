import { type VirtualDevice, VirtualBus, VirtualClock, virtualDevice } from '@jpd/protocol/virtual';
import { MemoryDisk, openMemoryStore } from '../../adapters/store/index.ts';
import { systemEntropy } from '../../adapters/system/index.ts';
import type { Host, Log, LogFields } from '../../ports/index.ts';
import { Agent, type AgentSettings } from '../agent.ts';
import { ScriptedPlatform } from './scripted-platform.ts';

const host: Host = {
  machineId: async () => 'machine-1',
  loginSessionId: async () => 'login-1',
  userName: async () => 'mads',
  computer: async () => ({
    computerName: 'PC-1',
    osName: 'Windows',
    osVersion: '11',
    ipAddresses: ['192.0.2.7'],
    domain: null,
    manufacturer: null,
    serialNumber: null,
  }),
  location: async () => null,
  onChange: () => () => undefined,
};

/** Collects lines; `error` lines are what a test may want to see none of. */
export class LogBook implements Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = [];
  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }
  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }
  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }
  debug(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'debug', message, fields });
  }
  setLevel(): void {}
  child(): Log {
    return this;
  }
}

const defaults: AgentSettings = {
  organizationId: 'acme',
  enrollmentToken: 'token',
  clientName: null,
  clientVersion: '0.0.0',
  brokerUrl: 'mqtt://127.0.0.1:1883',
  mode: 'personal',
  tls: { caFile: null, certFile: null, keyFile: null },
  reconnect: { minMs: 1000, maxMs: 60_000 },
  loginSessionId: 'login-1',
  operatorMappings: [],
};

/** The agent's whole core between a virtual bus and a scripted platform, on a virtual clock. Restarts keep the disk, the bus and the platform. */
export class AgentLab {
  readonly clock = new VirtualClock();
  readonly bus = new VirtualBus(this.clock);
  readonly platform = new ScriptedPlatform(() => this.clock.now());
  readonly disk = new MemoryDisk();
  readonly log = new LogBook();
  #agent: Agent | null = null;

  get agent(): Agent {
    if (!this.#agent) throw new Error('the agent is not running');
    return this.#agent;
  }

  plug(family: string, serial: string, child?: VirtualDevice): VirtualDevice {
    const device = virtualDevice({ family, serial, ...(child ? { child } : {}) });
    this.bus.plug(device);
    return device;
  }

  /** Starts the agent and lets it work for five seconds. */
  async start(settings: Partial<AgentSettings> = {}): Promise<Agent> {
    const { clock, log, platform } = this;
    const store = openMemoryStore({ disk: this.disk });
    const ports = { clock, entropy: systemEntropy, log, host, store, hid: this.bus.port(), link: platform };
    const agent = await clock.complete(Agent.start(ports, { ...defaults, ...settings }));
    this.#agent = agent;
    await clock.advance(5000);
    return agent;
  }

  async stop(): Promise<void> {
    const { agent } = this;
    this.#agent = null;
    await this.clock.complete(agent.stop());
  }

  /** Kills it as SIGKILL would: nothing is told, nothing more is saved. */
  async restart(settings: Partial<AgentSettings> = {}): Promise<Agent> {
    await this.stop();
    return this.start(settings);
  }
}
