import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { VirtualBus, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { createAuthority } from '../lab/brokers/certificates.ts';
import { type ConnectProxy, startConnectProxy } from '../lab/brokers/connect-proxy.ts';
import { listenOnLoopback } from '../lab/brokers/listening.ts';
import { type MosquittoBroker, startMosquitto } from '../lab/brokers/mosquitto-broker.ts';
import { AgentProcess } from '../lab/hard/agent-process.ts';
import { desiredBody, policyBody } from '../lab/hard/bodies.ts';
import { StoreVandal } from '../lab/hard/damage.ts';
import { filesBelow, type Places, spellings, whereFound } from '../lab/hard/planted.ts';
import { RecordingPlatform } from '../lab/hard/recording-platform.ts';
import { unzip } from '../lab/hard/unzip.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { serveBus } from '../virtual/bus-server.ts';

const headset = '24da-70bf92000001';
const soon = { timeout: 20_000, interval: 50 };

/** They go nowhere but to the broker and the proxy. */
const secrets = {
  'the enrolment token': 'Tk7/planted+Enrolment_token',
  'the proxy user': 'proxyperson41',
  'the proxy password': 'Pw9/planted+Proxy:password',
};
/** The account and its home, in which the agent has its state. With the gates off it is told to nobody. */
const people = { 'the account': 'petra.planted' };

let folder: string;
let broker: MosquittoBroker;
let proxy: ConnectProxy;
let platform: RecordingPlatform;
let agent: AgentProcess;
let device: VirtualDevice;
const bus = new VirtualBus(machineClock);
const ending: (() => Promise<unknown>)[] = [];

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The broker speaks TLS, since nothing else goes through a proxy; the platform has a listener of its own. */
async function startLab(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'jpd-secrets-'));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const authority = await createAuthority(folder, 'Lab');
  const [certificate, port] = await Promise.all([authority.issueServer(), freePort()]);
  broker = await startMosquitto({ tls: { ...certificate, caFile: authority.caFile }, extra: [`listener ${port} 127.0.0.1`] });
  ending.push(() => broker.stop());
  platform = await RecordingPlatform.connect(`mqtt://127.0.0.1:${port}`);
  ending.push(() => platform.close());
  const credentials = { user: secrets['the proxy user'], password: secrets['the proxy password'] };
  proxy = await startConnectProxy({ credentials });
  ending.push(() => proxy.stop());
  const socket = join(folder, 'vhid.sock');
  const server = await serveBus(bus, socket);
  ending.push(() => server.close());
  const home = join(folder, 'home', people['the account']);
  await mkdir(home, { recursive: true });
  const { PATH } = process.env;
  const account = people['the account'];
  const proxyUrl = `http://${credentials.user}:${encodeURIComponent(credentials.password)}@127.0.0.1:${proxy.port}`;
  const environment = { PATH, HOME: home, USER: account, LOGNAME: account, USERNAME: account, HTTPS_PROXY: proxyUrl };
  const configuration = { brokerUrl: broker.url, socket, folder: home, enrollmentToken: secrets['the enrolment token'], caFile: authority.caFile };
  agent = await AgentProcess.configure(configuration, environment);
  ending.push(() => agent.end('SIGKILL'));
}

const heard = (type: 'agent.started' | 'agent.stopped' | 'contract.violation' | 'settings.lock-enforced'): number =>
  platform.distinctEvents(type).length;

/** A day of an agent, its worst moments included. */
async function liveBusily(): Promise<void> {
  agent.start();
  await vi.waitFor(() => expect(platform.clientId).not.toBeNull(), soon);
  await platform.send('policy', { ...policyBody(1, 'immediately', false), logLevel: 'debug' });
  device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bus.plug(device);
  await vi.waitFor(() => expect(platform.documents.has(headset)).toBe(true), soon);
  await platform.send('desired', desiredBody(1, { sidetoneLevel: -9, muteReminderSeconds: 33 }, true), headset);
  await vi.waitFor(() => expect(platform.documents.get(headset)?.settings).toMatchObject({ appliedRevision: 1, state: 'in-sync' }), soon);
  device.setLocally('sidetoneLevel', 6);
  await vi.waitFor(() => expect(heard('settings.lock-enforced')).toBe(1), soon);
  await platform.sendRaw('desired', '{"schema":"desired/1"', headset);
  await platform.sendRaw('commands', 'no JSON');
  await vi.waitFor(() => expect(heard('contract.violation')).toBe(2), soon);
  await broker.interrupt();
  await vi.waitFor(() => expect(agent.output).toMatch(/refuse|lost|reach|closed/i), soon);
  await broker.resume();
  await platform.send('desired', desiredBody(2, { sidetoneLevel: 3 }, true), headset);
  await vi.waitFor(() => expect(platform.documents.get(headset)?.settings).toMatchObject({ appliedRevision: 2, state: 'in-sync' }), soon);
  // Then nothing waits any more that would go before its goodbye.
  await vi.waitFor(() => expect(platform.distinctEvents('settings.applied').some(({ data }) => data['revision'] === 2)).toBe(true), soon);
}

/** Stops it politely, and starts it with a state that was cut. */
async function beDamaged(): Promise<void> {
  await agent.end('SIGTERM');
  await vi.waitFor(() => expect(heard('agent.stopped')).toBe(1), soon);
  await new StoreVandal(agent.stateDir).truncateInHalf(/\.log$/);
  agent.start();
  await vi.waitFor(() => expect(platform.distinctEvents('agent.started').at(-1)?.data).toHaveProperty('damage'), soon);
}

/** What support gets, and what the commands print. */
async function ask(): Promise<{ readonly answers: Places; readonly bundle: Places }> {
  const out = join(folder, 'bundle.zip');
  const devices = await agent.command('devices', '--json');
  const doctor = await agent.command('doctor', '--json');
  const diagnostics = await agent.command('diagnostics', '--out', out);
  expect([devices.code, diagnostics.code], `${devices.stderr}${diagnostics.stderr}`).toEqual([0, 0]);
  expect(devices.stdout).toContain(headset);
  expect(doctor.stdout).toContain('"checks"');
  const texts = Object.entries({ devices, doctor, diagnostics }).map(([name, { stdout, stderr }]) => [name, stdout + stderr] as const);
  const files = [...unzip(await readFile(out))].map(([name, bytes]) => [`${name} of the bundle`, bytes.toString('latin1')] as const);
  return { answers: new Map(texts), bundle: new Map(files) };
}

beforeAll(startLab);
afterAll(async () => {
  for (const end of ending.toReversed()) await end();
});

describeWith(mosquitto, 'secrets and names', () => {
  it('stay where they belong, whatever the agent writes, prints, sends or bundles', async () => {
    await liveBusily();
    await beDamaged();
    const { answers, bundle } = await ask();
    await agent.end('SIGTERM');
    const state = await filesBelow(agent.stateDir);
    const messages: Places = new Map(platform.raw.map((message, index) => [`message ${index}`, message]));
    const output: Places = new Map([['output', agent.output]]);

    // They were used: the proxy let nobody in without its password, and the files can be read as they are.
    expect(proxy.tunnels.length).toBeGreaterThan(1);
    expect(proxy.refused()).toBe(0);
    const clientId = { clientId: platform.clientId ?? '' };
    const kinds = [...state.keys()].map((name) => name.split('/')[0]);
    expect(kinds).toEqual(expect.arrayContaining(['store', 'logs']));
    for (const places of [messages, output, state, bundle]) expect(whereFound(clientId, places)).not.toEqual([]);
    expect(whereFound(people, output)).not.toEqual([]);

    for (const places of [messages, output, state, answers, bundle]) expect(whereFound(secrets, places)).toEqual([]);
    for (const places of [messages, bundle]) expect(whereFound(people, places)).toEqual([]);
    expect(platform.raw.filter((message) => message.includes('"userName"'))).toEqual([]);
    expect(platform.violations).toEqual([]);

    // The gate was all that held the account's name back.
    agent.start();
    await platform.send('policy', policyBody(2, 'immediately', true));
    await vi.waitFor(() => expect(platform.raw.some((message) => message.includes(`"userName":"${userInfo().username}"`))).toBe(true), soon);
    await agent.end('SIGTERM');
  }, 120_000);

  it('would be found in every spelling', async () => {
    expect(whereFound(secrets, new Map([['the configuration', await readFile(agent.configurationFile, 'latin1')]]))).toHaveLength(1);
    for (const [name, value] of Object.entries({ ...secrets, ...people })) {
      const { 'the proxy user': user } = secrets;
      const basic = Buffer.from(`${user}:${value}`).toString('base64');
      for (const text of [...spellings(value), `Basic ${basic}`, `x${value.toUpperCase()}x`]) {
        expect(whereFound({ [name]: value }, new Map([['place', `before ${text} after`]])), `as ${text}`).toHaveLength(1);
      }
    }
  });
});
