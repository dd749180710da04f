import type { Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMqttLink } from '../../agent/src/adapters/mqtt/index.ts';
import { createProxyChoice, loadTlsContexts } from '../../agent/src/adapters/network/index.ts';
import { cleanup, connectOptions, manualClock, recordingLog } from './brokers/link-fixture.ts';
import { startScriptedServer } from './brokers/scripted-server.ts';

/** Nothing that is waited for takes longer on a busy machine. */
const patience = { timeout: 20_000 };

const begun = cleanup();
afterEach(() => begun.run());

type Changes = Parameters<typeof connectOptions>[1];

async function serve(script: (socket: Socket) => void) {
  return begun.add(await startScriptedServer(script), (server) => server.stop());
}

/** Answers CONNECT, and each later chunk with what `next` gives. */
function answering(connack: string, next: (chunk: Buffer, socket: Socket) => void = () => undefined) {
  return (socket: Socket): void => {
    socket.once('data', () => {
      socket.write(hex(connack));
      socket.on('data', (chunk) => next(chunk, socket));
    });
  };
}

interface Surroundings {
  readonly clock?: ReturnType<typeof manualClock>;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

async function attempt(url: string, changes?: Changes, { clock = manualClock(), signal, environment = {} }: Surroundings = {}) {
  const log = recordingLog();
  const link = createMqttLink({ proxyFor: createProxyChoice({ environment, log }), loadTls: loadTlsContexts, log, clock });
  const result = await link.connect(connectOptions(url, changes), signal ?? new AbortController().signal);
  if (result.accepted) begun.add(result.connection, (connection) => connection.end(false));
  return result;
}

async function connect(url: string, changes?: Changes) {
  const result = await attempt(url, changes);
  if (!result.accepted) throw new Error(result.failure.message);
  return result.connection;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const utf8 = (text: string): string => `${text.length.toString(16).padStart(4, '0')} ${Buffer.from(text).toString('hex')} `;

const ACCEPTED_5 = '20 03 00 00 00';
const ACCEPTED_3 = '20 02 00 00';

describe('the packets that are sent', () => {
  const will = { topic: 'a/presence', payload: '{"state":"offline"}', retain: true };
  const options = { will, willDelaySeconds: 30, sessionExpirySeconds: 604_800, keepAliveSeconds: 300 };

  test('CONNECT of version 5 carries session expiry, receive maximum, will delay and content type', async () => {
    const { url, received } = await serve(answering(ACCEPTED_5));
    await connect(url, options);
    const body = hex(
      `0004 4d515454 05` + // protocol name MQTT, level 5
        `ec` + // user name, password, will retained at QoS 1, no clean start
        `012c` + // keep-alive 300 s
        `08 11 00093a80 21 0020` + // session expiry 7 days, receive maximum 32
        utf8('client-1') +
        `18 18 0000001e 03 ${utf8('application/json')}` + // will delay 30 s, content type
        utf8('a/presence') +
        utf8('{"state":"offline"}') +
        utf8('org-1/client-1') +
        utf8('token-1'),
    );
    expect(received().toString('hex')).toBe(Buffer.concat([Buffer.of(0x10, body.length), body]).toString('hex'));
  });

  test('CONNECT of version 3.1.1 carries no properties', async () => {
    const { url, received } = await serve(answering(ACCEPTED_3));
    await connect(url, { ...options, version: 4, password: null });
    const body = hex(
      `0004 4d515454 04` + // protocol name MQTT, level 4
        `ac` + // user name, no password, will retained at QoS 1, no clean session
        `012c` +
        utf8('client-1') +
        utf8('a/presence') +
        utf8('{"state":"offline"}') +
        utf8('org-1/client-1'),
    );
    expect(received().toString('hex')).toBe(Buffer.concat([Buffer.of(0x10, body.length), body]).toString('hex'));
  });

  test('PUBACK is sent when the listener is done, DISCONNECT at a graceful end', async () => {
    const publish = hex(`32 07 ${utf8('a')} 0101 00 7b`);
    const { url, received } = await serve(
      answering(ACCEPTED_5, (chunk, socket) => {
        if (chunk[0] === 0x82) socket.write(Buffer.concat([hex('90 04'), chunk.subarray(2, 4), hex('00 01'), publish]));
      }),
    );
    const connection = await connect(url);
    const seen = vi.fn<(payload: string) => void>();
    let finish: () => void = () => undefined;
    connection.onMessage(async ({ payload }) => {
      seen(Buffer.from(payload).toString());
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await connection.subscribe(['a']);
    await vi.waitFor(() => expect(seen).toHaveBeenCalledExactlyOnceWith('{'), patience);
    const before = received().length;
    finish();
    await vi.waitFor(() => expect(received().subarray(before)).toEqual(hex('40 02 0101')), patience);
    await connection.end(true);
    await vi.waitFor(() => expect(received().subarray(before)).toEqual(hex('40 02 0101 e0 00')), patience);
  });

  test("the server's own keep-alive wins", async () => {
    // Server Keep Alive 1 s, where 300 s were asked for.
    const { url, received } = await serve(answering('20 06 00 00 03 13 0001'));
    await connect(url, { keepAliveSeconds: 300 });
    const before = received().length;
    await vi.waitFor(() => expect(received().subarray(before, before + 2)).toEqual(hex('c0 00')), patience);
  });

  test('not more publishes are on their way than the server takes, and none that it would find too large', async () => {
    const identifiers: Buffer[] = [];
    // Receive Maximum 1, Maximum Packet Size 1000
    const { url } = await serve(answering('20 0b 00 00 08 21 0001 27 000003e8', (chunk) => identifiers.push(chunk.subarray(5, 7))));
    const connection = await connect(url);
    const first = connection.publish({ topic: 'a', payload: '{}', retain: false });
    const second = connection.publish({ topic: 'a', payload: '{}', retain: false });
    const large = connection.publish({ topic: 'a', payload: 'x'.repeat(1000), retain: false });
    await expect(large).rejects.toMatchObject({ code: 'too-large' });
    await vi.waitFor(() => expect(identifiers).toHaveLength(1), patience);
    await connection.end(false);
    await expect(first).rejects.toMatchObject({ code: 'closed' });
    await expect(second).rejects.toMatchObject({ code: 'closed' });
    expect(identifiers).toHaveLength(1);
  });

  test('what waits is made when it goes, and not at all where the connection ends before', async () => {
    const received: Buffer[] = [];
    // Receive Maximum 1
    const { url } = await serve(answering('20 06 00 00 03 21 0001', (chunk) => received.push(chunk)));
    const connection = await connect(url);
    const made = vi.fn<() => { topic: string; payload: string; retain: boolean }>(() => ({ topic: 'a', payload: '{}', retain: false }));
    const first = connection.publish(made);
    const second = connection.publish(made);
    await vi.waitFor(() => expect(received).toHaveLength(1), patience);
    await connection.end(false);
    await expect(first).rejects.toMatchObject({ code: 'closed' });
    await expect(second).rejects.toMatchObject({ code: 'closed' });
    expect(made).toHaveBeenCalledOnce();
    const lasting = await connect((await serve(answering(ACCEPTED_5))).url);
    const wrong = lasting.publish(() => ({ topic: 'a/#', payload: '{}', retain: false }));
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-topic' });
  });

  test.each(['', 'a/+', 'a/#', 'a\0b'])('the topic %j is not published to', async (topic) => {
    const { url } = await serve(answering(ACCEPTED_5));
    const connection = await connect(url);
    await expect(connection.publish({ topic, payload: '{}', retain: false })).rejects.toMatchObject({ code: 'invalid-topic' });
  });
});

describe('an attempt that fails', () => {
  test.each<[string, string, object]>([
    ['0x84', '20 03 00 84 00', { kind: 'unsupported-version', reasonCode: 0x84 }],
    ['0x01 of 3.1.1', '20 02 00 01', { kind: 'unsupported-version', reasonCode: 1 }],
    ['an acceptance of 3.1.1', ACCEPTED_3, { kind: 'unsupported-version', reasonCode: null }],
    ['0x86', '20 03 00 86 00', { kind: 'not-authorized', reasonCode: 0x86 }],
    ['0x87', '20 03 00 87 00', { kind: 'not-authorized', reasonCode: 0x87 }],
    ['0x8A', '20 03 00 8a 00', { kind: 'not-authorized', reasonCode: 0x8a }],
    ['0x85', '20 03 00 85 00', { kind: 'refused', reasonCode: 0x85 }],
    ['0x89 with retry-after', `20 15 00 89 12 26 ${utf8('retry-after')} ${utf8('90')}`, { kind: 'refused', reasonCode: 0x89, retryAfterMs: 90_000 }],
    ['flags that are reserved', '20 03 04 00 00', { kind: 'refused', reasonCode: null }],
    ['an unknown property', '20 05 00 00 02 7f 00', { kind: 'refused', reasonCode: null }],
    ['two Server Keep Alive properties', '20 09 00 00 06 13 0001 13 0001', { kind: 'refused', reasonCode: null }],
    ['a length that never ends', '20 ff ff ff ff', { kind: 'refused', reasonCode: null }],
    ['HTTP', '48 54 54 50 2f 31 2e 31 20 34 30 30', { kind: 'network', reasonCode: null }],
    ['PUBLISH', '32 07 0001 61 0101 00 7b', { kind: 'network', reasonCode: null }],
  ])('version 5: CONNECT answered by %s', async (_name, answer, failure) => {
    const { url } = await serve(answering(answer, (_chunk, socket) => socket.destroy()));
    expect(await attempt(url)).toMatchObject({ accepted: false, failure: { retryAfterMs: null, ...failure } });
  });

  test.each<[string, string, object]>([
    ['1', '20 02 00 01', { kind: 'unsupported-version', reasonCode: 1 }],
    ['3', '20 02 00 03', { kind: 'refused', reasonCode: 3 }],
    ['4', '20 02 00 04', { kind: 'not-authorized', reasonCode: 4 }],
    ['5', '20 02 00 05', { kind: 'not-authorized', reasonCode: 5 }],
  ])('version 3.1.1: return code %s', async (_name, answer, failure) => {
    const { url } = await serve(answering(answer));
    expect(await attempt(url, { version: 4 })).toMatchObject({ accepted: false, failure });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['closes at once', (socket) => socket.end()],
    ['closes after CONNECT', (socket) => socket.once('data', () => socket.end())],
    ['resets', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closes within the CONNACK', (socket) => socket.once('data', () => socket.end(hex('20 03 00')))],
  ])('a server that %s', async (_name, script) => {
    const { url } = await serve(script);
    expect(await attempt(url)).toMatchObject({ accepted: false, failure: { kind: 'closed-before-connack', reasonCode: null } });
  });

  test('nobody listens', async () => {
    const { url, stop } = await serve(() => undefined);
    await stop();
    expect(await attempt(url)).toMatchObject({
      accepted: false,
      failure: { kind: 'network', message: expect.stringContaining('refuses connections') },
    });
  });

  test('a server that never answers is given up after 30 s', async () => {
    const clock = manualClock();
    const { url, received } = await serve(() => undefined);
    const result = attempt(url, {}, { clock });
    await vi.waitFor(() => expect(received().length).toBeGreaterThan(0), patience);
    clock.advance(29_999);
    expect(clock.waiting()).toBe(1);
    clock.advance(1);
    expect(await result).toMatchObject({ accepted: false, failure: { kind: 'network', message: expect.stringContaining('after 30 s') } });
  });

  test.each(['mqtt', 'ws', 'wss', 'mqtts', 'proxy'])('an attempt that waits for an answer is cancelled at once (%s)', async (stage) => {
    const controller = new AbortController();
    const reached = vi.fn<() => void>();
    const closed = vi.fn<() => void>();
    const { port } = await serve((socket) => {
      reached();
      socket.once('close', closed);
    });
    const url = stage === 'proxy' ? 'wss://platform.example' : `${stage}://127.0.0.1:${port}`;
    const clock = manualClock();
    const surroundings = { clock, signal: controller.signal, environment: { HTTPS_PROXY: stage === 'proxy' ? `http://127.0.0.1:${port}` : '' } };
    const result = attempt(url, {}, surroundings);
    await vi.waitFor(() => expect(reached).toHaveBeenCalledOnce(), patience);
    controller.abort();
    expect(await result).toMatchObject({ accepted: false, failure: { kind: 'network', message: 'the attempt was cancelled' } });
    await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce(), patience);
    expect(clock.waiting()).toBe(0);
    expect(await attempt(url, {}, surroundings)).toMatchObject({ accepted: false, failure: { message: 'the attempt was cancelled' } });
    expect(reached).toHaveBeenCalledOnce();
  });
});

describe('a connection that ends', () => {
  test.each<[string, string, object]>([
    [
      'session taken over',
      'e0 02 8e 00',
      { reasonCode: 0x8e, retryAfterMs: null, message: 'the platform ended the connection: Session taken over (0x8e)' },
    ],
    ['busy, with retry-after', `e0 14 89 12 26 ${utf8('retry-after')} ${utf8('60')}`, { reasonCode: 0x89, retryAfterMs: 60_000 }],
    ['a reason code alone', 'e0 01 8b', { reasonCode: 0x8b, retryAfterMs: null }],
    ['an unknown reason', 'e0 01 01', { reasonCode: null, retryAfterMs: null }],
    ['a packet type that does not exist', '00 00', { reasonCode: null }],
    ['a PUBLISH with both QoS bits', '36 07 0001 61 0101 00 7b', { reasonCode: null }],
    ['a PUBLISH cut short', '32 03 00ff 61', { reasonCode: null }],
    ['a topic alias that was not allowed', `32 09 ${utf8('a')} 0101 03 23 0001`, { reasonCode: null }],
    ['another CONNACK', ACCEPTED_5, { reasonCode: null }],
    ['AUTH', 'f0 02 18 00', { reasonCode: null }],
    ['a packet above every size', '30 ff ff ff 7f', { reasonCode: null }],
  ])('by %s is told once', async (_name, packet, expected) => {
    const { url } = await serve(
      answering(ACCEPTED_5, (chunk, socket) => {
        if (chunk[0] === 0x82) socket.write(hex(packet));
      }),
    );
    const connection = await connect(url);
    const closed = vi.fn<(closed: unknown) => void>();
    connection.onClosed(closed);
    await expect(connection.subscribe(['a'])).rejects.toMatchObject({ name: 'LinkError', code: 'closed' });
    await vi.waitFor(() => expect(closed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(expected)), patience);
    await connection.end(true);
    expect(closed).toHaveBeenCalledOnce();
  });

  test('is told to a listener that comes late, and not at all where the end was asked for', async () => {
    const { url } = await serve(answering(ACCEPTED_3, (_chunk, socket) => socket.destroy()));
    const lost = await connect(url, { version: 4 });
    await expect(lost.publish({ topic: 'a', payload: '{}', retain: false })).rejects.toMatchObject({ code: 'closed' });
    const late = vi.fn<() => void>();
    lost.onClosed(late);
    await vi.waitFor(() => expect(late).toHaveBeenCalledOnce(), patience);

    const asked = await connect(url, { version: 4 });
    const unwanted = vi.fn<() => void>();
    asked.onClosed(unwanted);
    await Promise.all([asked.end(false), asked.end(true)]);
    expect(unwanted).not.toHaveBeenCalled();
  });

  test('gracefully, while the server does not close, is cut after 2 s', async () => {
    const clock = manualClock();
    const { url, received } = await serve((socket) => {
      // Half open: it reads the end, and keeps its own side.
      socket.allowHalfOpen = true;
      answering(ACCEPTED_3)(socket);
    });
    const result = await attempt(url, { version: 4 }, { clock });
    if (!result.accepted) throw new Error(result.failure.message);
    const ended = result.connection.end(true);
    await vi.waitFor(() => expect(received().subarray(-2)).toEqual(hex('e0 00')), patience);
    clock.advance(2000);
    await ended;
    expect(clock.waiting()).toBe(0);
  });
});
