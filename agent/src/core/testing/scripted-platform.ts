import { encode, parsePayload, parseTopic, type BodyOf, type PayloadOf, type TopicKind, topicOf } from '../../contract/index.ts';
import type {
  ConnectFailure,
  ConnectOptions,
  ConnectResult,
  IncomingMessage,
  OutgoingMessage,
  PlatformConnection,
  PlatformLink,
} from '../../ports/index.ts';

interface Client {
  readonly filters: Set<string>;
  deliver(message: IncomingMessage): void;
  readonly cut: (reasonCode: number | null) => void;
}

const matches = (filter: string, topic: string): boolean => {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index]);
};

/**
 * A broker and its platform in the process of a test: retained messages, subscriptions, PUBACKs, and one client at a time.
 * What agents published is kept in `published`; what goes wrong is scripted by `refuse` and `online`.
 */
export class ScriptedPlatform implements PlatformLink {
  readonly published: OutgoingMessage[] = [];
  readonly attempts: ConnectOptions[] = [];
  readonly retained = new Map<string, Uint8Array>();
  /** Subscriptions in the order they were made. */
  readonly subscribed: string[] = [];
  online = true;
  /** Answers the next attempts, then accepts again. */
  readonly refuse: ConnectFailure[] = [];
  readonly #queued: IncomingMessage[] = [];
  #client: Client | null = null;
  #lastOptions: ConnectOptions | null = null;
  #clock: () => number;

  constructor(now: () => number) {
    this.#clock = now;
  }

  get connected(): boolean {
    return this.#client !== null;
  }

  connect(options: ConnectOptions): Promise<ConnectResult> {
    this.attempts.push(options);
    const failure = this.refuse.shift();
    if (failure) return Promise.resolve({ accepted: false, failure });
    if (!this.online)
      return Promise.resolve({ accepted: false, failure: { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'offline' } });
    this.#lastOptions = options;
    return Promise.resolve({ accepted: true, connection: this.#accept(options) });
  }

  /** Publishes as the platform does, retained where the contract says so. */
  send<K extends TopicKind>(kind: K, body: BodyOf<K>, id?: string): void {
    this.sendRaw(kind, new TextEncoder().encode(encode(kind, body, this.#clock())), id);
  }

  sendRaw(kind: TopicKind, payload: Uint8Array, id?: string): void {
    const { userName } = this.#lastOptions ?? this.attempts[0] ?? { userName: 'acme/unknown' };
    const [organizationId = '', clientId = ''] = userName.split('/');
    const topic = topicOf(organizationId, clientId, kind, id);
    if (kind === 'policy' || kind === 'desired') this.#retain(topic, payload);
    const message = { topic, payload, retained: false };
    if (this.#client && [...this.#client.filters].some((filter) => matches(filter, topic))) this.#client.deliver(message);
    else if (!this.#client) this.#queued.push(message);
  }

  /** The connection breaks; the will is published. */
  cut(reasonCode: number | null = null): void {
    const client = this.#client;
    this.#client = null;
    if (this.#lastOptions) this.#retain(this.#lastOptions.will.topic, new TextEncoder().encode(this.#lastOptions.will.payload));
    client?.cut(reasonCode);
  }

  /** Documents and events of a kind as they came, parsed; an invalid one throws. */
  received<K extends TopicKind>(kind: K, id?: string): PayloadOf<K>[] {
    return this.published.flatMap(({ topic, payload }) => {
      const parsed = parseTopic(topic);
      if (parsed?.kind !== kind || (id !== undefined && parsed.id !== id) || payload === '') return [];
      const result = parsePayload(kind, new TextEncoder().encode(payload));
      if (!result.ok) throw new Error(`${topic}: ${result.problems.join('; ')}`);
      return [result.value];
    });
  }

  /** The newest document of a kind. */
  latest<K extends TopicKind>(kind: K, id?: string): PayloadOf<K> | undefined {
    return this.received(kind, id).at(-1);
  }

  #retain(topic: string, payload: Uint8Array): void {
    if (payload.length === 0) this.retained.delete(topic);
    else this.retained.set(topic, payload);
  }

  #accept(options: ConnectOptions): PlatformConnection {
    let listener: ((message: IncomingMessage) => Promise<void>) | null = null;
    let onClosed: ((closed: { reasonCode: number | null; retryAfterMs: null; message: string }) => void) | null = null;
    let tail = Promise.resolve();
    const waiting: IncomingMessage[] = [];
    const client: Client = {
      filters: new Set(),
      deliver: (message) => {
        if (listener) tail = tail.then(() => listener?.(message));
        else waiting.push(message);
      },
      cut: (reasonCode) => onClosed?.({ reasonCode, retryAfterMs: null, message: 'cut' }),
    };
    this.#client = client;
    const isOpen = (): boolean => this.#client === client;
    return {
      sessionPresent: false,
      subscribe: async (filters) => {
        if (!isOpen()) throw new Error('closed');
        for (const filter of filters) {
          client.filters.add(filter);
          this.subscribed.push(filter);
        }
        const retained = [...this.retained].filter(([topic]) => filters.some((filter) => matches(filter, topic)));
        const queued = this.#queued.filter(({ topic }) => filters.some((filter) => matches(filter, topic)));
        for (const message of queued) this.#queued.splice(this.#queued.indexOf(message), 1);
        for (const message of queued) client.deliver(message);
        queueMicrotask(() => {
          for (const [topic, payload] of retained) client.deliver({ topic, payload, retained: true });
        });
      },
      publish: async (message) => {
        if (!isOpen()) throw new Error('closed');
        this.published.push(message);
        if (message.retain) this.#retain(message.topic, new TextEncoder().encode(message.payload));
        if ([...client.filters].some((filter) => matches(filter, message.topic))) {
          client.deliver({ topic: message.topic, payload: new TextEncoder().encode(message.payload), retained: false });
        }
      },
      onMessage: (next) => {
        listener = next;
        for (const message of waiting.splice(0)) client.deliver(message);
      },
      onClosed: (next) => {
        onClosed = next;
      },
      end: async (graceful) => {
        if (!isOpen()) return;
        this.#client = null;
        if (!graceful) this.#retain(options.will.topic, new TextEncoder().encode(options.will.payload));
      },
    };
  }
}
