/** The composition root: everything is built here, by hand, and reads from top to bottom. */
import { join } from 'node:path';
import { type Clock, type HidPort, settingKeys, settingProblem, type OperatorMapping } from '@jpd/protocol';
import type { Configuration } from './adapters/config/index.ts';
import { type ConfigurationProblem, loadConfiguration, loadDefinitions, type Origins, systemRegistry } from './adapters/config/index.ts';
import { systemClientKeys } from './adapters/certificates/index.ts';
import { nodeHidPort, virtualBusPort } from './adapters/hid/index.ts';
import { createHost, createSessionSource, windowsProxy } from './adapters/host/index.ts';
import { createHttpClient } from './adapters/http/index.ts';
import { type AgentLog, createLog } from './adapters/log/index.ts';
import { createMqttLink, type MqttLinkOptions } from './adapters/mqtt/index.ts';
import { createProxyChoice, loadTlsContexts } from './adapters/network/index.ts';
import { openPackageStore } from './adapters/packages/index.ts';
import { systemSecretStore } from './adapters/secrets/index.ts';
import { openSentLog } from './adapters/sent-log/index.ts';
import { acquireInstanceLock, openLevelStore, openMemoryStore, openWaitingRoom } from './adapters/store/index.ts';
import { systemClock, systemEntropy, createLocalTime } from './adapters/system/index.ts';
import { ownNames } from './app/own-names.ts';
import type { DeviceDocument } from './contract/index.ts';
import { Agent } from './core/agent.ts';
import { DeviceInventory } from './core/device-inventory.ts';
import { StandBy } from './core/stand-by/stand-by.ts';
import type { Host, HttpClient, Log, SecretStore, SessionSource } from './ports/index.ts';
import { version } from './version.ts';

export { type Configuration, type ConfigurationProblem, defaultFolders } from './adapters/config/index.ts';
export type { StandBy } from './core/stand-by/stand-by.ts';
export type { Log, SessionSource } from './ports/index.ts';
export { version };

export type Loaded =
  | {
      readonly ok: true;
      readonly configuration: Configuration;
      /** Where each value stands. */
      readonly origins: Origins;
      readonly operatorMappings: readonly OperatorMapping[];
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** Reads the configuration from every source, and the definitions file that it names. */
export async function load(file: string | null): Promise<Loaded> {
  const loaded = await loadConfiguration({
    file,
    environment: process.env,
    registry: systemRegistry(process.platform),
    cwd: process.cwd(),
    platform: process.platform,
  });
  if (!loaded.ok) return loaded;
  const { configuration, origins, notes } = loaded;
  if (configuration.definitionsFile === null) return { ok: true, configuration, origins, operatorMappings: [], notes };
  const definitions = await loadDefinitions(configuration.definitionsFile, { keys: settingKeys, problem: settingProblem });
  return definitions.ok ? { ok: true, configuration, origins, operatorMappings: definitions.mappings, notes } : definitions;
}

/** The HID bus that the configuration names. */
export function openHid(hid: Configuration['hid'], log: Log): HidPort {
  return hid.driver === 'virtual'
    ? virtualBusPort({ socket: hid.socket, log: log.child('hid'), clock: systemClock })
    : nodeHidPort({ log: log.child('hid'), clock: systemClock });
}

export function openHost(): Host {
  return createHost({ platform: process.platform, registry: systemRegistry(process.platform), environment: process.env, clock: systemClock });
}

function openSessionSource(): SessionSource {
  return createSessionSource({ platform: process.platform, registry: systemRegistry(process.platform), environment: process.env });
}

/** How the platform is reached: whoever looks at the way must look at the one that is taken. */
export function linkOptions(log: Log): MqttLinkOptions & { readonly clock: Clock } {
  const registry = systemRegistry(process.platform);
  const systemProxy = (url: string): Promise<string | null> => windowsProxy(registry, url);
  const proxyFor = createProxyChoice({ environment: process.env, systemProxy, log: log.child('network') });
  return { proxyFor, loadTls: loadTlsContexts, log: log.child('mqtt'), clock: systemClock };
}

/** Servers other than the broker: reached and trusted as that is, without the client certificate, which is the broker's business. */
export function openHttp({ tls: { caFile } }: Configuration, log: Log): HttpClient {
  const { proxyFor, clock } = linkOptions(log);
  const trust = async () => {
    const { platform, proxy } = await loadTlsContexts({ caFile, certFile: null, keyFile: null });
    return { server: platform, proxy };
  };
  return createHttpClient({ proxyFor, trust, clock, userAgent: `jabra-agent/${version}` });
}

/** What the client of a state folder logs in with. */
export async function openSecrets(stateDir: string, host: Host, onSecret: (value: string) => void): Promise<SecretStore> {
  return systemSecretStore({ stateDir, machineId: await host.machineId(), platform: process.platform, onSecret });
}

/** The log of a program: files where `folder` is given, and standard error. */
export function openLog(options: {
  readonly folder: string | null;
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly secrets: readonly string[];
}): AgentLog {
  return createLog({ ...options, console: process.stderr, clock: systemClock });
}

/** Where the log of what was sent lies. */
export const sentFolder = (stateDir: string): string => join(stateDir, 'sent');

export interface RunningAgent {
  readonly agent: Agent;
  readonly log: AgentLog;
  /** Ends it within the contract's 5 s. */
  stop(): Promise<void>;
}

export type Start = { readonly ok: true; readonly running: RunningAgent } | { readonly ok: false; readonly heldBy: { readonly pid: number } | null };

export interface StartOptions {
  readonly configuration: Configuration;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly notes: readonly string[];
  /** Names the login session instead of the system. */
  readonly loginSession: string | null;
  /** A user interface asks people before firmware is installed. */
  readonly isAttended?: boolean;
  /** Makes the bundle for support of what the running agent knows; without it the platform can't ask for one. */
  readonly diagnostics?: (devices: () => readonly DeviceDocument[], log: Log) => Promise<Uint8Array>;
}

/** Starts the agent on its state folder; `ok: false` where another one works there. Rejects where the folder cannot be used. */
export async function startAgent(options: StartOptions): Promise<Start> {
  const lock = await acquireInstanceLock(options.configuration.stateDir);
  if (!lock.ok) return lock;
  try {
    return { ok: true, running: await startLocked(options, () => lock.release()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startLocked(
  { configuration, operatorMappings, notes, loginSession, isAttended = false, diagnostics }: StartOptions,
  release: () => Promise<void>,
): Promise<RunningAgent> {
  const { stateDir, logDir, logLevel, enrollmentToken, hid: hidConfiguration } = configuration;
  const log = openLog({ folder: logDir, level: logLevel, secrets: enrollmentToken === null ? [] : [enrollmentToken] });
  for (const note of notes) log.info(note);
  const store = await openLevelStore({
    folder: join(stateDir, 'store'),
    log: (line) => {
      log.warn(line);
    },
  });
  const host = openHost();
  const hid = openHid(hidConfiguration, log);
  const link = createMqttLink(linkOptions(log));
  const sentLog = openSentLog({ folder: sentFolder(stateDir), clock: systemClock, log: log.child('sent') });
  const secrets = await openSecrets(stateDir, host, (value) => {
    log.addSecret(value);
  });
  const http = openHttp(configuration, log);
  const loginSessionId = loginSession ?? (await host.loginSessionId());
  const documents = (): readonly DeviceDocument[] => agent?.documents() ?? [];
  const source = diagnostics && { diagnostics: { bundle: () => diagnostics(documents, log) } };
  let agent: Agent | null = null;
  agent = await Agent.start(
    {
      clock: systemClock,
      entropy: systemEntropy,
      log,
      host,
      store,
      hid,
      link,
      sentLog,
      secrets,
      http,
      packages: openPackageStore({ folder: join(stateDir, 'packages'), http, log: log.child('packages') }),
      keys: systemClientKeys(),
      localTime: createLocalTime(systemClock),
      ...source,
    },
    { ...configuration, clientVersion: version, loginSessionId, operatorMappings, ownNames: ownNames(), attended: isAttended },
  );
  const endLogins = loginSession === null ? followLogins(host, agent, log) : null;
  return {
    agent,
    log,
    stop: async () => {
      endLogins?.();
      await agent.stop();
      await hid.close();
      await release();
      await log.flush();
    },
  };
}

/** Tells the agent of a service who logged in. One that belongs to a session ends with it, and hears the same name each time. */
function followLogins(host: Host, agent: Agent, log: Log): () => void {
  return openSessionSource().onChange(() => {
    host
      .loginSessionId()
      .then((loginSessionId) => agent.loginChanged(loginSessionId))
      .catch((error: unknown) => {
        log.warn('the login session could not be found out', { error });
      });
  });
}

export interface StandByOptions extends StartOptions {
  /** Tells which session is in use, instead of the system. */
  readonly session?: SessionSource;
  /** Each time that a turn of this process begins (with its agent) or ends. */
  readonly onChange: (running: RunningAgent | null) => void;
}

/**
 * Starts the agent whenever it is this process' turn on the state folder: of several users' sessions on one PC the agent of the one in use works, the others
 * wait for it here (contract 1). Resolves after the first look; rejects where the folder cannot be used.
 */
export async function standBy({ session = openSessionSource(), onChange, ...options }: StandByOptions): Promise<StandBy> {
  const { stateDir, logLevel } = options.configuration;
  const waitingRoom = openWaitingRoom(stateDir);
  // The log's files are whose turn it is.
  const log = openLog({ folder: null, level: logLevel, secrets: [] }).child('stand-by');
  let running: RunningAgent | null = null;
  const waiting = new StandBy({
    clock: systemClock,
    log,
    session,
    waitingRoom,
    begin: async () => {
      const start = await startAgent(options);
      if (!start.ok) return null;
      ({ running } = start);
      return { end: () => start.running.stop() };
    },
    onChange: (isWorking) => {
      if (!isWorking) running = null;
      onChange(running);
    },
    onStop: waitingRoom.onChange(() => {
      waiting.lookNow();
    }),
  });
  await waiting.start();
  return waiting;
}

/** What is connected now, without a platform and without touching any state. */
export async function openInventory(
  hidConfiguration: Configuration['hid'],
  operatorMappings: readonly OperatorMapping[],
  log: Log,
): Promise<DeviceInventory> {
  const store = openMemoryStore();
  const hid = openHid(hidConfiguration, log);
  return DeviceInventory.open({ clock: systemClock, entropy: systemEntropy, log, store, hid, operatorMappings });
}
