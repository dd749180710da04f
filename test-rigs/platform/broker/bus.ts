import type { ClientRef } from '../client-ref.ts';

/** A message to a client, QoS 1. */
export interface OutgoingMessage {
  readonly client: ClientRef;
  readonly topic: string;
  /** JSON text; empty deletes what is retained. */
  readonly payload: string;
  readonly retain: boolean;
}

/** A message as it came in. Nothing of it is validated, but that its sender may publish to `topic`. */
export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker delays wills by itself, so that a `connection-lost` can be believed at once (MQTT 5). */
  readonly willWasDelayed: boolean;
}

/** Resolves when what the message says is kept; it is acknowledged to its sender only then. Rejects when it could not be kept. */
export type Receive = (message: IncomingMessage) => Promise<void>;

/** The way to and from the clients: the embedded broker, or a connection to another one. */
export interface Bus {
  /** Whether retained messages outlive this process. If so, what was deleted while nobody saw it must be deleted again at start. */
  readonly keepsRetained: boolean;
  publish(message: OutgoingMessage): Promise<void>;
  /** Ends a client's connection where that lies in the platform's power. */
  disconnect(client: ClientRef): void;
  /** Takes nothing in any more, then ends every connection. */
  close(): Promise<void>;
}
