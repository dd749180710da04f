import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { RegistryReader } from '../../ports/registry.ts';
import { loadConfiguration, type LoadOptions } from './load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jabra-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const token = 'tok-9f8e7d6c5b4a';
const minimal = { organizationId: 'acme', enrollmentToken: token, brokerUrl: 'mqtts://platform.example:8883' };

type RegistryValues = Readonly<Record<string, Readonly<Record<string, string | number>>>>;
const registryOf = (keys: RegistryValues): RegistryReader => ({ values: (key) => Promise.resolve(new Map(Object.entries(keys[key] ?? {}))) });
const policyKey = 'HKLM\\Software\\Policies\\Jabra\\JabraPlusDesktop';
const msiKey = 'HKLM\\Software\\Jabra\\JabraPlusDesktop';

async function load(document: unknown, options: Partial<LoadOptions> = {}) {
  const file = join(folder, 'config.json');
  await writeFile(file, typeof document === 'string' || document instanceof Uint8Array ? document : JSON.stringify(document));
  return loadConfiguration({ file, environment: { HOME: '/home/me' }, registry: registryOf({}), cwd: folder, platform: 'linux', ...options });
}

/** The messages, which must never hold the token that all these files hold. */
async function problems(document: unknown, options: Partial<LoadOptions> = {}): Promise<readonly string[]> {
  const loaded = await load(document, options);
  expect(JSON.stringify(loaded.ok ? [] : loaded.problems)).not.toContain(token);
  return loaded.ok ? [] : loaded.problems.map(({ message }) => message);
}

test('the smallest useful file gets its defaults', async () => {
  expect(await load(minimal)).toMatchObject({
    ok: true,
    configuration: {
      ...minimal,
      stateDir: '/home/me/.local/state/jabra-plus-desktop',
      logDir: '/home/me/.local/state/jabra-plus-desktop/logs',
      logLevel: 'info',
      mode: 'personal',
      reconnect: { minMs: 1000, maxMs: 1_800_000 },
      hid: { driver: 'node-hid' },
    },
    origins: { brokerUrl: { source: 'file', origin: `file ${join(folder, 'config.json')}` }, mode: { source: 'default' } },
  });
});

test('the file of the contract is accepted as it stands there', async () => {
  const contract = {
    ...minimal,
    clientName: null,
    definitionsFile: null,
    stateDir: '/s',
    logDir: '/l',
    logLevel: 'info',
    mode: 'personal',
    tls: { caFile: null, certFile: null, keyFile: null },
    reconnect: { minMs: 1000, maxMs: 1_800_000 },
    hid: { driver: 'virtual', socket: '/tmp/vhid.sock' },
  };
  expect(await load(contract)).toEqual({ ok: true, configuration: { ...contract, apiUrl: null }, origins: expect.anything(), notes: [] });
});

test.each([
  ['/xdg', '/xdg/jabra-plus-desktop'],
  ['xdg', '/home/me/.local/state/jabra-plus-desktop'],
])('with XDG_STATE_HOME %s the state folder is %s', async (XDG_STATE_HOME, stateDir) => {
  expect(await load(minimal, { environment: { HOME: '/home/me', XDG_STATE_HOME } })).toMatchObject({ ok: true, configuration: { stateDir } });
});

test('unknown keys are named with the nearest known name, at each level', async () => {
  const file = join(folder, 'config.json');
  expect(await problems({ ...minimal, brokerURI: token, tls: { cafile: token } })).toEqual([
    `brokerURI (file ${file}) is not known: remove it, or correct its name; the nearest known name is brokerUrl`,
    `tls.cafile (file ${file}) is not known: remove it, or correct its name; the nearest known name is tls.caFile`,
  ]);
});

test('a key with line breaks or a bell in its name still makes one clean line', async () => {
  const [message] = await problems({ ...minimal, 'a\nb\u0007': 1 });
  expect(message).toMatch(/^a\\u000ab\\u0007 \(file /);
});

test('a prototype key is an unknown key like any other', async () => {
  expect(await problems(`{ "__proto__": { "mode": "room" }, ${JSON.stringify(minimal).slice(1)}`)).toEqual([expect.stringContaining('__proto__')]);
});

test('a group that is no object is a problem', async () => {
  expect(await problems({ ...minimal, tls: token })).toEqual([expect.stringContaining('tls (file')]);
  expect(await problems({ ...minimal, reconnect: [] })).toEqual([expect.stringContaining('must be an object in braces')]);
});

test('malformed JSON is placed by line and column, and nothing else is reported', async () => {
  const found = await problems(`{\n  "organizationId": "acme",\n  "enrollmentToken": "${token}"\n  "mode": "room"\n}`);
  expect(found).toEqual([expect.stringMatching(/config\.json is not valid JSON at line 4, column 3: expected a comma/)]);
});

test('a file that is no object, and one that is not UTF-8, are problems', async () => {
  expect(await problems('[]')).toEqual([expect.stringContaining('must contain a JSON object')]);
  expect(await problems(Buffer.from(`\ufeff${JSON.stringify(minimal)}`, 'utf16le'))).toEqual([expect.stringContaining('save it as UTF-8')]);
});

test('a byte order mark does no harm', async () => {
  expect(await load(`\ufeff${JSON.stringify(minimal)}`)).toMatchObject({ ok: true });
});

test('a missing file, and a folder in its place, say what to do', async () => {
  const missing = join(folder, 'none.json');
  expect(await problems(minimal, { file: missing })).toEqual([`file ${missing} does not exist: create it, or name another with --config`]);
  expect(await problems(minimal, { file: folder })).toEqual([`file ${folder} is a folder: name the file in it`]);
});

test('without a file the other sources can say everything', async () => {
  const environment = { JABRA_AGENT_ORGANIZATION_ID: 'acme', JABRA_AGENT_BROKER_URL: 'mqtt://localhost:1883', JABRA_AGENT_STATE_DIR: 'state' };
  expect(await load(minimal, { file: null, environment })).toMatchObject({ ok: true, configuration: { stateDir: join(folder, 'state') } });
});

test('the environment wins over the file, the command line over both, and an empty variable is none', async () => {
  const environment = { JABRA_AGENT_LOG_LEVEL: 'warn', JABRA_AGENT_MODE: 'room', JABRA_AGENT_CLIENT_NAME: '', JABRA_AGENT_RECONNECT_MIN_MS: '20' };
  const loaded = await load({ ...minimal, logLevel: 'debug', clientName: 'Sales' }, { environment, commandLine: { logLevel: 'error' } });
  expect(loaded).toMatchObject({ ok: true, configuration: { logLevel: 'error', mode: 'room', clientName: 'Sales', reconnect: { minMs: 20 } } });
  expect(loaded.ok && loaded.origins.mode).toEqual({ source: 'environment', origin: 'environment variable JABRA_AGENT_MODE' });
});

test('an unknown variable of the agent is a problem, others are not', async () => {
  const environment = { JABRA_AGENT_BROKERURL: token, JABRA_OTHER: 'x', jabra_agent_mode: 'x' };
  expect(await problems(minimal, { environment })).toEqual([
    'JABRA_AGENT_BROKERURL (environment variable) is not known: remove it, or correct its name; the nearest known name is JABRA_AGENT_BROKER_URL',
  ]);
});

test('a bad value from the environment names the variable', async () => {
  expect(await problems(minimal, { environment: { JABRA_AGENT_MODE: 'desk' } })).toEqual([
    'mode (environment variable JABRA_AGENT_MODE) must be one of personal, room',
  ]);
});

test('a relative path is resolved against the folder of the configuration file, and a file that is not there is named', async () => {
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'ca.pem'), 'x');
  expect(await load({ ...minimal, tls: { caFile: 'ca.pem' } }, { cwd: join(folder, 'sub'), file: '../config.json' })).toMatchObject({
    ok: true,
    configuration: { tls: { caFile: join(folder, 'ca.pem') } },
  });
  const [first, second] = await problems({ ...minimal, definitionsFile: 'none.json', tls: { caFile: 'sub' } });
  expect(first).toContain(`definitionsFile (file ${join(folder, 'config.json')}) names ${join(folder, 'none.json')}, which does not exist`);
  expect(second).toContain(`names ${join(folder, 'sub')}, which is not a file`);
});

test('a file without permission is named', async () => {
  await writeFile(join(folder, 'ca.pem'), 'x');
  await chmod(join(folder, 'ca.pem'), 0);
  // Root may read everything: it becomes nobody for a moment, who must be able to work in the folder.
  const isRoot = process.getuid?.() === 0;
  await chmod(folder, 0o777);
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(await problems({ ...minimal, tls: { caFile: 'ca.pem' } })).toEqual([expect.stringContaining('cannot be read (EACCES)')]);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

const windows = { platform: 'win32', file: null, environment: { ProgramData: 'D:\\Data' }, cwd: 'C:\\' } as const;

test('on Windows the installer’s property names are understood and its empty values are none', async () => {
  const registry = registryOf({
    [msiKey]: {
      ORGANIZATIONID: 'acme',
      ENROLLMENTTOKEN: token,
      BROKERURL: 'wss://platform.example',
      CLIENTNAME: '',
      InstallDir: 'C:\\Program Files\\x',
    },
  });
  expect(await load('', { ...windows, registry })).toMatchObject({
    ok: true,
    notes: [],
    configuration: {
      organizationId: 'acme',
      enrollmentToken: token,
      clientName: null,
      stateDir: 'D:\\Data\\Jabra\\JabraPlusDesktop\\state',
      logDir: 'D:\\Data\\Jabra\\JabraPlusDesktop\\logs',
    },
    origins: { brokerUrl: { source: 'msi', origin: `registry value ${msiKey}\\brokerUrl` } },
  });
});

test('Group Policy wins over everything, with dotted names and numbers, and an unknown value is only noted', async () => {
  const registry = registryOf({
    [policyKey]: { BrokerUrl: 'wss://policy.example', 'reconnect.MINMS': 5000, 'tls.caFil': 'C:\\ca.pem' },
    [msiKey]: { organizationId: 'acme', brokerUrl: 'http://wrong' },
  });
  const environment = { ...windows.environment, jabra_agent_broker_url: 'wss://environment.example', JABRA_AGENT_RECONNECT_MIN_MS: '7' };
  expect(await load('', { ...windows, environment, registry, commandLine: { brokerUrl: 'wss://cli.example' } })).toMatchObject({
    ok: true,
    configuration: { brokerUrl: 'wss://policy.example', reconnect: { minMs: 5000 } },
    notes: [`registry value ${policyKey}\\tls.caFil is not known to the agent and was ignored; the nearest known name is tls.caFile`],
  });
});

test('a relative path in the registry is a problem', async () => {
  const registry = registryOf({ [msiKey]: { ...minimal, stateDir: 'state' } });
  expect(await problems('', { ...windows, registry })).toEqual([`stateDir (registry value ${msiKey}\\stateDir) must be an absolute path`]);
});

test('a registry that cannot be read is a problem rather than a policy ignored', async () => {
  const registry: RegistryReader = { values: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) };
  expect(await problems('', { ...windows, registry })).toEqual([
    expect.stringContaining(`registry key ${policyKey} cannot be read (EACCES)`),
    expect.stringContaining(`registry key ${msiKey} cannot be read (EACCES)`),
  ]);
});

test('elsewhere than on Windows the registry is never asked', async () => {
  const registry: RegistryReader = { values: () => Promise.reject(new Error('asked')) };
  expect(await load(minimal, { registry })).toMatchObject({ ok: true });
});
