import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentProgram } from '../lab/agent-program.ts';
import { type EnrolmentRelay, startEnrolmentRelay } from '../lab/enrolment-relay.ts';
import { filesBelow, type Places, whereFound } from '../lab/hard/planted.ts';
import { unzip } from '../lab/hard/unzip.ts';
import { RealLab } from '../lab/real-lab.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { VirtualBusProgram } from '../lab/virtual-bus-program.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
/** Starts and stops of real programs on a busy machine. */
const patient = { timeout: 180_000 };

let lab: RealLab<ReferencePlatform>;
let relay: EnrolmentRelay;

async function begin(serveOptions: readonly string[] = [], more: { readonly expectedViolations?: RegExp } = {}): Promise<void> {
  const platform = await ReferencePlatform.start(serveOptions);
  relay = await startEnrolmentRelay(platform.httpUrl);
  lab = await RealLab.start({ platform, devices: [`evolve2-75:${serial}`], ...more });
  await lab.agent.configure({ apiUrl: relay.url });
}
async function end(): Promise<void> {
  await lab?.stop();
  await relay?.stop();
}

const actions = (): string[] => relay.passed.map(({ action, status }) => `${action} ${status}`);
const online = (after: number) => lab.wire.until('presence', { after, where: ({ state }) => state === 'online' });

/** Whether the broker takes this password of the client. Not while an agent is connected under that id. */
async function isPassword(clientId: string, password: string): Promise<boolean> {
  const { url, organizationId } = lab.platform;
  try {
    const client = await connectAsync(url, { protocolVersion: 4, clientId, username: `${organizationId}/${clientId}`, password, reconnectPeriod: 0 });
    await client.endAsync(true);
    return true;
  } catch {
    return false;
  }
}

describe('an agent whose platform gives credentials', () => {
  beforeAll(() => begin());
  afterAll(end);

  it('does not connect, and shows its token to nobody, while the API is away; its devices work on', patient, async () => {
    relay.answer = 503;
    const agent = lab.agent.launch('login-1');
    await agent.tells(/no credential was given/);
    await eventually('the API was asked again', () => relay.passed.length >= 3);
    expect(lab.wire.heard).toEqual([]);
    expect(await lab.agent.command('devices')).toMatchObject({ code: 0, out: expect.stringContaining('Evolve2 75') });
    relay.answer = null;
    await online(0);
    expect(await lab.wire.device(deviceId)).toMatchObject({ connection: { status: 'connected' } });
  });

  it('has exchanged its token for a secret, which is the only thing that lets it in from then on', patient, async () => {
    const clientId = await lab.agent.clientId();
    expect(actions().filter((action) => action.endsWith('201'))).toEqual(['enrol 201']);
    await lab.agent.stop();
    const [secret = ''] = relay.secrets;
    expect(await isPassword(clientId, lab.platform.enrollmentToken)).toBe(false);
    expect(await isPassword(clientId, secret)).toBe(true);
  });

  it('connects after a restart with the token in its configuration, and without, and asks for nothing', patient, async () => {
    const clientId = await lab.agent.clientId();
    const asked = relay.passed.length;
    const agent = await lab.agent.start('login-2');
    await agent.tells(/enrolment token in the configuration is not needed any more/);
    await lab.agent.stop();
    await lab.agent.configure({ apiUrl: relay.url, enrollmentToken: null });
    await lab.agent.start('login-3');
    expect(await lab.agent.clientId()).toBe(clientId);
    expect(relay.passed).toHaveLength(asked);
  });

  it('enrols again by itself where the platform has lost what it gave, as long as it has the token', patient, async () => {
    const clientId = await lab.agent.clientId();
    await lab.agent.stop();
    await lab.agent.configure({ apiUrl: relay.url });
    await lab.platform.withdrawCredential(clientId);
    await lab.agent.start('login-4');
    expect(await lab.agent.clientId()).toBe(clientId);
    expect(actions().at(-1)).toBe('enrol 201');
    expect(relay.secrets).toHaveLength(2);
  });

  it('leaves neither token nor secret in anything that it writes, prints, sends or bundles', patient, async () => {
    const out = join(lab.folder, 'bundle.zip');
    const answers = [
      await lab.agent.command('doctor', '--json'),
      await lab.agent.command('diagnostics', '--out', out),
      await lab.agent.command('sent', '--json'),
    ];
    await lab.agent.stop();
    const answersStopped = [await lab.agent.command('doctor', '--json')];
    const state = await filesBelow(lab.agent.stateDir);
    const bundle: Places = new Map([...unzip(await readFile(out))].map(([name, bytes]) => [`${name} of the bundle`, bytes.toString('latin1')]));
    const said: Places = new Map([
      ['what was printed', lab.agent.said()],
      ['answers', [...answers, ...answersStopped].map((answer) => answer.out + answer.err).join('\n')],
      ['the wire', lab.wire.texts.join('\n')],
    ]);
    const secrets = { token: lab.platform.enrollmentToken, first: relay.secrets[0] ?? '', second: relay.secrets[1] ?? '' };
    for (const value of Object.values(secrets)) expect(value.length).toBeGreaterThan(20);
    // The secret store is searched as well: what is in it is sealed.
    expect([...state.keys()]).toEqual(expect.arrayContaining(['secrets/login', 'secrets/key']));
    expect([...state.keys()].some((name) => name.startsWith('store/'))).toBe(true);
    for (const places of [state, bundle, said]) expect(whereFound(secrets, places)).toEqual([]);
    // They would have been found.
    const { clientId } = { clientId: await lab.agent.clientId() };
    for (const places of [state, bundle, said]) expect(whereFound({ clientId }, places)).not.toEqual([]);
    expect(whereFound(secrets, new Map([['the requests', relay.passed.map(({ authorization }) => authorization).join('\n')]]))).not.toEqual([]);
    // What was asked of the platform stands in the log of what was sent, without what it showed.
    expect(answers[2]?.out).toContain('enrolment');
    expect(answersStopped[0]?.out).toMatch(/accepted with MQTT/);
  });

  it('is revoked as ever, forgets its secret, and comes back as another client by another token', patient, async () => {
    await lab.agent.start('login-5');
    const revoked = await lab.agent.clientId();
    const after = lab.wire.mark();
    await lab.platform.revoke(revoked);
    await lab.wire.until('presence', { after, where: ({ reason }) => reason === 'revoked' });
    await eventually('the secret is gone', async () => !(await readdir(join(lab.agent.stateDir, 'secrets'))).includes('login'));
    await lab.agent.stop();
    const asked = relay.passed.length;
    const silent = lab.agent.launch('login-6');
    await silent.tells(/was revoked by the platform/);
    await lab.agent.stop();
    expect(relay.passed).toHaveLength(asked);
    const token = await lab.platform.newEnrollmentToken();
    await lab.agent.configure({ apiUrl: relay.url, enrollmentToken: token });
    await lab.agent.start('login-7');
    expect(await lab.agent.clientId()).not.toBe(revoked);
    expect(actions().slice(asked)).toEqual(['enrol 201']);
  });
});

describe('an agent whose platform has no such API', () => {
  beforeAll(() => begin());
  afterAll(end);

  it('goes on with the token as its password, which its configuration may lose', patient, async () => {
    relay.answer = 404;
    await lab.agent.start('login-1');
    const clientId = await lab.agent.clientId();
    await lab.agent.stop();
    await lab.agent.configure();
    await lab.agent.start('login-2');
    await lab.agent.stop();
    await lab.agent.configure({ enrollmentToken: null });
    await lab.agent.start('login-3');
    expect(await lab.agent.clientId()).toBe(clientId);
    expect(relay.secrets).toEqual([]);
    await lab.agent.stop();
    const state = await filesBelow(lab.agent.stateDir);
    expect(whereFound({ token: lab.platform.enrollmentToken }, state)).toEqual([]);
  });

  it('exchanges the token as soon as there is one', patient, async () => {
    relay.answer = null;
    await lab.agent.configure({ apiUrl: relay.url, enrollmentToken: null });
    await lab.agent.start('login-4');
    expect(relay.secrets).toHaveLength(1);
    expect(relay.passed.at(-1)?.authorization).toBe(`Bearer ${lab.platform.enrollmentToken}`);
  });
});

describe('a credential that is good for some seconds', () => {
  beforeAll(() => begin(['--credential-seconds', '6']));
  afterAll(end);

  it('is renewed while the connection goes on, and the next connection is made with the new one', patient, async () => {
    await lab.agent.start('login-1');
    const clientId = await lab.agent.clientId();
    await eventually('two renewals', () => actions().filter((action) => action === 'renew 201').length >= 2);
    expect(lab.wire.said('presence', { where: ({ state }) => state === 'online' })).toHaveLength(1);
    await lab.agent.stop();
    await lab.agent.configure({ apiUrl: relay.url, enrollmentToken: null });
    await lab.agent.start('login-2');
    expect(await lab.agent.clientId()).toBe(clientId);
    expect(await isPassword('another', relay.secrets.at(-1) ?? '')).toBe(false);
  });

  it('that ran out while the agent was away is renewed before it connects', patient, async () => {
    await lab.agent.stop();
    const clientId = await lab.agent.clientId();
    await eventually('it ran out', async () => {
      const { credential } = (await lab.platform.client(clientId)) ?? {};
      return credential !== undefined && credential !== null && Date.parse(credential.expiresAt) < Date.now();
    });
    const asked = relay.passed.length;
    await lab.agent.start('login-3');
    expect(actions()[asked]).toBe('renew 201');
    expect(await lab.agent.clientId()).toBe(clientId);
  });
});

describe('an agent whose platform gives certificates', () => {
  beforeAll(async () => {
    await begin(['--credentials', 'certificate', '--mqtts-port', '0', '--credential-seconds', '20']);
    await lab.agent.configure({ apiUrl: relay.url, brokerUrl: lab.platform.mqttsUrl, tls: { caFile: join(lab.platform.dataFolder, 'ca.pem') } });
  });
  afterAll(end);

  it('logs in by TLS with one for a key that never left it, and no password', patient, async () => {
    await lab.agent.start('login-1');
    expect(actions()).toEqual(['enrol 422', 'enrol 201']);
    expect(relay.passed.map(({ body }) => body).join('\n')).not.toContain('PRIVATE KEY');
    const clientId = await lab.agent.clientId();
    await lab.agent.stop();
    expect(await isPassword(clientId, lab.platform.enrollmentToken)).toBe(false);
    const state = await filesBelow(lab.agent.stateDir);
    expect([...state.values()].filter((text) => text.includes('PRIVATE KEY'))).toEqual([]);
  });

  it('renews it with another key, by a proof of the one that it has', patient, async () => {
    await lab.agent.configure({
      apiUrl: relay.url,
      brokerUrl: lab.platform.mqttsUrl,
      enrollmentToken: null,
      tls: { caFile: join(lab.platform.dataFolder, 'ca.pem') },
    });
    await lab.agent.start('login-2');
    const clientId = await lab.agent.clientId();
    await eventually('a renewal', () => actions().includes('renew 201'), 40_000);
    expect(relay.passed.at(-1)?.authorization).toBeUndefined();
    await lab.agent.stop();
    await lab.agent.start('login-3');
    expect(await lab.agent.clientId()).toBe(clientId);
    expect(lab.agent.said()).not.toContain('not-authorized');
  });
});

describe('two PCs with one copied state and one machine id', () => {
  let folder: string;
  let otherBus: VirtualBusProgram;
  let other: AgentProgram;
  const otherDevice = '24da-70bf92000002';

  beforeEach(async () => {
    // Under one name, two PCs count the revisions of their documents.
    await begin([], { expectedViolations: /revision \d+, then \d+ with another content/ });
    folder = await mkdtemp(join(tmpdir(), 'jl-'));
    otherBus = new VirtualBusProgram(join(folder, 'bus.sock'), ['evolve2-75:70BF92000002']);
    await otherBus.start();
    const { organizationId, enrollmentToken, url, wire } = lab.platform;
    other = new AgentProgram(folder, { organizationId, enrollmentToken, brokerUrl: url, busSocket: otherBus.socket }, wire);
  });
  afterEach(async () => {
    await other?.end();
    await otherBus?.stop();
    await end();
    await rm(folder, { recursive: true, force: true });
  });

  /** Who told last that it has this device: the copied state of the other knows it as well, as one that is away. */
  const holderOf = (device: string, after: number): string | undefined =>
    lab.wire.heard.slice(after).findLast(({ kind, id, payload }) => kind === 'devices' && id === device && payload?.connection.status === 'connected')
      ?.clientId;

  it.each([
    ['the token in their configuration', {}],
    ['nothing but the secret that both have', { enrollmentToken: null }],
  ])('are found out and separated, with %s', patient, async (_, changes) => {
    await lab.agent.start('login-1');
    const copied = await lab.agent.clientId();
    await lab.agent.stop();
    await mkdir(other.stateDir, { recursive: true });
    await cp(lab.agent.stateDir, other.stateDir, { recursive: true });
    await rm(join(other.stateDir, 'logs'), { recursive: true, force: true });
    for (const agent of [lab.agent, other]) await agent.configure({ apiUrl: relay.url, reconnect: { minMs: 1_000, maxMs: 8_000 }, ...changes });
    const after = lab.wire.mark();
    lab.agent.launch('login-2');
    other.launch('login-2');
    const ids = await eventually(
      'each with an id of its own',
      async () => {
        const [one, two] = [holderOf(deviceId, after), holderOf(otherDevice, after)];
        if (one === undefined || two === undefined || one === two) return null;
        const clients = await Promise.all([one, two].map((id) => lab.platform.client(id)));
        return clients.every((client) => client?.presence?.state === 'online') ? [one, two] : null;
      },
      90_000,
    );
    expect(ids.filter((id) => id === copied).length).toBeLessThanOrEqual(1);
    // Each logs in with a credential of its own: at least one was given since.
    expect(relay.secrets.length).toBeGreaterThanOrEqual(2);
    const said = lab.agent.said() + other.said();
    expect(said).toContain('another computer uses this client id');
    await Promise.all([lab.agent.stop(), other.stop()]);
    const restarted = lab.wire.mark();
    await lab.agent.start('login-3');
    await other.start('login-4');
    await lab.agent.stop();
    await other.stop();
    // They stay apart: each with one id, and neither is thrown off by the other.
    expect(new Set(lab.wire.heard.slice(restarted).map(({ clientId }) => clientId)).size).toBe(2);
    expect([lab.agent, other].map((agent) => agent.said().split('login-').at(-1)).join('')).not.toContain('another computer uses');
  });
});
