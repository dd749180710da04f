import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMqttLink, type MqttLinkOptions } from '../../agent/src/adapters/mqtt/index.ts';
import { createProxyChoice, loadTlsContexts, type ProxySources } from '../../agent/src/adapters/network/index.ts';
import { startAedes } from './brokers/aedes-broker.ts';
import { type Authority, type Certificate, createAuthority } from './brokers/certificates.ts';
import { type ConnectProxyStart, startConnectProxy } from './brokers/connect-proxy.ts';
import { cleanup, connectOptions, type LinkTls, manualClock, recordingLog } from './brokers/link-fixture.ts';
import { closer, listenOnLoopback } from './brokers/listening.ts';
import { startMosquitto } from './brokers/mosquitto-broker.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { describeWith, mosquitto } from './requirements.ts';

const begun = cleanup();
afterEach(() => begun.run());
afterEach(() => vi.unstubAllEnvs());

let folder: string;
let authority: Authority;
let stranger: Authority;
let server: Certificate;
let client: Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jpd-certificates-'));
  [authority, stranger] = await Promise.all([createAuthority(folder, 'Lab authority'), createAuthority(folder, 'Another authority')]);
  [server, client] = await Promise.all([authority.issueServer(), authority.issueClient('org-1/client-1')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function attempt(url: string, tls: LinkTls, surroundings: Partial<ProxySources & Pick<MqttLinkOptions, 'clock'>> = {}) {
  const options = connectOptions(url, { tls, version: 4 });
  const { clock, log, ...sources } = { environment: {}, clock: machineClock, log: recordingLog(), ...surroundings };
  const link = createMqttLink({ proxyFor: createProxyChoice({ ...sources, log }), loadTls: loadTlsContexts, clock, log });
  const result = await link.connect(options, new AbortController().signal);
  if (result.accepted) begun.add(result.connection, (connection) => connection.end(true));
  return result;
}

const refusal = (message: RegExp) => ({ accepted: false, failure: { kind: 'network', reasonCode: null, message: expect.stringMatching(message) } });

describe.each([{ webSocket: false }, { webSocket: true }])('TLS (WebSocket: $webSocket)', ({ webSocket }) => {
  async function secured(certificate = server) {
    return begun.add(await startAedes({ webSocket, tls: certificate }), (broker) => broker.stop());
  }

  test('tls.caFile adds a private authority', async () => {
    const { url } = await secured();
    expect(await attempt(url, { caFile: authority.caFile })).toMatchObject({ accepted: true });
    expect(await attempt(url.replace('127.0.0.1', 'localhost'), { caFile: authority.caFile })).toMatchObject({ accepted: true });
  });

  test('an authority that is not trusted is refused, and the message names the setting', async () => {
    const { url } = await secured();
    expect(await attempt(url, {})).toMatchObject(refusal(/unknown authority: set tls\.caFile/));
    expect(await attempt(url, { caFile: stranger.caFile })).toMatchObject(refusal(/unknown authority: set tls\.caFile/));
  });

  test('no environment variable turns verification off', async () => {
    const { url } = await secured();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    expect(await attempt(url, {})).toMatchObject(refusal(/unknown authority/));
  });

  test('a certificate for another host name is refused', async () => {
    const { url } = await secured(await authority.issueServer({ hosts: ['DNS:elsewhere.example'] }));
    expect(await attempt(url, { caFile: authority.caFile })).toMatchObject(refusal(/another host name/));
  });

  test('plain MQTT to a TLS port, and TLS to a plain port, end as failures', async () => {
    const { port } = await secured();
    const plain = await attempt(`${webSocket ? 'ws' : 'mqtt'}://127.0.0.1:${port}`, {});
    expect(plain).toMatchObject({ accepted: false });
    const open = begun.add(await startAedes({ webSocket }), (broker) => broker.stop());
    const secure = await attempt(`${webSocket ? 'wss' : 'mqtts'}://127.0.0.1:${open.port}`, {});
    expect(secure).toMatchObject({ accepted: false, failure: { kind: 'network' } });
  });
});

test('a server below TLS 1.2 is refused', async () => {
  const keys = { cert: await readFile(server.certFile), key: await readFile(server.keyFile) };
  const old = createTlsServer({ ...keys, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  begun.add(old, closer(old));
  const port = await listenOnLoopback(old);
  expect(await attempt(`mqtts://127.0.0.1:${port}`, { caFile: authority.caFile })).toMatchObject(refusal(/no TLS 1\.2/));
});

test.each([
  [{ caFile: '/nonexistent/ca.pem' }, /tls\.caFile can not be read \(ENOENT\)/],
  [{ certFile: '/nonexistent/client.pem' }, /tls\.certFile and tls\.keyFile belong together/],
  [{ certFile: '/nonexistent/client.pem', keyFile: '/nonexistent/client.key' }, /tls\.certFile can not be read \(ENOENT\)/],
])('TLS files that can not be used are named: %j', async (tls, message) => {
  expect(await attempt('wss://127.0.0.1:1', tls)).toMatchObject(refusal(message));
});

test('TLS files with the wrong content are named', async () => {
  const empty = join(folder, 'empty.pem');
  await writeFile(empty, 'nothing');
  expect(await attempt('wss://127.0.0.1:1', { caFile: empty })).toMatchObject(refusal(/tls\.caFile holds no certificate/));
  const mixed = { certFile: client.certFile, keyFile: server.keyFile };
  expect(await attempt('wss://127.0.0.1:1', mixed)).toMatchObject(refusal(/tls\.certFile with tls\.keyFile can not be used/));
});

describeWith(mosquitto, 'client certificates, with Mosquitto', () => {
  test.each([{ webSocket: false }, { webSocket: true }])('stand for the token (WebSocket: $webSocket)', async ({ webSocket }) => {
    const tls = { ...server, caFile: authority.caFile, clientCa: true };
    const broker = begun.add(await startMosquitto({ webSocket, tls }), (started) => started.stop());
    const url = broker.webSocketUrl ?? broker.url;
    const trust = { caFile: authority.caFile };
    expect(await attempt(url, { ...trust, ...client })).toMatchObject({ accepted: true });
    // TLS 1.3 refuses it only after the client's handshake is done.
    expect(await attempt(url, trust)).toMatchObject({ accepted: false, failure: { kind: 'network' } });
    const foreign = await attempt(url, { ...trust, ...(await stranger.issueClient('org-1/client-1')) });
    expect(foreign).toMatchObject({ accepted: false, failure: { kind: 'network' } });
  });

  test('one that is missing is asked for, one of another authority is said to be refused', async () => {
    const tls = { ...server, caFile: authority.caFile, clientCa: true };
    const { url } = begun.add(await startMosquitto({ tls }), (started) => started.stop());
    const trust = { caFile: authority.caFile };
    expect(await attempt(url, trust)).toMatchObject(refusal(/set tls\.certFile and tls\.keyFile/));
    const foreign = await stranger.issueClient('org-1/client-1');
    expect(await attempt(url, { ...trust, ...foreign })).toMatchObject(refusal(/refuses the client certificate/));
  });
});

describe.each([{ webSocket: false }, { webSocket: true }])('an HTTP proxy (WebSocket: $webSocket)', ({ webSocket }) => {
  const credentials = { user: 'pc', password: 'p@ss:word' };
  const user = `${credentials.user}:${encodeURIComponent(credentials.password)}`;

  async function behindProxy(options: ConnectProxyStart = {}) {
    const broker = begun.add(await startAedes({ webSocket, tls: server }), (started) => started.stop());
    const proxy = begun.add(await startConnectProxy({ credentials, ...options }), (started) => started.stop());
    return { url: broker.url, host: `127.0.0.1:${broker.port}`, proxy, withUser: proxy.url.replace('://', `://${user}@`) };
  }
  const trust = (): LinkTls => ({ caFile: authority.caFile });

  test('of HTTPS_PROXY is used, with its user and password', async () => {
    const { url, host, proxy, withUser } = await behindProxy();
    const systemProxy = vi.fn<(target: string) => Promise<null>>(async () => null);
    expect(await attempt(url, trust(), { environment: { HTTPS_PROXY: withUser }, systemProxy })).toMatchObject({ accepted: true });
    expect(await attempt(url, trust(), { environment: { https_proxy: withUser } })).toMatchObject({ accepted: true });
    expect(proxy.tunnels).toEqual([host, host]);
    expect(systemProxy).not.toHaveBeenCalled();
  });

  test('is not used for a host of NO_PROXY', async () => {
    const { url, proxy, withUser } = await behindProxy();
    expect(await attempt(url, trust(), { environment: { HTTPS_PROXY: withUser, NO_PROXY: '127.0.0.0/8' } })).toMatchObject({ accepted: true });
    expect(proxy.tunnels).toEqual([]);
  });

  test('of the system is used where the environment names none', async () => {
    const { url, host, proxy, withUser } = await behindProxy();
    const systemProxy = vi.fn<(target: string) => Promise<string>>(async () => withUser);
    expect(await attempt(url, trust(), { systemProxy })).toMatchObject({ accepted: true });
    expect(systemProxy).toHaveBeenCalledWith(`https://${host}/`);
    expect(proxy.tunnels).toEqual([host]);
  });

  test('that wants other credentials is a failure that shows none', async () => {
    const { url, proxy } = await behindProxy();
    const environment = { HTTPS_PROXY: proxy.url.replace('://', '://pc:guessed-secret@') };
    const refused = await attempt(url, trust(), { environment });
    expect(refused).toMatchObject(refusal(/user name and password.*\(HTTP 407\)/));
    expect(JSON.stringify(refused)).not.toContain('guessed-secret');
    expect(proxy.refused()).toBe(1);
  });

  test('that speaks TLS itself is verified like the platform', async () => {
    const { url, host, proxy, withUser } = await behindProxy({ tls: server });
    expect(await attempt(url, trust(), { environment: { HTTPS_PROXY: withUser } })).toMatchObject({ accepted: true });
    expect(proxy.tunnels).toEqual([host]);
    expect(await attempt(url, {}, { environment: { HTTPS_PROXY: withUser } })).toMatchObject(refusal(/the proxy .*unknown authority/));
  });

  test('resolves the name, and the certificate is checked against it', async () => {
    const named = await authority.issueServer({ hosts: ['DNS:platform.example'] });
    const broker = begun.add(await startAedes({ webSocket, tls: named }), (started) => started.stop());
    const forwardTo = { host: '127.0.0.1', port: broker.port };
    const proxy = begun.add(await startConnectProxy({ forwardTo }), (started) => started.stop());
    const environment = { HTTPS_PROXY: proxy.url };
    const scheme = webSocket ? 'wss' : 'mqtts';
    expect(await attempt(`${scheme}://platform.example/mqtt`, trust(), { environment })).toMatchObject({ accepted: true });
    expect(await attempt(`${scheme}://other.example/mqtt`, trust(), { environment })).toMatchObject(refusal(/another host name/));
    expect(proxy.tunnels).toEqual([`platform.example:${webSocket ? 443 : 8883}`, `other.example:${webSocket ? 443 : 8883}`]);
  });

  test('that can not be reached or used is named', async () => {
    const url = 'wss://platform.example/';
    const proxy = begun.add(await startConnectProxy(), (started) => started.stop());
    await proxy.stop();
    expect(await attempt(url, {}, { environment: { HTTPS_PROXY: proxy.url } })).toMatchObject(refusal(/the proxy 127.*refuses connections/));
    expect(await attempt(url, {}, { environment: { HTTPS_PROXY: 'socks5://u:p@h' } })).toMatchObject(refusal(/^HTTPS_PROXY is a socks5:\/\/ proxy/));
    expect(await attempt(url, {}, { environment: { HTTPS_PROXY: 'http://' } })).toMatchObject(refusal(/^HTTPS_PROXY is not a proxy URL/));
  });
});

test('plain connections to this computer never go through a proxy', async () => {
  const broker = begun.add(await startAedes({ webSocket: true }), (started) => started.stop());
  const proxy = begun.add(await startConnectProxy(), (started) => started.stop());
  const systemProxy = async (): Promise<string> => proxy.url;
  expect(await attempt(broker.url, {}, { environment: { HTTPS_PROXY: proxy.url }, systemProxy })).toMatchObject({ accepted: true });
  expect(proxy.tunnels).toEqual([]);
});

test('a system proxy that can not be asked for is warned of, and done without', async () => {
  const broker = begun.add(await startAedes({ tls: server }), (started) => started.stop());
  const log = recordingLog();
  const systemProxy = async (): Promise<null> => Promise.reject(new Error('no such service'));
  expect(await attempt(broker.url, { caFile: authority.caFile }, { log, systemProxy })).toMatchObject({ accepted: true });
  expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
});

describe('a refused WebSocket', () => {
  async function answering(status: number, headers: Record<string, string>) {
    const http = createHttpServer();
    begun.add(http, closer(http));
    http.on('upgrade', (_request, socket) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
    });
    return `ws://127.0.0.1:${await listenOnLoopback(http)}/mqtt`;
  }

  test.each([
    [503, '120', 120_000],
    [429, 'Sun, 22 Nov 2026 08:01:00 GMT', 60_000],
    [503, 'soon', null],
  ])('HTTP %i with Retry-After "%s" gives a wait of %s ms', async (status, retryAfter, retryAfterMs) => {
    const url = await answering(status, { 'Retry-After': retryAfter });
    const clock = manualClock(Date.UTC(2026, 10, 22, 8, 0, 0));
    const result = await attempt(url, {}, { clock });
    expect(result).toMatchObject({ accepted: false, failure: { kind: 'network', reasonCode: null, retryAfterMs } });
    expect(result).toMatchObject(refusal(new RegExp(`refuses the WebSocket \\(HTTP ${status}\\)`)));
    expect(clock.waiting()).toBe(0);
  });

  test('an upgrade without the subprotocol mqtt is a failure', async () => {
    const url = await answering(101, { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Accept': 'wrong' });
    expect(await attempt(url, {})).toMatchObject(refusal(/does not answer as a WebSocket of MQTT/));
  });
});

test('the token is not sent in the clear to another computer', async () => {
  expect(await attempt('mqtt://platform.example', {})).toMatchObject(refusal(/use wss:\/\/ or mqtts:\/\/ for platform\.example/));
  expect(await attempt('ws://192.0.2.1/', {})).toMatchObject(refusal(/this computer only/));
  expect(await attempt('http://127.0.0.1/', {})).toMatchObject(refusal(/URL is not usable/));
});
