import type { Clock } from '@jpd/protocol';
import type { IConnackPacket, MqttClient, Packet } from 'mqtt';
import type { ConnectionClosed, IncomingMessage, OutgoingMessage, PlatformConnection } from '../../ports/index.ts';
import { publishProperties } from './client-options.ts';
import { LinkError } from './errors.ts';
import type { Inbox } from './inbox.ts';
import type { PacketStream } from './packet-stream.ts';
import { PendingCalls } from './pending-calls.ts';
import { DISCONNECT } from './packets.ts';
import { SendWindow } from './send-window.ts';

/** As many as the contract's receive maximum, the other way; a broker may allow fewer (5). */
const MAX_UNACKNOWLEDGED = 32;
/** How long a graceful end waits for the server to close. */
const END_TIMEOUT_MS = 2000;
/** Fixed header, lengths and properties of a PUBLISH with the properties that are sent: a bound, not the size. */
const PUBLISH_OVERHEAD_BYTES = 256;

export interface ConnectionParts {
  readonly client: MqttClient;
  readonly stream: PacketStream;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly connack: IConnackPacket;
}

/** An accepted connection. The owner of `parts` calls `closed` once when its stream has closed. */
export class MqttConnection implements PlatformConnection {
  readonly sessionPresent: boolean;
  readonly #parts: ConnectionParts;
  readonly #pending = new PendingCalls();
  readonly #window: SendWindow;
  #onClosed: ((closed: ConnectionClosed) => void) | null = null;
  /** Set when it ended by itself; kept for a listener that comes late. */
  #closed: ConnectionClosed | null = null;
  #ended: Promise<void> | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.sessionPresent = parts.connack.sessionPresent;
    this.#window = new SendWindow(Math.min(limit(parts.connack.properties?.receiveMaximum), MAX_UNACKNOWLEDGED));
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    const { client, inbox } = this.#parts;
    let before = Promise.resolve();
    // MQTT.js calls back some ticks after the SUBACK, when more may have come.
    const onPacket = (packet: Packet): void => {
      if (packet.cmd === 'suback') before = inbox.delivered();
    };
    client.on('packetreceive', onPacket);
    try {
      await this.#pending.call((done) => {
        client.subscribe([...filters], { qos: 1 }, (error) => done(error ?? null));
      });
    } finally {
      client.off('packetreceive', onPacket);
    }
    await before;
  }

  async publish(message: OutgoingMessage | (() => OutgoingMessage)): Promise<void> {
    if (typeof message !== 'function') this.#check(message);
    await this.#window.run(() => this.#send(message));
  }

  onMessage(listener: (message: IncomingMessage) => Promise<void>): void {
    this.#parts.inbox.listen(listener);
  }

  onClosed(listener: (closed: ConnectionClosed) => void): void {
    this.#onClosed = listener;
    const closed = this.#closed;
    if (closed !== null) queueMicrotask(() => this.#tell(closed));
  }

  end(graceful: boolean): Promise<void> {
    this.#ended ??= this.#end(graceful);
    return this.#ended;
  }

  /** The stream has closed: everything that waits is rejected, and the listener is told unless `end` was asked. */
  closed(closed: ConnectionClosed): void {
    this.#parts.inbox.close();
    this.#pending.close();
    if (this.#ended !== null) return;
    this.#closed = closed;
    this.#tell(closed);
  }

  #tell(closed: ConnectionClosed): void {
    const listener = this.#onClosed;
    if (listener === null || this.#closed === null) return;
    this.#closed = null;
    listener(closed);
  }

  #send(given: OutgoingMessage | (() => OutgoingMessage)): Promise<void> {
    const { client } = this.#parts;
    return this.#pending.call((done) => {
      const message = typeof given === 'function' ? given() : given;
      this.#check(message);
      const properties = publishProperties(message);
      client.publish(message.topic, message.payload, { qos: 1, retain: message.retain, properties }, (error) => done(error ?? null));
    });
  }

  #check({ topic, payload }: OutgoingMessage): void {
    // MQTT.js would write a wildcard, for which a server must end the connection (MQTT 5, 3.3.2.1), and ends it itself for an empty one.
    if (topic === '' || /[+#\0]/.test(topic)) throw new LinkError('invalid-topic', 'not a topic that can be published to');
    const largest = limit(this.#parts.connack.properties?.maximumPacketSize);
    if (Buffer.byteLength(topic) + Buffer.byteLength(payload) + PUBLISH_OVERHEAD_BYTES > largest) {
      throw new LinkError('too-large', `the broker takes no packet above ${largest} bytes`);
    }
  }

  async #end(graceful: boolean): Promise<void> {
    const { stream, inbox, clock } = this.#parts;
    inbox.close();
    this.#pending.close();
    if (stream.closed) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      if (!graceful) {
        stream.destroy();
        return;
      }
      // MQTT.js' own end waits for every PUBACK first, perhaps for ever.
      stream.end(DISCONNECT);
      const timer = clock.setTimer(END_TIMEOUT_MS, () => stream.destroy());
      stream.once('close', () => timer.cancel());
    });
  }
}

/** A limit that the broker set. A property that came twice is an array, and 0 is forbidden: neither counts. */
function limit(property: unknown): number {
  return typeof property === 'number' && property > 0 ? property : Infinity;
}
