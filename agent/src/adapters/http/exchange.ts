import type { Clock } from '@jpd/protocol';
import { Client, type Dispatcher } from 'undici';
import { parseRetryAfter } from '../../core/retry-after.ts';
import { HttpError, type HttpRequest, type HttpResponse, type ProxyFor } from '../../ports/index.ts';
import { authorityOf, basicAuthorization, hostOf } from './address.ts';
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
  const client = openClient(url, watch, surroundings);
  const end = (): void => {
    watch.release();
    client.destroy().catch(() => undefined);
  };
  try {
    const answerMs = limits.connectMs + limits.idleMs + Math.ceil((request.body?.length ?? 0) / bytesPerMs);
    const answer = await watch.limit(answerMs, `${peer} gave no answer within ${answerMs / 1000} s`, () =>
      client.request({
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: headersOf(url, request, surroundings.userAgent),
        body: request.body ?? null,
        signal: watch.signal,
      }),
    );
    // Whoever closes it early is not to be told of that as an error.
    answer.body.on('error', () => undefined);
    const headers = namedInLowerCase(answer.headers);
    return {
      status: answer.statusCode,
      headers,
      retryAfterMs: parseRetryAfter(headers.get('retry-after'), clock.now()),
      body: partsOf(answer.body, { peer, watch, limits, end }),
      close: () => {
        watch.end(new HttpError('cancelled', 'the answer was closed'));
        end();
      },
    };
  } catch (error) {
    end();
    throw httpFailure(peer, error);
  }
}

function openClient(url: URL, watch: Watch, { proxyFor, trust, limits }: Surroundings): Client {
  const open = async () => {
    if (url.protocol === 'http:') return connect(url, null, null, watch.signal);
    const [proxy, trusted] = await Promise.all([proxyFor(`https://${authorityOf(url)}/`), trust(hostOf(url))]);
    return connect(url, proxy === null ? null : new URL(proxy), trusted, watch.signal);
  };
  return new Client(url.origin, {
    connect: (_options, callback) => {
      watch.limit(limits.connectMs, `the server ${authorityOf(url)} was not reached within ${limits.connectMs / 1000} s`, open).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(httpFailure(`the server ${authorityOf(url)}`, error), null),
      );
    },
    // The watch has the limits of time, by the agent's clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function headersOf(url: URL, { headers = {} }: HttpRequest, userAgent: string): Record<string, string> {
  const authorization = basicAuthorization(url);
  return {
    'user-agent': userAgent,
    // Sizes, ranges and hashes are those of the file itself.
    'accept-encoding': 'identity',
    ...(authorization === null ? {} : { authorization }),
    ...headers,
  };
}

function namedInLowerCase(headers: Dispatcher.ResponseData['headers']): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) read.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(', '));
  }
  return read;
}

interface Reading {
  readonly peer: string;
  readonly watch: Watch;
  readonly limits: Limits;
  readonly end: () => void;
}

/** The time that the reader takes for what it was given doesn't count. */
async function* partsOf(body: Dispatcher.ResponseData['body'], { peer, watch, limits, end }: Reading): AsyncGenerator<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await watch.limit(limits.idleMs, `${peer} sent nothing for ${limits.idleMs / 1000} s`, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    throw httpFailure(peer, error);
  } finally {
    end();
  }
}
