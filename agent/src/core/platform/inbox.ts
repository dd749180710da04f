import { isEmptyPayload, isTopicKind, parsePayload, parseTopic, type PayloadOf, type TopicKind } from '../../contract/index.ts';
import type { IncomingMessage } from '../../ports/index.ts';

/** Topics on which the agent listens; `presence` is its own. */
export type InboundKind = 'policy' | 'desired' | 'commands' | 'acks' | 'presence';

/** What a violation is counted under. */
export type ViolationKind = TopicKind | 'unknown';

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
  readonly violation: (kind: ViolationKind, topic: string, problems: readonly string[]) => Promise<void>;
}

const inboundKinds: readonly TopicKind[] = ['policy', 'desired', 'commands', 'acks', 'presence'];
const isInbound = (kind: TopicKind): kind is InboundKind => inboundKinds.includes(kind);

type Handle = (delivery: Delivery) => Promise<void>;

/** Parses and hands on what comes in: the table topic → schema → handler. Never throws for what a broker sends. */
export class Inbox {
  readonly #prefix: string;
  readonly #handlers: InboundHandlers;
  readonly #table: { readonly [K in InboundKind]: Handle };

  constructor(prefix: string, handlers: InboundHandlers) {
    this.#prefix = prefix;
    this.#handlers = handlers;
    const { policy, desired, commands, acks, presence } = handlers.payload;
    this.#table = {
      policy: this.#parsed('policy', policy),
      desired: this.#parsed('desired', desired),
      commands: this.#parsed('commands', commands),
      acks: this.#parsed('acks', acks),
      presence: this.#parsed('presence', presence),
    };
  }

  kindOf({ topic }: IncomingMessage): InboundKind | null {
    const kind = topic.startsWith(this.#prefix) ? parseTopic(topic)?.kind : undefined;
    return kind !== undefined && isInbound(kind) ? kind : null;
  }

  async deliver(message: IncomingMessage, beforeSuback: boolean): Promise<void> {
    const { topic, payload, retained } = message;
    const kind = this.kindOf(message);
    if (kind !== null) {
      const delivery: Delivery = { id: parseTopic(topic)?.id ?? '', retained, beforeSuback, message };
      await (isEmptyPayload(payload) ? this.#handlers.deleted(kind, delivery) : this.#table[kind](delivery));
    } else if (!isEmptyPayload(payload)) {
      await this.#handlers.violation(this.#violatedKind(topic), topic, ['the topic is none of the contract, or its id breaks the pattern']);
    }
  }

  #parsed<K extends InboundKind>(kind: K, handler: (payload: PayloadOf<K>, delivery: Delivery) => Promise<void>): Handle {
    return async (delivery) => {
      const { topic, payload } = delivery.message;
      const parsed = parsePayload(kind, payload);
      await (parsed.ok ? handler(parsed.value, delivery) : this.#handlers.violation(kind, topic, parsed.problems));
    };
  }

  /** A broken id doesn't make it another kind of topic. */
  #violatedKind(topic: string): ViolationKind {
    const [first = ''] = topic.startsWith(this.#prefix) ? topic.slice(this.#prefix.length).split('/') : [];
    return isTopicKind(first) ? first : 'unknown';
  }
}
