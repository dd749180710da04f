import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createHttpClient, type HttpClientOptions } from '../../agent/src/adapters/http/index.ts';
import { createProxyChoice, loadTlsContexts } from '../../agent/src/adapters/network/index.ts';
import { machineClock } from '../platform/machine-clock.ts';
import { type Authority, type Certificate, createAuthority } from './brokers/certificates.ts';
import { startConnectProxy } from './brokers/connect-proxy.ts';
import { cleanup, manualClock, recordingLog } from './brokers/link-fixture.ts';
import { closer, listenOnLoopback } from './brokers/listening.ts';
import { startScriptedServer } from './brokers/scripted-server.ts';
import { startPackageServer } from './packages/package-server.ts';

/** Nothing that is waited for takes longer on a busy machine. */
const patience = { timeout: 20_000 };

const begun = cleanup();
afterEach(() => begun.run());
afterEach(() => vi.unstubAllEnvs());

let folder: string;
let authority: Authority;
let stranger: Authority;
let certificate: Certificate;
let client: Certificate;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jpd-http-'));
  [authority, stranger] = await Promise.all([createAuthority(folder, 'Lab authority'), createAuthority(folder, 'Another authority')]);
  [certificate, client] = await Promise.all([authority.issueServer(), authority.issueClient('org-1/client-1')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Options {
  readonly caFile?: string | null;
  readonly withClientCertificate?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: HttpClientOptions['clock'];
  readonly limits?: HttpClientOptions['limits'];
}

function httpClient({ caFile = authority.caFile, withClientCertificate = false, environment = {}, clock = machineClock, limits }: Options = {}) {
  const own = withClientCertificate ? client : { certFile: null, keyFile: null };
  return createHttpClient({
    proxyFor: createProxyChoice({ environment, log: recordingLog() }),
    trust: async () => {
      const { platform, proxy } = await loadTlsContexts({ caFile, ...own });
      return { server: platform, proxy };
    },
    clock,
    userAgent: 'jabra-agent/0.0.0',
    ...(limits ? { limits } : {}),
  });
}

const never = (): AbortSignal => new AbortController().signal;
const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) & 0xff);

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

async function get(url: string, options: Options & { readonly headers?: Record<string, string> } = {}) {
  const { headers, ...rest } = options;
  const response = await httpClient(rest).request({ method: 'GET', url, ...(headers ? { headers } : {}) }, never());
  return { ...response, content: await collect(response.body) };
}

/** Why it was rejected, null where it wasn't. */
const why = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => null,
    (error: unknown) => error,
  );

const packages = async (tls: Certificate | null = certificate, clientCa?: string) =>
  begun.add(await startPackageServer({ ...(tls ? { tls } : {}), ...(clientCa === undefined ? {} : { clientCa }) }), (server) => server.stop());

async function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  begun.add(server, closer(server));
  return `http://127.0.0.1:${await listenOnLoopback(server)}`;
}

async function scripted(script: (socket: Socket) => void) {
  return begun.add(await startScriptedServer(script), (server) => server.stop());
}

const failure = (code: string, message: RegExp) => ({ name: 'HttpError', code, message: expect.stringMatching(message) as unknown });

describe('an answer', () => {
  test('comes with its status, its headers and all of its body, uncompressed', async () => {
    const server = await packages();
    const answer = await get(server.put('/a.zip', { content, etag: '"v1"' }), { headers: { Range: 'bytes=100000-' } });
    expect(answer).toMatchObject({ status: 206, retryAfterMs: null });
    expect(answer.headers.get('content-range')).toBe('bytes 100000-299999/300000');
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(Buffer.compare(answer.content, content.subarray(100_000))).toBe(0);
    expect(server.requests[0]?.headers).toMatchObject({ 'user-agent': 'jabra-agent/0.0.0', 'accept-encoding': 'identity' });
  });

  test.each([404, 401, 500])('of status %i is an answer', async (status) => {
    const server = await packages();
    expect(await get(server.put('/a', { content, status }))).toMatchObject({ status });
  });

  test.each([
    ['120', 120_000],
    ['Sun, 22 Nov 2026 08:01:00 GMT', 60_000],
    ['soon', null],
  ])('with Retry-After "%s" asks for %s ms', async (value, retryAfterMs) => {
    const server = await packages(null);
    const url = server.put('/a', { content, status: 503, headers: { 'Retry-After': value } });
    expect(await get(url, { clock: manualClock(Date.UTC(2026, 10, 22, 8, 0, 0)) })).toMatchObject({ status: 503, retryAfterMs });
  });

  test('to what was sent: method, body and headers', async () => {
    const server = await packages();
    const url = server.put('/upload', { content: new Uint8Array(), status: 201 });
    for (const method of ['POST', 'PUT'] as const) {
      const response = await httpClient().request({ method, url, headers: { 'Content-Type': 'application/zip' }, body: content }, never());
      expect(response.status).toBe(201);
      response.close();
    }
    expect(server.requests.map(({ method, body }) => [method, body.length])).toEqual([
      ['POST', 300_000],
      ['PUT', 300_000],
    ]);
    expect(server.requests[0]?.headers).toMatchObject({ 'content-type': 'application/zip', 'content-length': '300000' });
  });

  test('leaves no connection behind, read or closed', async () => {
    let open = 0;
    const server = createHttpServer((request, response) => void (request.url === '/' ? response.end(content) : response.write(content)));
    begun.add(server, closer(server));
    server.on('connection', (socket) => {
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(server)}/`;
    await get(url);
    await vi.waitFor(() => expect(open).toBe(0), patience);
    const response = await httpClient().request({ method: 'GET', url: `${url}endless` }, never());
    response.close();
    await vi.waitFor(() => expect(open).toBe(0), patience);
    const begunToRead = await httpClient().request({ method: 'GET', url: `${url}endless` }, never());
    for await (const part of begunToRead.body) if (part.length > 0) break;
    await vi.waitFor(() => expect(open).toBe(0), patience);
  });
});

describe('TLS', () => {
  test('is verified against tls.caFile', async () => {
    const server = await packages();
    const url = server.put('/a', { content });
    expect(await get(url)).toMatchObject({ status: 200 });
    await expect(get(url, { caFile: null })).rejects.toMatchObject(failure('tls', /unknown authority: set tls\.caFile/));
    await expect(get(url, { caFile: stranger.caFile })).rejects.toMatchObject(failure('tls', /unknown authority/));
  });

  test('is not turned off by any variable', async () => {
    const server = await packages();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    await expect(get(server.put('/a', { content }), { caFile: null })).rejects.toMatchObject(failure('tls', /unknown authority/));
  });

  test('refuses a certificate for another host', async () => {
    const server = await packages(await authority.issueServer({ hosts: ['DNS:elsewhere.example'] }));
    await expect(get(server.put('/a', { content }))).rejects.toMatchObject(failure('tls', /another host name/));
  });

  test('shows the client certificate where there is one', async () => {
    const server = await packages(certificate, authority.caFile);
    const url = server.put('/a', { content });
    expect(await get(url, { withClientCertificate: true })).toMatchObject({ status: 200 });
    await expect(get(url)).rejects.toMatchObject(failure('tls', /client certificate/));
  });

  test('is missed on a plain port', async () => {
    const server = await packages(null);
    await expect(get(server.url.replace('http:', 'https:'))).rejects.toMatchObject(failure('tls', /does not speak TLS/));
  });

  test('files that cannot be read are named', async () => {
    await expect(get('https://127.0.0.1:1/', { caFile: '/nonexistent/ca.pem' })).rejects.toMatchObject(failure('tls', /tls\.caFile can not be read/));
  });
});

describe('a URL', () => {
  test('that is plain and leads elsewhere is refused before a socket is opened', async () => {
    await expect(get('http://packages.example/a.zip?token=secret')).rejects.toMatchObject(failure('refused-url', /use https/));
    await expect(get('ftp://127.0.0.1/a.zip')).rejects.toMatchObject(failure('refused-url', /begins with https/));
  });

  test('with a user sends Basic authentication', async () => {
    const server = await packages();
    await get(server.put('/a', { content }).replace('://', '://pc:p%40ss@'));
    // printf 'pc:p@ss' | base64
    expect(server.requests[0]?.headers['authorization']).toBe('Basic cGM6cEBzcw==');
  });
});

describe('a redirect', () => {
  test('is followed, also to another server, which is not told what was meant for the first', async () => {
    const [first, second] = [await packages(), await packages()];
    const url = first.put('/a', { content, status: 302, headers: { location: second.put('/b', { content }) } });
    const answer = await get(url, { headers: { Range: 'bytes=0-9', Authorization: 'Bearer secret', Cookie: 'a=b' } });
    expect(answer.content.length).toBe(10);
    expect(first.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', range: 'bytes=0-9' });
    expect(second.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(second.requests[0]?.headers).not.toHaveProperty('cookie');
  });

  test('to a plain address, to nowhere or in a circle is refused', async () => {
    const [server, plain] = [await packages(), await packages(null)];
    const redirect = (path: string, location: string) => server.put(path, { content, status: 301, headers: { location } });
    await expect(get(redirect('/plain', plain.put('/b', { content })))).rejects.toMatchObject(failure('refused-url', /only https:\/\/ is followed/));
    await expect(get(redirect('/nowhere', 'https://'))).rejects.toMatchObject(failure('refused-url', /begins with https/));
    await expect(get(redirect('/circle', '/circle'))).rejects.toMatchObject(failure('refused-url', /more than 5 times/));
    expect(server.requestsFor('/circle')).toHaveLength(6);
    expect(plain.requests).toEqual([]);
  });

  test('of what is sent is followed on the same server only, and never as another method', async () => {
    const [first, second] = [await packages(), await packages()];
    const end = first.put('/end', { content: new Uint8Array(), status: 201 });
    const put = async (status: number, location: string): Promise<number> => {
      const url = first.put('/begin', { content, status, headers: { location } });
      const response = await httpClient().request({ method: 'PUT', url, body: 'text' }, never());
      response.close();
      return response.status;
    };
    expect(await put(307, end)).toBe(201);
    expect(first.requestsFor('/end')[0]).toMatchObject({ method: 'PUT', body: Buffer.from('text') });
    expect(await put(307, second.put('/end', { content, status: 201 }))).toBe(307);
    expect(await put(302, end)).toBe(302);
    expect(second.requests).toEqual([]);
  });
});

describe('a proxy', () => {
  const credentials = { user: 'pc', password: 'p@ss:word' };
  const withUser = (url: string): string => url.replace('://', `://pc:${encodeURIComponent(credentials.password)}@`);

  test('of HTTPS_PROXY is used but for NO_PROXY, with its user and password', async () => {
    const server = await packages();
    const url = server.put('/a', { content });
    const proxy = begun.add(await startConnectProxy({ credentials }), (started) => started.stop());
    const environment = { HTTPS_PROXY: withUser(proxy.url) };
    expect((await get(url, { environment })).content.length).toBe(content.length);
    expect(proxy.tunnels).toEqual([`127.0.0.1:${server.port}`]);
    await get(url, { environment: { ...environment, NO_PROXY: '127.0.0.0/8' } });
    expect(proxy.tunnels).toHaveLength(1);
  });

  test('that speaks TLS is verified, and resolves the names', async () => {
    const server = await packages(await authority.issueServer({ hosts: ['DNS:packages.example'] }));
    server.put('/a', { content });
    const forwardTo = { host: '127.0.0.1', port: server.port };
    const proxy = begun.add(await startConnectProxy({ tls: certificate, forwardTo }), (started) => started.stop());
    const environment = { HTTPS_PROXY: proxy.url };
    expect(await get('https://packages.example/a', { environment })).toMatchObject({ status: 200 });
    await expect(get('https://other.example/a', { environment })).rejects.toMatchObject(failure('tls', /another host name/));
    expect(proxy.tunnels).toEqual(['packages.example:443', 'other.example:443']);
    await expect(get('https://packages.example/a', { environment, caFile: null })).rejects.toMatchObject(
      failure('tls', /the proxy .*unknown authority/),
    );
  });

  test('that wants other credentials, or is not there, is named without showing any', async () => {
    const proxy = begun.add(await startConnectProxy({ credentials }), (started) => started.stop());
    const environment = { HTTPS_PROXY: proxy.url.replace('://', '://pc:guessed@') };
    const refused = get('https://packages.example/a', { environment });
    await expect(refused).rejects.toMatchObject(failure('network', /user name and password.*\(HTTP 407\)/));
    await expect(refused).rejects.not.toThrow(/guessed/);
    await proxy.stop();
    await expect(get('https://packages.example/a', { environment })).rejects.toMatchObject(failure('network', /the proxy 127.*refuses connections/));
    await expect(get('https://packages.example/a', { environment: { HTTPS_PROXY: 'socks5://u:p@h' } })).rejects.toMatchObject(
      failure('network', /^HTTPS_PROXY is a socks5/),
    );
  });

  test('is not used for this computer where it is plain', async () => {
    const server = await packages(null);
    const proxy = begun.add(await startConnectProxy(), (started) => started.stop());
    await get(server.put('/a', { content }), { environment: { HTTPS_PROXY: proxy.url } });
    expect(proxy.tunnels).toEqual([]);
  });
});

describe('a server that misbehaves', () => {
  test('by refusing connections or not existing is a failure of the network', async () => {
    const server = await packages(null);
    await server.stop();
    await expect(get(`${server.url}/a`)).rejects.toMatchObject(failure('network', /the server 127.* refuses connections/));
    await expect(get('https://nowhere.invalid/a')).rejects.toMatchObject(failure('network', /nowhere\.invalid:443.*name/));
  });

  test('by cutting the answer off says so after what came', async () => {
    const server = await packages();
    const { body } = await httpClient().request({ method: 'GET', url: server.put('/a', { content, cutAfter: 100_000 }) }, never());
    let came = 0;
    const reading = (async () => {
      for await (const part of body) came += part.length;
    })();
    await expect(reading).rejects.toMatchObject(failure('network', /the server 127/));
    expect(came).toBe(100_000);
  });

  test.each([
    ['no HTTP', 'SSH-2.0-lab\r\n'],
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(20_000)}`],
  ])('by answering %s is a failure of the network', async (_what, answer) => {
    const { port } = await scripted((socket) => socket.once('data', () => socket.end(answer)));
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(failure('network', /the server 127/));
  });

  test('by shorter or longer bodies than it says never gives more than it says', async () => {
    const long = await scripted((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef')));
    expect((await get(`http://127.0.0.1:${long.port}/`)).content.toString()).toBe('abc');
    const short = await scripted((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc')));
    await expect(get(`http://127.0.0.1:${short.port}/`)).rejects.toMatchObject(failure('network', /the server 127/));
  });
});

describe('time', () => {
  const limits = { connectMs: 30_000, idleMs: 60_000 };

  test('ends a connection that is not made', async () => {
    const clock = manualClock();
    // A server that accepts and says nothing: TLS never begins.
    const { port, received } = await scripted(() => undefined);
    const asked = get(`https://127.0.0.1:${port}/`, { clock, limits });
    const rejection = why(asked);
    await vi.waitFor(() => expect(received().length).toBeGreaterThan(0), patience);
    clock.advance(29_999);
    clock.advance(1);
    expect(await rejection).toMatchObject(failure('timeout', /was not reached within 30 s/));
    expect(clock.waiting()).toBe(0);
  });

  test('ends an answer that does not begin', async () => {
    const clock = manualClock();
    const { port, received } = await scripted(() => undefined);
    const asked = get(`http://127.0.0.1:${port}/`, { clock, limits });
    const rejection = why(asked);
    await vi.waitFor(() => expect(received().length).toBeGreaterThan(0), patience);
    clock.advance(60_000);
    expect(await rejection).toMatchObject(failure('timeout', /gave no answer within 60 s/));
  });

  test('ends a body that goes no further, but not a reader who takes his', async () => {
    const clock = manualClock();
    const server = await packages(null);
    const url = server.put('/a', { content, holdAfter: 65_536 });
    const { body } = await httpClient({ clock, limits }).request({ method: 'GET', url }, never());
    const iterator = body[Symbol.asyncIterator]();
    for (let came = 0; came < 65_536;) {
      const next = await iterator.next();
      came += next.done === true ? Infinity : next.value.length;
      clock.advance(3_600_000);
    }
    const rejection = why(iterator.next());
    clock.advance(60_000);
    expect(await rejection).toMatchObject(failure('timeout', /sent nothing for 60 s/));
  });
});

describe('a request that is called off', () => {
  test('before, while connecting, before the answer and in it rejects at once', async () => {
    await expect(httpClient().request({ method: 'GET', url: 'https://127.0.0.1:1/' }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
    const silent = await scripted(() => undefined);
    for (const scheme of ['https', 'http']) {
      const cancel = new AbortController();
      const before = silent.received().length;
      const asked = httpClient().request({ method: 'GET', url: `${scheme}://127.0.0.1:${silent.port}/` }, cancel.signal);
      const rejection = why(asked);
      await vi.waitFor(() => expect(silent.received().length).toBeGreaterThan(before), patience);
      cancel.abort();
      expect(await rejection).toMatchObject({ code: 'cancelled' });
    }
    const server = await packages();
    const cancel = new AbortController();
    const response = await httpClient().request({ method: 'GET', url: server.put('/a', { content, holdAfter: 1000 }) }, cancel.signal);
    const reading = why(collect(response.body));
    cancel.abort();
    expect(await reading).toMatchObject({ code: 'cancelled' });
  });

  test('closes its connection', async () => {
    const [came, closed] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const url = await serve((request) => {
      came();
      request.socket.once('close', closed);
    });
    const cancel = new AbortController();
    const rejection = why(httpClient().request({ method: 'GET', url }, cancel.signal));
    await vi.waitFor(() => expect(came).toHaveBeenCalled(), patience);
    cancel.abort();
    expect(await rejection).toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(closed).toHaveBeenCalled(), patience);
  });
});
