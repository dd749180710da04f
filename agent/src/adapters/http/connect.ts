import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { HttpError } from '../../ports/index.ts';
import { authorityOf, basicAuthorization, hostOf, portOf } from './address.ts';
import { httpFailure } from './failures.ts';

/** Whom TLS trusts, and what it shows of itself. */
export interface Trust {
  readonly server: SecureContext;
  /** For an `https://` proxy. */
  readonly proxy: SecureContext;
}

/** An open connection to the server of `url`, which `signal` closes at any time: TCP or a proxy's tunnel, and TLS in it where the URL asks for it. Rejects with an HttpError. */
export async function connect(url: URL, proxy: URL | null, trust: Trust | null, signal: AbortSignal): Promise<Socket> {
  const peer = `the server ${authorityOf(url)}`;
  if (trust === null) return openTcp(url, peer, signal);
  const raw = proxy === null ? await openTcp(url, peer, signal) : await openTunnel(proxy, url, trust.proxy, signal);
  return startTls(raw, url, trust.server, peer, signal);
}

function openTcp(url: URL, peer: string, signal: AbortSignal): Promise<Socket> {
  return established(connectTcp({ host: hostOf(url), port: portOf(url), noDelay: true }), 'connect', peer, signal);
}

/** Always verified: nothing in the configuration or the environment turns it off. */
function startTls(raw: Duplex, url: URL, secureContext: SecureContext, peer: string, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(url);
  // RFC 6066: no address in the server name.
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ socket: raw, secureContext, host, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'], ...servername });
  return established(socket, 'secureConnect', peer, signal);
}

async function established<T extends Socket>(socket: T, event: 'connect' | 'secureConnect', peer: string, signal: AbortSignal): Promise<T> {
  // Stays: an error that comes later must still have a listener.
  socket.on('error', () => undefined);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    await once(socket, event, { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw httpFailure(peer, error, event === 'secureConnect');
  }
}

/** A byte stream to the server through an HTTP proxy (RFC 9110 9.3.6, CONNECT). */
async function openTunnel(proxy: URL, url: URL, secureContext: SecureContext, signal: AbortSignal): Promise<Duplex> {
  const peer = `the proxy ${proxy.host}`;
  const raw = await openTcp(proxy, peer, signal);
  const socket = proxy.protocol === 'https:' ? await startTls(raw, proxy, secureContext, peer, signal) : raw;
  const authorization = basicAuthorization(proxy);
  const headers = { host: authorityOf(url), ...(authorization === null ? {} : { 'proxy-authorization': authorization }) };
  const asked = request({ method: 'CONNECT', path: authorityOf(url), headers, createConnection: () => socket });
  asked.end();
  try {
    // Node tells every answer to CONNECT this way, those that refuse too.
    const [answer, stream] = await untilConnected(asked, signal);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) throw new HttpError('network', `${peer} ${refusal(status)} (HTTP ${status})`);
    // A TLS server says nothing before it is spoken to: no byte can have come with the answer.
    return stream;
  } catch (error) {
    socket.destroy();
    throw httpFailure(peer, error);
  }
}

function untilConnected(asked: ClientRequest, signal: AbortSignal): Promise<readonly [IncomingMessage, Duplex]> {
  // Stays: an error that comes later must still have a listener.
  asked.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    asked.once('error', reject);
    asked.once('connect', (answer: IncomingMessage, stream: Duplex) => {
      signal.removeEventListener('abort', onAbort);
      resolve([answer, stream]);
    });
  });
}

const refusal = (status: number): string =>
  status === 407 ? 'wants a user name and password: put them into HTTPS_PROXY, or exempt the server' : 'refuses a tunnel to the server';
