import type { CancelSignal } from '@jpd/protocol';
import type { TlsFiles } from './network.ts';

/** MQTT protocol levels the contract allows. */
export type MqttVersion = 5 | 4;

/** A message to publish; everything the contract sends is QoS 1. */
export interface OutgoingMessage {
  /** Full topic. */
  readonly topic: string;
  /** JSON text; empty deletes a retained message. */
  readonly payload: string;
  readonly retain: boolean;
  /** MQTT 5 correlation data of the command that is answered. */
  readonly correlationData?: Uint8Array;
}

/** A message as it came in. Nothing of it is validated. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retained: boolean;
  /** (5) */
  readonly responseTopic?: string;
  readonly correlationData?: Uint8Array;
}

export interface ConnectOptions {
  readonly url: string;
  readonly version: MqttVersion;
  readonly clientId: string;
  readonly userName: string;
  /** Enrolment token, or the client's own secret; null where a client certificate stands for it. */
  readonly password: string | null;
  readonly will: OutgoingMessage;
  readonly willDelaySeconds: number;
  readonly sessionExpirySeconds: number;
  readonly receiveMaximum: number;
  readonly keepAliveSeconds: number;
  readonly tls: TlsFiles;
}

/** Why an attempt failed, in the words the reconnect policy needs. */
export interface ConnectFailure {
  readonly kind:
    /** CONNACK 0x84 (5) or 0x01 (3.1.1): this protocol version is not spoken. */
    | 'unsupported-version'
    /** The connection was closed before any CONNACK. */
    | 'closed-before-connack'
    /** Bad user name or password, not authorized, banned (5: 0x86 0x87 0x8A; 3.1.1: 4, 5). */
    | 'not-authorized'
    /** Another CONNACK that refuses. */
    | 'refused'
    /** Name resolution, routing, TLS, proxy, time-out: no MQTT was spoken. */
    | 'network';
  /** CONNACK reason code, or null. */
  readonly reasonCode: number | null;
  /** Milliseconds the server asked to wait (HTTP Retry-After, user property retry-after (5)), or null. */
  readonly retryAfterMs: number | null;
  /** One sentence, without secrets. */
  readonly message: string;
}

export interface ConnectionClosed {
  /** (5) reason code of the server's DISCONNECT, or null. 0x8E is "session taken over". */
  readonly reasonCode: number | null;
  readonly retryAfterMs: number | null;
  readonly message: string;
}

/** An accepted connection. */
export interface PlatformConnection {
  readonly sessionPresent: boolean;
  /**
   * Resolves with the SUBACK, when every message that came before it was delivered: what comes later was not waiting (contract 4).
   * Rejects if the broker refuses a filter or the connection ends.
   */
  subscribe(filters: readonly string[]): Promise<void>;
  /**
   * Resolves with the PUBACK; rejects if the connection ends first, or if the broker refuses the message (5). A function is called when the message
   * really goes, which is later where the broker takes no more at a time, and not at all where the connection ended before.
   */
  publish(message: OutgoingMessage | (() => OutgoingMessage)): Promise<void>;
  /**
   * Incoming messages, one after another: the next is delivered when the promise of the one before is settled, and only then is its PUBACK sent.
   * Messages that came before the listener was set are delivered first.
   */
  onMessage(listener: (message: IncomingMessage) => Promise<void>): void;
  /** Called once when the connection ended without `end` having been asked. */
  onClosed(listener: (closed: ConnectionClosed) => void): void;
  /** Ends it. `graceful` sends DISCONNECT, after which the server drops the will; otherwise the socket is cut and the will is sent. */
  end(graceful: boolean): Promise<void>;
}

export type ConnectResult =
  { readonly accepted: true; readonly connection: PlatformConnection } | { readonly accepted: false; readonly failure: ConnectFailure };

/** One attempt at a time; when to try again, and with which version, is the caller's business. */
export interface PlatformLink {
  connect(options: ConnectOptions, signal: CancelSignal): Promise<ConnectResult>;
}
