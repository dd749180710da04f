import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMqttLink } from '../../agent/src/adapters/mqtt/index.ts';
import { createProxyChoice, loadTlsContexts } from '../../agent/src/adapters/network/index.ts';
import { startAedes } from './brokers/aedes-broker.ts';
import { cleanup, connectOptions, recordingLog } from './brokers/link-fixture.ts';
import { startMosquitto, type MosquittoStart } from './brokers/mosquitto-broker.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { describeWith, mosquitto } from './requirements.ts';

/** Nothing that is waited for takes longer on a busy machine. */
const patience = { timeout: 20_000 };

const NEVER = new AbortController().signal;
const begun = cleanup();
afterEach(() => begun.run());

const PREFIX = 'jabra/v1/org-1/client-1';
type Changes = Parameters<typeof connectOptions>[1];

async function attempt(url: string, changes?: Changes, log = recordingLog()) {
  const link = createMqttLink({ proxyFor: createProxyChoice({ environment: {}, log }), loadTls: loadTlsContexts, clock: machineClock, log });
  const result = await link.connect(connectOptions(url, changes), NEVER);
  if (result.accepted) begun.add(result.connection, (connection) => connection.end(true));
  return result;
}

async function connect(url: string, changes?: Changes, log = recordingLog()) {
  const result = await attempt(url, changes, log);
  if (!result.accepted) throw new Error(result.failure.message);
  return result.connection;
}

async function startBroker(options?: MosquittoStart) {
  return begun.add(await startMosquitto(options), (broker) => broker.stop());
}

/** Somebody else on the same broker. */
async function observer(url: string, filter: string, version: 5 | 4 = 5): Promise<{ client: MqttClient; seen: IPublishPacket[] }> {
  const client = begun.add(await connectAsync(url, { protocolVersion: version, reconnectPeriod: 0 }), (open) => open.endAsync(true));
  const seen: IPublishPacket[] = [];
  client.on('message', (_topic, _payload, packet) => seen.push(packet));
  await client.subscribeAsync(filter, { qos: 1 });
  return { client, seen };
}

const text = (payload: Uint8Array | string): string => Buffer.from(payload).toString();
/** A promise that is resolved from outside. */
function gate<T = void>() {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open: (value: T) => open(value) };
}

describe.each([{ webSocket: false }, { webSocket: true }])('a broker of MQTT 3.1.1 only (WebSocket: $webSocket)', ({ webSocket }) => {
  async function aedes(options = {}) {
    return begun.add(await startAedes({ webSocket, options }), (broker) => broker.stop());
  }

  test('refuses version 5 as unsupported, with the code it sent', async () => {
    const { url } = await aedes();
    const result = await attempt(url);
    expect(result).toMatchObject({ accepted: false, failure: { kind: 'unsupported-version', reasonCode: 1, retryAfterMs: null } });
  });

  test('carries messages both ways in version 3.1.1 and keeps the session', async () => {
    const { url } = await aedes();
    const connection = await connect(url, { version: 4 });
    const received: string[] = [];
    connection.onMessage(async ({ topic, payload, retained }) => void received.push(`${topic} ${text(payload)} ${retained}`));
    await connection.subscribe([`${PREFIX}/policy`, `${PREFIX}/presence`]);
    await connection.publish({ topic: `${PREFIX}/presence`, payload: '{"state":"online"}', retain: true });
    await vi.waitFor(() => expect(received).toEqual([`${PREFIX}/presence {"state":"online"} false`]), patience);
    expect(connection.sessionPresent).toBe(false);
    await connection.end(true);
    expect((await connect(url, { version: 4 })).sessionPresent).toBe(true);
  });

  test.each([4, 5])('return code %i is "not authorized"', async (returnCode) => {
    const { url } = await aedes({
      authenticate: (_client: unknown, _user: unknown, _password: unknown, done: (error: Error, success: boolean) => void) =>
        done(Object.assign(new Error('no'), { returnCode }), false),
    });
    const result = await attempt(url, { version: 4 });
    expect(result).toMatchObject({ accepted: false, failure: { kind: 'not-authorized', reasonCode: returnCode } });
  });

  test('a lost connection is told once, and rejects what waits for an answer', async () => {
    const broker = await aedes({ authorizePublish: () => undefined });
    const connection = await connect(broker.url, { version: 4 });
    const closed = vi.fn<(closed: unknown) => void>();
    connection.onClosed(closed);
    const published = connection.publish({ topic: `${PREFIX}/events`, payload: '{}', retain: false });
    const outcome = published.catch((error: unknown) => error);
    await broker.stop();
    expect(await outcome).toMatchObject({ name: 'LinkError', code: 'closed' });
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce(), patience);
    expect(closed).toHaveBeenCalledWith(expect.objectContaining({ reasonCode: null, retryAfterMs: null }));
    await expect(connection.publish({ topic: 'a', payload: '', retain: false })).rejects.toMatchObject({ code: 'closed' });
    await connection.end(true);
    expect(closed).toHaveBeenCalledOnce();
  });

  test('a refused subscription rejects', async () => {
    const { url } = await aedes({
      authorizeSubscribe: (_client: unknown, subscription: { topic: string }, done: (error: null, granted: unknown) => void) =>
        done(null, subscription.topic.startsWith('mine') ? subscription : null),
    });
    const connection = await connect(url, { version: 4 });
    await expect(connection.subscribe(['mine/a', 'other/b'])).rejects.toMatchObject({ code: 'refused', reasonCode: 0x80 });
    await connection.subscribe(['mine/a']);
  });
});

describeWith(mosquitto, 'with Mosquitto', () => {
  describe.each([
    { version: 5, webSocket: false },
    { version: 5, webSocket: true },
    { version: 4, webSocket: false },
  ] as const)('version $version (WebSocket: $webSocket)', ({ version, webSocket }) => {
    async function broker(options: MosquittoStart = {}) {
      const started = await startBroker({ ...options, webSocket });
      return { ...started, agentUrl: started.webSocketUrl ?? started.url };
    }

    test('what is published arrives, retained where asked', async () => {
      const { url, agentUrl } = await broker();
      const connection = await connect(agentUrl, { version });
      await connection.publish({ topic: `${PREFIX}/client`, payload: '{"a":1}', retain: true });
      const { seen } = await observer(url, `${PREFIX}/#`);
      await vi.waitFor(() => expect(seen).toHaveLength(1), patience);
      expect(seen[0]).toMatchObject({ topic: `${PREFIX}/client`, payload: Buffer.from('{"a":1}'), retain: true, qos: 1 });
      expect(seen[0]?.properties?.contentType).toBe(version === 5 ? 'application/json' : undefined);
      await connection.publish({ topic: `${PREFIX}/client`, payload: '', retain: true });
      const later = await observer(url, `${PREFIX}/#`);
      await later.client.publishAsync(`${PREFIX}/marker`, '', { qos: 1 });
      await vi.waitFor(() => expect(later.seen.map(({ topic }) => topic)).toEqual([`${PREFIX}/marker`]), patience);
    });

    test('a message that came while the agent was away is delivered from the session', async () => {
      const { url, agentUrl } = await broker();
      const first = await connect(agentUrl, { version });
      await first.subscribe([`${PREFIX}/commands`]);
      await first.end(true);
      const { client } = await observer(url, 'unused');
      await client.publishAsync(`${PREFIX}/commands`, '{"id":1}', { qos: 1 });
      const second = await connect(agentUrl, { version });
      const received: string[] = [];
      second.onMessage(async ({ payload }) => void received.push(text(payload)));
      await vi.waitFor(() => expect(received).toEqual(['{"id":1}']), patience);
      expect(second.sessionPresent).toBe(true);
    });

    test('the will is sent when the socket is cut, and not after a graceful end', async () => {
      const { url, agentUrl } = await broker();
      const { client, seen } = await observer(url, `${PREFIX}/#`);
      const graceful = await connect(agentUrl, { version });
      await graceful.end(true);
      await client.publishAsync(`${PREFIX}/marker`, '', { qos: 1 });
      const cut = await connect(agentUrl, { version });
      await cut.end(false);
      await vi.waitFor(() => expect(seen.map(({ topic }) => topic)).toEqual([`${PREFIX}/marker`, `${PREFIX}/presence`]), patience);
      expect(text(seen[1]?.payload ?? '')).toBe('{"state":"offline"}');
    });

    test('a wrong password is "not authorized"', async () => {
      const { agentUrl } = await broker({ passwords: { 'org-1/client-1': 'token-1' } });
      const refused = await attempt(agentUrl, { version, password: 'wrong-token' });
      expect(refused).toMatchObject({ accepted: false, failure: { kind: 'not-authorized', reasonCode: version === 5 ? 0x87 : 5 } });
      expect(JSON.stringify(refused)).not.toContain('wrong-token');
      expect(await attempt(agentUrl, { version })).toMatchObject({ accepted: true });
    });

    test('messages are acknowledged one by one, each when its listener is done, while own publishes go on', async () => {
      const { url, agentUrl, log } = await broker({ extra: ['max_inflight_messages 2'] });
      const connection = await connect(agentUrl, { version, receiveMaximum: 2 });
      await connection.subscribe([`${PREFIX}/commands`]);
      const { client } = await observer(url, 'unused');
      const [first, rest] = [gate(), gate()];
      const started: string[] = [];
      connection.onMessage(async ({ payload }) => {
        started.push(text(payload));
        // Waits for a PUBACK that comes behind other messages.
        await connection.publish({ topic: `${PREFIX}/results`, payload: '{}', retain: false });
        await (started.length === 1 ? first.opened : rest.opened);
      });
      await Promise.all(['1', '2', '3', '4'].map((payload) => client.publishAsync(`${PREFIX}/commands`, payload, { qos: 1 })));
      const acknowledged = (): number => log().match(/Received PUBACK from client-1/g)?.length ?? 0;
      await vi.waitFor(() => expect(log()).toMatch(/Sending PUBACK to client-1/), patience);
      expect({ started, acknowledged: acknowledged() }).toEqual({ started: ['1'], acknowledged: 0 });
      // Not more than the receive maximum (5), or the broker's own limit, is on its way.
      expect(log().match(/Sending PUBLISH to client-1 .*commands/g)).toHaveLength(2);
      first.open();
      await vi.waitFor(() => expect({ started, acknowledged: acknowledged() }).toEqual({ started: ['1', '2'], acknowledged: 1 }), patience);
      rest.open();
      await vi.waitFor(() => expect({ started, acknowledged: acknowledged() }).toEqual({ started: ['1', '2', '3', '4'], acknowledged: 4 }), patience);
    });

    test('a message whose listener fails is logged, acknowledged and not seen again; one that was not acknowledged comes again', async () => {
      const { url, agentUrl } = await broker();
      const log = recordingLog();
      const connection = await connect(agentUrl, { version }, log);
      await connection.subscribe([`${PREFIX}/commands`]);
      const { client } = await observer(url, 'unused');
      const stuck = gate();
      const received: string[] = [];
      connection.onMessage(async ({ payload }) => {
        received.push(text(payload));
        if (received.length === 1) throw new TypeError('poison');
        await stuck.opened;
      });
      await client.publishAsync(`${PREFIX}/commands`, 'first', { qos: 1 });
      await client.publishAsync(`${PREFIX}/commands`, 'second', { qos: 1 });
      await vi.waitFor(() => expect(received).toEqual(['first', 'second']), patience);
      expect(log.lines.map(({ level }) => level)).toEqual(['error']);
      await connection.end(false);
      stuck.open();
      const again = await connect(agentUrl, { version });
      const redelivered: string[] = [];
      again.onMessage(async ({ payload }) => void redelivered.push(text(payload)));
      await client.publishAsync(`${PREFIX}/commands`, 'third', { qos: 1 });
      await vi.waitFor(() => expect(redelivered).toEqual(['second', 'third']), patience);
    });

    test('an outage of the broker closes the connection, and the next attempt on the same port succeeds', async () => {
      const started = await broker();
      const connection = await connect(started.agentUrl, { version });
      const closed = gate<unknown>();
      connection.onClosed(closed.open);
      await started.interrupt();
      expect(await closed.opened).toMatchObject({ retryAfterMs: null });
      expect(await attempt(started.agentUrl, { version })).toMatchObject({ accepted: false, failure: { kind: 'network', reasonCode: null } });
      await started.resume();
      expect((await connect(started.agentUrl, { version })).sessionPresent).toBe(false);
    });
  });

  describe('what only version 5 has', () => {
    test('a second client with the same id takes the session over, and the first is told once', async () => {
      const { url } = await startBroker();
      const first = await connect(url);
      const closed = vi.fn<(closed: { reasonCode: number | null }) => void>();
      first.onClosed(closed);
      const second = await connect(url);
      await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce(), patience);
      // Newer ones say 0x8E; 2.0.11 closes without a DISCONNECT.
      expect([null, 0x8e]).toContain(closed.mock.calls[0]?.[0].reasonCode);
      expect(second.sessionPresent).toBe(true);
      await first.end(true);
      expect(closed).toHaveBeenCalledOnce();
    });

    test('response topic and correlation data pass both ways', async () => {
      const { url } = await startBroker();
      const connection = await connect(url);
      await connection.subscribe([`${PREFIX}/commands`]);
      const { client, seen } = await observer(url, `${PREFIX}/answers`);
      connection.onMessage(async ({ responseTopic = '', correlationData = Buffer.alloc(0) }) => {
        await connection.publish({ topic: responseTopic, payload: '{}', retain: false, correlationData });
      });
      const properties = { responseTopic: `${PREFIX}/answers`, correlationData: Buffer.from([0, 255, 1]) };
      await client.publishAsync(`${PREFIX}/commands`, '{}', { qos: 1, properties });
      await vi.waitFor(() => expect(seen.map((packet) => packet.properties?.correlationData)).toEqual([Buffer.from([0, 255, 1])]), patience);
    });

    test('what the access list forbids is refused with its reason code', async () => {
      const acl = `user org-1/client-1\ntopic readwrite ${PREFIX}/#\n`;
      const { url } = await startBroker({ acl, passwords: { 'org-1/client-1': 'token-1' } });
      const connection = await connect(url);
      await connection.publish({ topic: `${PREFIX}/events`, payload: '{}', retain: false });
      const foreign = connection.publish({ topic: 'jabra/v1/org-1/client-2/events', payload: '{}', retain: false });
      await expect(foreign).rejects.toMatchObject({ name: 'LinkError', code: 'refused', reasonCode: 0x87 });
    });

    test('two hundred publishes at once stay within what the broker takes unacknowledged', async () => {
      const { url } = await startBroker({ extra: ['max_inflight_messages 3'] });
      const connection = await connect(url);
      const { seen } = await observer(url, `${PREFIX}/events`, 4);
      const payloads = Array.from({ length: 200 }, (_, index) => String(index));
      await Promise.all(payloads.map((payload) => connection.publish({ topic: `${PREFIX}/events`, payload, retain: false })));
      await vi.waitFor(() => expect(seen).toHaveLength(200), patience);
      expect(seen.map(({ payload }) => text(payload))).toEqual(payloads);
    });
  });
});
