import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from './certificates.ts';
import { closer, listenOnLoopback } from './listening.ts';

export interface ConnectProxyStart {
  /** Wanted as Basic authentication, where given. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** The proxy itself speaks TLS. */
  readonly tls?: Certificate;
  /** Where every tunnel leads, whatever host the client asked for: names that no resolver knows can be used then. */
  readonly forwardTo?: { readonly host: string; readonly port: number };
}

export interface ConnectProxy {
  /** Without user and password. */
  readonly url: string;
  readonly port: number;
  /** `host:port` of every tunnel that was opened. */
  readonly tunnels: readonly string[];
  /** How many requests were refused for their authentication. */
  readonly refused: () => number;
  readonly stop: () => Promise<void>;
}

/** An HTTP proxy on the loopback address that tunnels (CONNECT) and does nothing else. */
export async function startConnectProxy({ credentials, tls, forwardTo }: ConnectProxyStart = {}): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const upstreams = new Set<Duplex>();
  let refused = 0;
  const expected = credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  const server =
    tls === undefined ? createHttpServer(deny) : createHttpsServer({ cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) }, deny);
  const close = closer(server);

  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy());
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      refused += 1;
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="lab"\r\n\r\n');
      return;
    }
    const asked = new URL(`http://${request.url ?? ''}`);
    const upstream = connect(forwardTo ?? { host: asked.hostname, port: Number(asked.port === '' ? 80 : asked.port) });
    upstreams.add(upstream);
    upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    upstream.once('connect', () => {
      tunnels.push(request.url ?? '');
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.once('close', () => {
      upstreams.delete(upstream);
      client.destroy();
    });
    client.once('close', () => upstream.destroy());
  });

  const port = await listenOnLoopback(server);
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    port,
    tunnels,
    refused: () => refused,
    async stop() {
      for (const upstream of upstreams) upstream.destroy();
      await close();
    },
  };
}

/** Anything but CONNECT. */
const deny: RequestListener = (_request, response) => void response.writeHead(405).end();
