import type { Duplex } from 'node:stream';
import type { ConnectOptions } from '../../../ports/index.ts';
import { untilAborted } from '../deadline.ts';
import { asConnectError } from './network-failure.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { openTcp, startTls } from './sockets.ts';
import { type Route, proxyOf } from './route.ts';
import { parseTarget } from './target.ts';
import { openWebSocket } from './websocket.ts';

interface TransportContext {
  readonly route: Route;
  /** Wall clock, for Retry-After dates. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** An open byte stream to the platform: TCP or a proxy's tunnel, TLS in it, WebSocket in that. Rejects with a ConnectError. */
export async function openTransport({ url, tls }: Pick<ConnectOptions, 'url' | 'tls'>, context: TransportContext): Promise<Duplex> {
  const { signal, now, route } = context;
  const target = parseTarget(url);
  if (!target.secure) {
    const socket = await openTcp(target, signal);
    return target.webSocket ? openWebSocket(socket, target, context) : socket;
  }
  const [contexts, proxy] = await during(signal, asConnectError(Promise.all([route.loadTls(tls), proxyOf(target, route)])));
  const raw = proxy === null ? await openTcp(target, signal) : await openTunnel(proxy, target, { signal, now, secureContext: contexts.proxy });
  const secured = await startTls(raw, target, contexts.platform, signal);
  return target.webSocket ? openWebSocket(secured, target, context) : secured;
}

/** Something that can't be cancelled, but need not be waited for. */
function during<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return untilAborted(signal, (resolve, reject) => {
    work.then(resolve, reject);
    return () => undefined;
  });
}
