import { type IncomingMessage, request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@jpd/protocol';
import { parseRetryAfter } from '../../core/retry-after.ts';
import { HttpError, type HttpRequest, type HttpResponse, type ProxyFor } from '../../ports/index.ts';
import { authorityOf, basicAuthorization, hostOf } from './address.ts';
import { BodyQueue } from './body-queue.ts';
import { connect, type Trust } from './connect.ts';
import { httpFailure } from './failures.ts';
import type { Watch } from './watch.ts';

export interface Limits {
  /** Until a connection is there, through the proxy and with TLS: milliseconds. */
  readonly connectMs: number;
  /** Until the answer begins, and between two parts of it: milliseconds. */
  readonly idleMs: number;
}

export interface Surroundings {
  readonly proxyFor: ProxyFor;
  /** What TLS needs for a host. Rejects with a NetworkSettingError. */
  readonly trust: (host: string) => Promise<Trust>;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly limits: Limits;
}

/** What is sent takes its time as well: nobody's line is slower than this. */
const bytesPerMs = 4;

/** One request and its answer, on a connection of its own: they are too few to keep one open. */
export async function exchange(url: URL, request: HttpRequest, watch: Watch, surroundings: Surroundings): Promise<HttpResponse> {
  const { limits, clock } = surroundings;
  const peer = `the server ${authorityOf(url)}`;
  try {
    const socket = await watch.limit(limits.connectMs, `${peer} was not reached within ${limits.connectMs / 1000} s`, () =>
      open(url, watch.signal, surroundings),
    );
    const answerMs = limits.idleMs + Math.ceil((request.body?.length ?? 0) / bytesPerMs);
    const answer = await watch.limit(answerMs, `${peer} gave no answer within ${answerMs / 1000} s`, () =>
      send(url, request, socket, surroundings.userAgent),
    );
    const parts = new BodyQueue(answer);
    const headers = readHeaders(answer.headers);
    const end = (): void => {
      watch.release();
      socket.destroy();
    };
    return {
      status: answer.statusCode ?? 0,
      headers,
      retryAfterMs: parseRetryAfter(headers.get('retry-after'), clock.now()),
      body: read(parts, { peer, watch, limits, end }),
      close: () => {
        watch.end(new HttpError('cancelled', 'the answer was closed'));
      },
    };
  } catch (error) {
    const failure = httpFailure(peer, error);
    watch.end(failure);
    throw failure;
  }
}

async function open(url: URL, signal: AbortSignal, { proxyFor, trust }: Surroundings): Promise<Socket> {
  if (url.protocol === 'http:') return connect(url, null, null, signal);
  const [proxy, trusted] = await Promise.all([proxyFor(`https://${authorityOf(url)}/`), trust(hostOf(url))]);
  if (signal.aborted) throw signal.reason;
  return connect(url, proxy === null ? null : new URL(proxy), trusted, signal);
}

function send(url: URL, { method, headers = {}, body }: HttpRequest, socket: Socket, userAgent: string): Promise<IncomingMessage> {
  const authorization = basicAuthorization(url);
  const outgoing = startRequest({
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'user-agent': userAgent,
      // Sizes, ranges and hashes are those of the file itself.
      'accept-encoding': 'identity',
      ...(authorization === null ? {} : { authorization }),
      ...headers,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
    createConnection: () => socket,
  });
  return new Promise((resolve, reject) => {
    // Stays: an error that comes later must still have a listener.
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(body);
  });
}

function readHeaders(headers: IncomingMessage['headers']): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) named.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  return named;
}

interface Reading {
  readonly peer: string;
  readonly watch: Watch;
  readonly limits: Limits;
  readonly end: () => void;
}

/** The time that the reader takes for what it was given doesn't count. */
async function* read(parts: BodyQueue, { peer, watch, limits, end }: Reading): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const part = await watch.limit(limits.idleMs, `${peer} sent nothing for ${limits.idleMs / 1000} s`, () => parts.next());
      if (part === null) return;
      yield part;
    }
  } catch (error) {
    throw httpFailure(peer, error);
  } finally {
    end();
  }
}
