import { request as requestPlain, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { untilAborted } from '../deadline.ts';
import { ConnectError } from '../errors.ts';
import { parseRetryAfter } from '../../../core/retry-after.ts';
import { networkFailure } from './network-failure.ts';
import { authority, type Target } from './target.ts';

interface TunnelContext {
  readonly signal: AbortSignal;
  readonly secureContext: SecureContext;
  readonly now: () => number;
}

/** A byte stream to the target through an HTTP proxy (RFC 9110 9.3.6, CONNECT), with Basic authentication from the URL's user information. */
export function openTunnel(proxy: URL, target: Target, { signal, secureContext, now }: TunnelContext): Promise<Duplex> {
  const name = `the proxy ${proxy.host}`;
  return untilAborted(signal, (resolve, reject) => {
    const request = startRequest(proxy, target, secureContext);
    request.on('error', (error) => reject(networkFailure(name, error)));
    // Node reports every answer to CONNECT here, those that refuse too.
    request.once('connect', (response: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', (error) => reject(networkFailure(name, error)));
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(refusal(name, status, parseRetryAfter(response.headers['retry-after'], now())));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
    return () => request.destroy();
  });
}

function startRequest(proxy: URL, target: Target, secureContext: SecureContext): ClientRequest {
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = proxy.protocol === 'https:';
  const options: RequestOptions = {
    method: 'CONNECT',
    host,
    port: proxy.port === '' ? (secure ? 443 : 80) : Number(proxy.port),
    path: authority(target),
    headers: { host: authority(target), ...authorization(proxy) },
    agent: false,
  };
  if (!secure) return requestPlain(options);
  // `secureContext` reaches tls.connect through the agent; the types of Node's https know only of its parts.
  const secureOptions = { ...options, secureContext, rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}) };
  return requestSecure(secureOptions);
}

function authorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '') return {};
  const credentials = `${decode(proxy.username)}:${decode(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** A percent sign that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusal(name: string, status: number, retryAfterMs: number | null): ConnectError {
  const advice =
    status === 407 ? 'wants a user name and password: put them into HTTPS_PROXY, or exempt the platform' : 'refuses a tunnel to the platform';
  return new ConnectError('network', `${name} ${advice} (HTTP ${status})`, { retryAfterMs });
}
