import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { MqttClient } from 'mqtt';
import { streamBuilder } from 'mqtt/lib/connect/ws';
import { untilAborted } from '../deadline.ts';
import { ConnectError } from '../errors.ts';
import { parseRetryAfter } from '../../../core/retry-after.ts';
import { networkFailure } from './network-failure.ts';
import { authority, type Target } from './target.ts';
import { systemCode } from '../../node/index.ts';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 2000;

/** The byte stream of a WebSocket with subprotocol `mqtt` over an open (and already secured) stream, by MQTT.js' own `ws`. */
export function openWebSocket(raw: Duplex, target: Target, { signal, now }: { signal: AbortSignal; now: () => number }): Promise<Duplex> {
  return untilAborted(signal, (resolve, reject) => {
    const name = `the platform ${authority(target)}`;
    const refuse = (response: IncomingMessage): void => {
      const retryAfterMs = parseRetryAfter(response.headers['retry-after'], now());
      reject(new ConnectError('network', `${name} refuses the WebSocket (HTTP ${response.statusCode ?? 0})`, { retryAfterMs }));
    };
    const wsOptions = {
      createConnection: () => raw,
      // The only place where ws shows the request and itself before the answer comes, and so the answer that refuses with its headers.
      finishRequest: (request: ClientRequest, webSocket: EventEmitter) => {
        webSocket.once('open', () => resolve(stream));
        webSocket.once('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => refuse(response));
        request.end();
      },
      maxPayload: MAX_MESSAGE_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
      // Compression would let a small message become a large one.
      perMessageDeflate: false,
    };
    const stream = buildStream(target, wsOptions);
    stream.on('error', (error: Error) => reject(upgradeFailure(name, error)));
    return () => {
      stream.destroy();
      raw.destroy();
    };
  });
}

function buildStream({ host, port, path, secure }: Target, wsOptions: object): Duplex {
  // MQTT.js hands the client on to `transformWsUrl` only, which isn't set; this one never connects.
  const unused = new MqttClient(
    () => {
      throw new Error('not for connecting');
    },
    { manualConnect: true, log: () => undefined },
  );
  const options = { protocol: secure ? 'wss' : 'ws', hostname: isIP(host) === 6 ? `[${host}]` : host, port, path, wsOptions } as const;
  const stream = streamBuilder(unused, options);
  // The declared type allows a stream of `readable-stream` too, which only browsers get.
  if (!(stream instanceof Duplex)) throw new TypeError('MQTT.js built no stream of Node');
  return stream;
}

/** An error of the socket has a code. One without is ws' own about the answer (no subprotocol, wrong key), in fixed words. */
function upgradeFailure(name: string, error: Error): ConnectError {
  return systemCode(error) === null
    ? new ConnectError('network', `${name} does not answer as a WebSocket of MQTT: ${error.message}`, { cause: error })
    : networkFailure(name, error);
}
