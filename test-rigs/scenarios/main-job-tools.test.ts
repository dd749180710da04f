import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MosquittoBroker, startMosquitto } from '../lab/brokers/mosquitto-broker.ts';
import { mosquittoTools, runTool, startTool } from '../lab/mosquitto-tools.ts';
import { mosquittoAcl, platformUser } from '../lab/platform-by-hand.ts';
import { RunningProgram } from '../lab/processes.ts';
import { describeWith } from '../lab/requirements.ts';
import { VirtualBusProgram } from '../lab/virtual-bus-program.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Everything a platform needs is the contract: here two command-line programs of somebody else play it, with payloads written by hand.
 * Nothing of ours but the agent and the device takes part.
 */
describeWith(mosquittoTools, 'with mosquitto_pub and mosquitto_sub as the platform', () => {
  let folder: string;
  let broker: MosquittoBroker;
  let bus: VirtualBusProgram;
  let subscriber: RunningProgram;
  let agent: RunningProgram;
  let prefix: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jl-'));
    broker = await startMosquitto({ acl: mosquittoAcl });
    bus = new VirtualBusProgram(join(folder, 'bus.sock'), [`evolve2-75:${serial}`]);
    await bus.start();
    // A line a message: whether it is retained, its content type, its topic and its payload.
    subscriber = startTool('mosquitto_sub', broker.port, platformUser, ['--retain-as-published', '-t', 'jabra/v1/#', '-F', '%r %C %t %p']);
    const configuration = {
      organizationId: 'acme',
      enrollmentToken: `token-${randomUUID()}`,
      brokerUrl: broker.url,
      stateDir: join(folder, 'state'),
      hid: { driver: 'virtual', socket: bus.socket },
    };
    await writeFile(join(folder, 'agent.json'), JSON.stringify(configuration));
  });
  afterAll(async () => {
    await agent?.stop();
    await subscriber?.stop();
    await bus?.stop();
    await broker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const logIn = async (loginSession: string): Promise<void> => {
    if (agent) expect(await agent.stop()).toMatchObject({ code: 0 });
    agent = RunningProgram.ours('jabra-agent', ['run', '--config', join(folder, 'agent.json'), '--login-session', loginSession]);
  };
  const publish = (topic: string, payload: Fields, ...more: string[]) => {
    const message = JSON.stringify({ sentAt: new Date().toISOString(), ...payload });
    return runTool('mosquitto_pub', broker.port, platformUser, ['-t', `${prefix}${topic}`, '-m', message, ...more]);
  };
  /** What was printed of a topic below a client's prefix. */
  const printed = (topic: string): { readonly head: string; readonly payload: Fields }[] =>
    [...subscriber.out.matchAll(/^(\d .*? jabra\/v1\/acme\/[^/]+\/)(\S+) (\{.*\})$/gm)]
      .filter(([, , found]) => found === topic)
      .map(([, head = '', , payload = '']) => ({ head, payload: JSON.parse(payload) as Fields }));
  const hears = (topic: string, where: (payload: Fields) => boolean = () => true) =>
    eventually(`a message on ${topic}`, () => printed(topic).find(({ payload }) => where(payload)));

  it('hears of agent and headset, and of no person before it published a policy', async () => {
    await logIn('login-1');
    const presence = await hears('presence');
    prefix = /jabra.*$/.exec(presence.head)?.[0] ?? '';
    expect(presence).toMatchObject({ head: `1 application/json ${prefix}`, payload: { schema: 'presence/1', state: 'online', reason: 'connected' } });
    const device = await hears(`devices/${deviceId}`);
    expect(device).toMatchObject({ head: presence.head, payload: { schema: 'device/1', electronicSerialNumber: serial, battery: { level: 80 } } });
    expect((await hears('client')).payload).not.toHaveProperty('metadata');
  });

  it('publishes a policy, and hears who it is', async () => {
    const metadata = { userName: true, computer: true, location: true };
    const rules = { applySettings: 'next-login', endUserSettings: 'allowed', postponeLimit: 3, logLevel: 'info', revoked: false };
    await publish('policy', { schema: 'policy/1', revision: 1, metadata, ...rules }, '-r');
    const { payload } = await hears('client', (client) => 'metadata' in client);
    expect(payload).toMatchObject({ metadata: { userName: expect.stringMatching(/./), computer: { osVersion: expect.stringMatching(/./) } } });
  });

  it('has its events, which are sent again until it acknowledges them', async () => {
    const started = await hears('events', ({ type }) => type === 'agent.started');
    expect(started.head).toBe(`0 application/json ${prefix}`);
    const connected = await hears('events', ({ type }) => type === 'device.connected');
    await publish('acks', { schema: 'ack/1', ids: [started.payload['id']] });
    await logIn('login-1');
    await hears('events', ({ data }) => JSON.stringify(data).includes('shutdown'));
    const twice = await eventually('an event again', () => {
      const same = printed('events').filter(({ payload }) => payload['id'] === connected.payload['id']);
      return same.length === 2 && same;
    });
    expect(twice[1]?.payload).toEqual({ ...connected.payload, sentAt: expect.any(String) });
    expect(printed('events').filter(({ payload }) => payload['id'] === started.payload['id'])).toHaveLength(1);
  });

  it('locks a setting, which the headset holds from the next login on', async () => {
    const source = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' };
    const wanted = { settings: { sidetoneLevel: { value: -6, locked: true } }, firmware: { management: 'unmanaged' } };
    const inState = (state: string) => (document: Fields) => JSON.stringify(document['settings']).includes(`"state":"${state}"`);
    await hears('presence', ({ sessionId }) => sessionId !== printed('presence')[0]?.payload['sessionId']);
    await publish(`desired/${deviceId}`, { schema: 'desired/1', revision: 7, source, ...wanted }, '-r');
    const waiting = await hears(`devices/${deviceId}`, inState('pending-login'));
    expect(waiting.payload).toMatchObject({ settings: { desiredRevision: 7, appliedRevision: null } });
    expect(await bus.get(serial, 'sidetoneLevel')).toBe(0);
    await logIn('login-2');
    await bus.holds(serial, 'sidetoneLevel', -6);
    await hears(`devices/${deviceId}`, (document) => JSON.stringify(document).includes('"locked":["sidetoneLevel"]'));
    await bus.set(serial, 'sidetoneLevel', 3);
    await bus.holds(serial, 'sidetoneLevel', -6, 2_000);
    expect((await hears('events', ({ type }) => type === 'settings.lock-enforced')).payload).toMatchObject({ deviceId });
  });

  it('asks for something, and is answered where it wants to be', async () => {
    const command = { schema: 'command/1', id: 'cmd-1', expiresAt: new Date(Date.now() + 60_000).toISOString(), type: 'refresh', params: {} };
    await publish('commands', command, '-D', 'PUBLISH', 'response-topic', `${prefix}answers/1`);
    const result = { schema: 'result/1', commandId: 'cmd-1', status: 'succeeded' };
    expect(await hears('results/cmd-1')).toMatchObject({ head: `0 application/json ${prefix}`, payload: result });
    expect(await hears('answers/1')).toMatchObject({ head: `0 application/json ${prefix}`, payload: result });
  });
});
