import type { Clock } from '@jpd/protocol';
import { MqttClient, type IConnackPacket, type IDisconnectPacket } from 'mqtt';
import type { ConnectionClosed, ConnectOptions, Log, MqttVersion } from '../../ports/index.ts';
import { clientOptions } from './client-options.ts';
import { MqttConnection } from './connection.ts';
import { untilAborted } from './deadline.ts';
import { ConnectError, ProtocolError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { receiveInto } from './incoming.ts';
import type { PacketStream } from './packet-stream.ts';
import { describeReason, refusalKind } from './reason-codes.ts';
import { parseRetryAfter } from '../../core/retry-after.ts';
import { networkFailure } from './transport/network-failure.ts';
import { systemCode } from '../node/index.ts';

interface HandshakeContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of how a stream ended: the first error, and the server's DISCONNECT. */
interface Ending {
  error: Error | null;
  disconnect: IDisconnectPacket | null;
}

/** Sends CONNECT over an open stream and waits for the CONNACK. Rejects with a ConnectError. */
export function handshake(stream: PacketStream, options: ConnectOptions, { signal, clock, log }: HandshakeContext): Promise<MqttConnection> {
  return untilAborted(signal, (resolve, reject) => {
    const client = new MqttClient(() => stream, clientOptions(options));
    const inbox = new Inbox(log);
    const ending = watch(client, stream);
    let connection: MqttConnection | null = null;

    receiveInto(inbox, client, stream);
    client.on('packetreceive', (packet) => {
      if (packet.cmd !== 'connack' || connection !== null) return;
      const failure = refusal(packet, options.version, clock);
      if (failure !== null) reject(failure);
    });
    client.on('connect', (connack) => {
      if (stream.destroyed) return;
      connection = new MqttConnection({ client, stream, inbox, clock, connack });
      resolve(connection);
    });
    stream.once('close', () => {
      inbox.close();
      if (connection === null) reject(earlyEnd(ending));
      else connection.closed(describeEnd(ending, clock));
    });
    client.connect();
    return () => stream.destroy();
  });
}

function watch(client: MqttClient, stream: PacketStream): Ending {
  const ending: Ending = { error: null, disconnect: null };
  stream.on('error', (error) => {
    ending.error ??= error;
  });
  // MQTT.js tells errors of the peer here and leaves the connection open after most of them.
  client.on('error', (error) => {
    ending.error ??= new ProtocolError('malformed', error.message, error);
    stream.destroy();
  });
  client.on('disconnect', (packet) => {
    ending.disconnect = packet;
    // MQTT 5, 4.13.2: the one that sent DISCONNECT closes; this doesn't wait for it.
    stream.destroy();
  });
  return ending;
}

function refusal(packet: IConnackPacket, version: MqttVersion, clock: Clock): ConnectError | null {
  const code = (version === 5 ? packet.reasonCode : packet.returnCode) ?? 0;
  const kind = refusalKind({ version, code, short: packet.length === 2 });
  if (kind === null) return null;
  const retryAfterMs = parseRetryAfter(packet.properties?.userProperties?.['retry-after'], clock.now());
  const message = code === 0 ? 'the platform answered MQTT 5 as MQTT 3.1.1' : `the platform refused: ${describeReason(code)}`;
  return new ConnectError(kind, message, { retryAfterMs, ...(code === 0 ? {} : { reasonCode: code }) });
}

/** Errors of a peer that went away; everything else that breaks the stream is TLS or the network. */
const GONE: readonly string[] = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];

function earlyEnd({ error }: Ending): ConnectError {
  if (error instanceof ProtocolError) {
    const kind = error.code === 'not-mqtt' ? 'network' : 'refused';
    return new ConnectError(kind, `the answer to CONNECT can not be read: ${error.message}`, { cause: error });
  }
  const code = systemCode(error);
  if (code !== null && !GONE.includes(code)) return networkFailure('the platform', error);
  return new ConnectError('closed-before-connack', 'the platform closed the connection before it answered', { cause: error });
}

function describeEnd({ error, disconnect }: Ending, clock: Clock): ConnectionClosed {
  const reasonCode = disconnect?.reasonCode ?? null;
  const retryAfterMs = parseRetryAfter(disconnect?.properties?.userProperties?.['retry-after'], clock.now());
  if (reasonCode !== null) return { reasonCode, retryAfterMs, message: `the platform ended the connection: ${describeReason(reasonCode)}` };
  const code = systemCode(error);
  const why = error instanceof ProtocolError ? `: ${error.message}` : code === null ? '' : ` (${code})`;
  return { reasonCode, retryAfterMs, message: error === null ? 'the platform closed the connection' : `the connection broke${why}` };
}
