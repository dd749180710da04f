import type { Clock } from '@jpd/protocol';
import type { BodyOf } from '../../contract/index.ts';
import type { Log } from '../../ports/index.ts';
import type { HeldMessages } from './held-messages.ts';
import type { InboundHandlers, PayloadHandlers } from './inbox.ts';
import type { Outbox } from './outbox.ts';
import type { Publisher } from './publisher.ts';

export type PresenceBody = BodyOf<'presence'>;

/** What the session hands on: everything but its own presence. */
export interface SessionHandlers extends Omit<InboundHandlers, 'payload'> {
  readonly payload: Omit<PayloadHandlers, 'presence'>;
}

/** What a conversation with the platform needs of the rest of the agent. */
export interface PlatformSessionContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: Outbox;
  readonly publisher: Publisher;
  readonly held: HeldMessages;
  readonly organizationId: string;
  readonly clientId: string;
  /** Of this start of the agent. */
  readonly sessionId: string;
  readonly handlers: SessionHandlers;
  /** Enqueues the client document and every device's with the publisher, newest state. Resolves when they are enqueued. */
  readonly enqueueDocuments: () => Promise<void>;
  /** Subscriptions stand and presence is told: what was waiting for us was handled. */
  readonly onEstablished: () => Promise<void>;
  /** The presence that was found after the connect is of another session of this client id. */
  readonly onForeignPresence: () => void;
  /** The conversation cannot go on over this connection. */
  readonly onBroken: () => void;
}
