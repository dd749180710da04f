import { isEmptyPayload, parsePayload, parseTopic, type PayloadOf, type TopicKind } from '../../contract/index.ts';
import type { IncomingMessage } from '../../ports/index.ts';

/** Topics on which the agent listens; `presence` is its own. */
export type InboundKind = 'policy' | 'desired' | 'commands' | 'acks' | 'presence';

/** How a message came. */
export interface Delivery {
  readonly id: string;
  readonly retained: boolean;
  /** Before the SUBACK of `desired` on this connection: it was waiting for us. */
  readonly beforeSuback: boolean;
  readonly message: IncomingMessage;
}

/** One handler a kind; a handler resolves when what it was given is durable. */
export type PayloadHandlers = { readonly [K in InboundKind]: (payload: PayloadOf<K>, delivery: Delivery) => Promise<void> };

export interface InboundHandlers {
  readonly payload: PayloadHandlers;
  /** An empty payload: the document was deleted. */
  readonly deleted: (kind: InboundKind, delivery: Delivery) => Promise<void>;
  /** It breaks the contract and changes nothing. */
  readonly violation: (kind: TopicKind | 'unknown', topic: string, problems: readonly string[]) => Promise<void>;
}

const inboundKinds: readonly TopicKind[] = ['policy', 'desired', 'commands', 'acks', 'presence'];
const isInbound = (kind: TopicKind): kind is InboundKind => inboundKinds.includes(kind);

/** Parses and hands on what comes in: the table topic → schema → handler. Never throws for what a broker sends. */
export class Inbox {
  readonly #prefix: string;
  readonly #handlers: InboundHandlers;

  constructor(prefix: string, handlers: InboundHandlers) {
    this.#prefix = prefix;
    this.#handlers = handlers;
  }

  kindOf(message: IncomingMessage): InboundKind | null {
    const kind = message.topic.startsWith(this.#prefix) ? parseTopic(message.topic)?.kind : undefined;
    return kind !== undefined && isInbound(kind) ? kind : null;
  }

  async deliver(message: IncomingMessage, beforeSuback: boolean): Promise<void> {
    const kind = this.kindOf(message);
    if (kind === null) {
      await this.#handlers.violation('unknown', message.topic, ['the topic is none of the contract, or its id breaks the pattern']);
      return;
    }
    const delivery: Delivery = { id: parseTopic(message.topic)?.id ?? '', retained: message.retained, beforeSuback, message };
    if (isEmptyPayload(message.payload)) await this.#handlers.deleted(kind, delivery);
    else await this.#dispatch(kind, message, delivery);
  }

  async #dispatch<K extends InboundKind>(kind: K, message: IncomingMessage, delivery: Delivery): Promise<void> {
    const parsed = parsePayload(kind, message.payload);
    const handler: (payload: PayloadOf<K>, delivery: Delivery) => Promise<void> = this.#handlers.payload[kind];
    if (parsed.ok) await handler(parsed.value, delivery);
    else await this.#handlers.violation(kind, message.topic, parsed.problems);
  }
}
