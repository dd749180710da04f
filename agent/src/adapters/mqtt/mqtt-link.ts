import type { CancelSignal, Clock } from '@jpd/protocol';
import type { ConnectFailure, ConnectOptions, ConnectResult, Log, PlatformLink } from '../../ports/index.ts';
import { startDeadline } from './deadline.ts';
import { ConnectError } from './errors.ts';
import { handshake } from './handshake.ts';
import { PacketStream } from './packet-stream.ts';
import { openTransport } from './transport/open-transport.ts';
import type { Route } from './transport/route.ts';
import { systemCode } from '../node/index.ts';

/** For the whole attempt: proxy, TLS, WebSocket and CONNACK together. */
const CONNECT_TIMEOUT_MS = 30_000;

export interface MqttLinkOptions extends Route {
  readonly log: Log;
  readonly clock: Clock;
}

/** The platform link over MQTT 5 or 3.1.1, by TCP, TLS or WebSocket, and through HTTP proxies. `connect` never rejects. */
export function createMqttLink(options: MqttLinkOptions): PlatformLink {
  const { log, clock } = options;

  const attempt = async (connectOptions: ConnectOptions, signal: AbortSignal): Promise<ConnectResult> => {
    const transport = await openTransport(connectOptions, { route: options, signal, now: () => clock.now() });
    const connection = await handshake(new PacketStream(transport), connectOptions, { signal, clock, log });
    return { accepted: true, connection };
  };

  return {
    async connect(connectOptions: ConnectOptions, cancel: CancelSignal): Promise<ConnectResult> {
      const deadline = startDeadline(cancel, clock, CONNECT_TIMEOUT_MS);
      try {
        return await attempt(connectOptions, deadline.signal);
      } catch (error) {
        return { accepted: false, failure: toFailure(error, log) };
      } finally {
        deadline.release();
      }
    },
  };
}

function toFailure(error: unknown, log: Log): ConnectFailure {
  if (error instanceof ConnectError) {
    return { kind: error.code, reasonCode: error.reasonCode, retryAfterMs: error.retryAfterMs, message: error.message };
  }
  log.error('a connection attempt failed in an unforeseen way', { code: systemCode(error), error: String(error) });
  return { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'the attempt failed in an unforeseen way: see the log' };
}
