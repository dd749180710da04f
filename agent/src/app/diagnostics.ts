/** Composes what puts a bundle for support together. */
import { release } from 'node:os';
import { join, resolve } from 'node:path';
import { type HidPathInfo, jabraVendorId } from '@jpd/protocol';
import { assertNew, installedVersions, listFolder, readLogs, writeZip, zipOf } from '../adapters/files/index.ts';
import { examineInstanceLock, examineState } from '../adapters/store/index.ts';
import { systemClock } from '../adapters/system/index.ts';
import { type Configuration, type ConfigurationProblem, defaultFolders, type Loaded, openHid, openHost, openInventory, version } from '../app.ts';
import type { DeviceDocument } from '../contract/index.ts';
import { bundleFiles, type BundleParts } from '../core/diagnostics/bundle.ts';
import { describeError, within } from '../core/diagnostics/check.ts';
import { configurationRows } from '../core/diagnostics/configuration-rows.ts';
import { summariseState } from '../core/diagnostics/state-summary.ts';
import type { Json, Log } from '../ports/index.ts';
import { examineInstallation, type Usable } from './doctor.ts';
import { sensitiveValues } from './sensitive-values.ts';

export { FilesError as OutputError, type FilesErrorCode as OutputErrorCode } from '../adapters/files/index.ts';

export interface DiagnosticsRequest {
  readonly out: string;
  /** Replace a file that exists. */
  readonly replace: boolean;
}

/** What whoever wants a bundle knows, or doesn't want to have asked. */
export interface KnownHere {
  /** From the agent of this process; or ask the devices for themselves; or leave them alone, since somebody else may be at work with them. */
  readonly devices: (() => readonly DeviceDocument[]) | 'ask' | 'leave';
  /** A folder with logs of the program that this process works for, null where there is none. */
  readonly moreLogs: string | null;
}

/** Each part of the bundle that waits for something. */
const partMs = 20_000;

/** Variables that change how the agent connects or where it looks. */
const variables = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'SSL_CERT_FILE', 'XDG_STATE_HOME'];
const isOurs = (name: string): boolean => name.toUpperCase().startsWith('JABRA_AGENT_');

/** JSON as it would be read again: what cannot be written is left out. */
function plain(value: unknown): Json {
  const parsed: Json = JSON.parse(JSON.stringify(value ?? null));
  return parsed;
}

function environment(): Json {
  const set = Object.entries(process.env).filter(([name, value]) => value !== undefined && (variables.includes(name) || isOurs(name)));
  return plain(Object.fromEntries(set));
}

async function versions(): Promise<Json> {
  const computer = await within(systemClock, partMs, () => openHost().computer()).catch(() => null);
  const { osName = null, osVersion = null } = computer?.value ?? {};
  // This file is two folders below its package, as source and as compiled.
  const packages = await installedVersions(join(import.meta.dirname, '..', '..'));
  const { node, openssl, modules, napi, electron = null } = process.versions;
  const runtime = { node, openssl, modules, napi, electron };
  const system = { name: osName, version: osVersion, kernel: release(), platform: process.platform, architecture: process.arch };
  return plain({ agent: version, runtime, system, packages });
}

/** Notes of what is missing, one line each. */
type Notes = string[];

/** `work`, or `otherwise` and a note where it fails or takes too long. */
async function part<T>(notes: Notes, name: string, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    const done = await within(systemClock, partMs, work);
    if (done) return done.value;
    notes.push(`${name}: not there after ${partMs / 1000} s`);
  } catch (error) {
    notes.push(`${name}: ${describeError(error)}`);
  }
  return otherwise;
}

async function listPaths(hidConfiguration: Configuration['hid'], log: Log): Promise<readonly HidPathInfo[]> {
  const hid = openHid(hidConfiguration, log);
  try {
    return await hid.list(jabraVendorId);
  } finally {
    await hid.close();
  }
}

async function liveDevices({ configuration, operatorMappings }: Usable, log: Log): Promise<readonly DeviceDocument[]> {
  const inventory = await openInventory(configuration.hid, operatorMappings, log);
  try {
    return inventory.documents();
  } finally {
    await inventory.close();
  }
}

const connectedOf = (documents: readonly DeviceDocument[]): readonly DeviceDocument[] =>
  documents.filter(({ connection }) => connection.status === 'connected');

/** What the state says, and whether an agent is at work with it. */
async function kept(stateDir: string, notes: Notes, log: Log) {
  const lock = await part(notes, 'whether an agent runs', null, () => examineInstanceLock(stateDir));
  const state = await part(notes, 'state', null, async () => summariseState(await examineState(stateDir), log));
  if (lock?.held === true) notes.push('the agent was running: its state was read while it works on it, and may look incomplete');
  const isUpdating = lock?.held !== false && state?.documents.some(({ firmware }) => firmware.status === 'updating') === true;
  return { lock, state, isUpdating };
}

/**
 * Collects logs, configuration, devices, state and versions into a zip, without secrets, names and addresses: `jabra-agent diagnostics`. Works
 * beside a running agent. Rejects with OutputError where the file can't be written; anything else that is missing is noted in its README.txt.
 */
export async function collectDiagnostics(usable: Usable, { out, replace }: DiagnosticsRequest, log: Log): Promise<{ readonly path: string }> {
  const path = resolve(out);
  await assertNew(path, { replace });
  await writeZip(path, await gather(usable, { devices: 'ask', moreLogs: null }, log));
  return { path };
}

/**
 * The same as bytes, for the agent that runs in this process: it knows its devices, and asking them beside it would disturb its own conversation with
 * them. Rejects with what makes it impossible.
 */
export async function diagnosticsZip(usable: Usable, known: KnownHere, log: Log): Promise<Uint8Array> {
  return zipOf(await gather(usable, known, log));
}

/**
 * The same into a file that a person chose, replacing what is there; also where the configuration can't be used, with what is known all the same.
 * Rejects with OutputError.
 */
export async function writeDiagnostics(loaded: Loaded, path: string, known: KnownHere, log: Log): Promise<void> {
  await writeZip(resolve(path), await (loaded.ok ? gather(loaded, known, log) : gatherUnconfigured(loaded.problems, known)));
}

/** Of all folders; what is missing in one is noted. */
async function everyLog(folders: readonly string[]): ReturnType<typeof readLogs> {
  const found = await Promise.all(folders.map((folder) => readLogs(folder)));
  return { logs: found.flatMap(({ logs }) => logs), notes: found.flatMap(({ notes }) => notes) };
}

const bundle = async (
  parts: Pick<BundleParts, 'documents' | 'logs' | 'notes'>,
  about: Parameters<typeof sensitiveValues>[0],
): Promise<ReadonlyMap<string, string>> => bundleFiles({ madeAt: systemClock.now(), agentVersion: version, ...parts }, await sensitiveValues(about));

/** The devices that are connected, null where they were not asked. */
async function connectedNow(usable: Usable, { devices }: KnownHere, isUpdating: boolean, notes: Notes, log: Log): Promise<Json> {
  if (typeof devices === 'function') return plain(connectedOf(devices()));
  if (devices === 'ask' && !isUpdating) return plain(await part(notes, 'devices', null, () => liveDevices(usable, log)));
  notes.push(isUpdating ? 'a device is being updated: the devices were not asked' : 'no agent works in this process: the devices were not asked');
  return null;
}

/** The files of a bundle. */
async function gather(usable: Usable, known: KnownHere, log: Log): Promise<ReadonlyMap<string, string>> {
  const { configuration, origins } = usable;
  const { stateDir, logDir } = configuration;
  const notes: Notes = [];
  const { lock, state, isUpdating } = await kept(stateDir, notes, log);
  const checks = await examineInstallation(usable, log);
  const paths = await part(notes, 'HID paths', [], () => listPaths(configuration.hid, log));
  const connected = await connectedNow(usable, known, isUpdating, notes, log);
  const { logs, notes: logNotes } = await everyLog([logDir, ...(known.moreLogs === null ? [] : [known.moreLogs])]);
  const documents = {
    doctor: plain({ checks }),
    configuration: configurationRows(plain(configuration), origins),
    environment: environment(),
    devices: plain({ connected, known: state?.documents ?? null }),
    hid: plain({ paths }),
    state: plain({ agent: lock, ...state?.summary, files: { stateDir: await listFolder(stateDir), logDir: await listFolder(logDir) } }),
    versions: await versions(),
  };
  return bundle({ documents, logs, notes: [...notes, ...logNotes] }, configuration);
}

/** The files of a bundle where nobody knows what the configuration should say: what is wrong with it, and what lies where it lies by default. */
async function gatherUnconfigured(problems: readonly ConfigurationProblem[], { moreLogs }: KnownHere): Promise<ReadonlyMap<string, string>> {
  const { stateDir, logDir } = defaultFolders(process.platform, process.env);
  const { logs, notes } = await everyLog([logDir, ...(moreLogs === null ? [] : [moreLogs])]);
  const documents = { configuration: plain({ problems }), environment: environment(), versions: await versions() };
  const missing = 'the configuration cannot be used (configuration.json says why): the PC, the devices and the state were not looked at';
  return bundle({ documents, logs, notes: [missing, ...notes] }, { enrollmentToken: null, clientName: null, stateDir });
}
