import type {
  ConnectFailure,
  ConnectionClosed,
  ConnectOptions,
  ConnectResult,
  IncomingMessage,
  OutgoingMessage,
  PlatformConnection,
  PlatformLink,
} from '../../ports/index.ts';

/** A message as the broker took it. */
export interface Published extends OutgoingMessage {
  readonly clientId: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** What a broker keeps of a client over its connections (clean start false). */
interface StoredSession {
  readonly filters: Set<string>;
  readonly queue: IncomingMessage[];
}

const matches = (filter: string, topic: string): boolean => {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index]);
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const never = (): Promise<never> => new Promise(() => undefined);

/** One connection. Messages go out one after another and leave the session when they are acknowledged. */
class Connection implements PlatformConnection {
  readonly sessionPresent: boolean;
  readonly options: ConnectOptions;
  readonly #broker: ScriptedBroker;
  readonly #session: StoredSession;
  readonly #rejects = new Set<(error: Error) => void>();
  #listener: ((message: IncomingMessage) => Promise<void>) | null = null;
  #onClosed: ((closed: ConnectionClosed) => void) | null = null;
  #busy = false;
  #open = true;

  constructor(broker: ScriptedBroker, session: StoredSession, options: ConnectOptions, sessionPresent: boolean) {
    this.#broker = broker;
    this.#session = session;
    this.options = options;
    this.sessionPresent = sessionPresent;
  }

  subscribe(filters: readonly string[]): Promise<void> {
    return this.#answer(async () => {
      await this.#broker.subscribe(filters);
      for (const filter of filters) this.#session.filters.add(filter);
      const retained = [...this.#broker.retained].filter(([topic]) => filters.some((filter) => matches(filter, topic)));
      // After the SUBACK, as most brokers do.
      void Promise.resolve().then(() => {
        for (const [topic, payload] of retained) this.take({ topic, payload, retained: true });
        return undefined;
      });
    });
  }

  publish(message: OutgoingMessage | (() => OutgoingMessage)): Promise<void> {
    return this.#answer(() => this.#broker.accepted(this.options.clientId, typeof message === 'function' ? message() : message));
  }

  onMessage(listener: (message: IncomingMessage) => Promise<void>): void {
    this.#listener = listener;
    void this.#deliver();
  }

  onClosed(listener: (closed: ConnectionClosed) => void): void {
    this.#onClosed = listener;
  }

  async end(graceful: boolean): Promise<void> {
    if (!this.#open) return;
    this.#close();
    this.#broker.ended(this, graceful);
  }

  /** Breaks the connection. `isTold` false: the program at the other end is dead. */
  cut(closed: Pick<ConnectionClosed, 'reasonCode' | 'retryAfterMs'>, isTold: boolean): void {
    if (!this.#open) return;
    if (!isTold) this.#rejects.clear();
    this.#close();
    if (isTold) this.#onClosed?.({ ...closed, message: 'cut' });
  }

  take(message: IncomingMessage): void {
    this.#session.queue.push(message);
    void this.#deliver();
  }

  #close(): void {
    this.#open = false;
    for (const reject of this.#rejects) reject(new Error('the connection has ended'));
    this.#rejects.clear();
  }

  #answer(work: () => Promise<void>): Promise<void> {
    if (!this.#open) return Promise.reject(new Error('the connection has ended'));
    return new Promise((resolve, reject) => {
      this.#rejects.add(reject);
      const settle = (how: () => void): void => {
        if (this.#rejects.delete(reject)) how();
      };
      work().then(
        () => {
          settle(resolve);
        },
        (error: unknown) => {
          settle(() => {
            reject(error instanceof Error ? error : new Error('refused'));
          });
        },
      );
    });
  }

  async #deliver(): Promise<void> {
    if (this.#busy || !this.#listener) return;
    this.#busy = true;
    for (let next = this.#session.queue[0]; next && this.#open; next = this.#session.queue[0]) {
      await this.#listener(next);
      // Unacknowledged at the end of the connection: it is delivered again on the next.
      if (this.#open) this.#session.queue.shift();
    }
    this.#busy = false;
  }
}

/** A broker in the process of a test: sessions, retained messages, wills, take-overs. What goes wrong is scripted. */
export class ScriptedBroker implements PlatformLink {
  readonly attempts: (ConnectOptions & { readonly at: number })[] = [];
  readonly published: Published[] = [];
  readonly retained = new Map<string, Uint8Array>();
  /** Filters in the order in which they were subscribed. */
  readonly subscribed: string[] = [];
  /** What clients did, in order: `connect`, `subscribe FILTER`, `publish TOPIC`, `end`, `cut`. */
  readonly history: string[] = [];
  /** False: the network is down, attempts fail. */
  online = true;
  /** Answers the next attempts, then accepts again. */
  readonly refuse: ConnectFailure[] = [];
  refuses: (filter: string) => boolean = () => false;
  /** A SUBACK comes when this resolves. */
  onSubscribe: () => Promise<void> = async () => undefined;
  /** Messages that vanish in the broker. */
  loses: (topic: string, payload: Uint8Array) => boolean = () => false;
  /** Messages that are taken and never acknowledged. */
  leavesUnanswered: (message: OutgoingMessage) => boolean = () => false;
  /** Called with every message that a client published. */
  onPublish: (message: Published) => void = () => undefined;
  readonly #sessions = new Map<string, StoredSession>();
  readonly #connections = new Map<string, Connection>();
  readonly #now: () => number;

  /** `now` is monotonic. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get connected(): boolean {
    return this.#connections.size > 0;
  }

  async connect(options: ConnectOptions): Promise<ConnectResult> {
    this.attempts.push({ ...options, at: this.#now() });
    const failure = this.refuse.shift();
    if (failure) return { accepted: false, failure };
    if (!this.online) return { accepted: false, failure: { kind: 'network', reasonCode: null, retryAfterMs: null, message: 'offline' } };
    return { accepted: true, connection: this.#accept(options) };
  }

  /** Takes a message for everybody who subscribed, at once or when they come back. */
  route(topic: string, payload: Uint8Array, retain: boolean): void {
    if (this.loses(topic, payload)) return;
    if (retain) this.#retain(topic, payload);
    for (const [clientId, session] of this.#sessions) {
      if (![...session.filters].some((filter) => matches(filter, topic))) continue;
      const message = { topic, payload, retained: false };
      const connection = this.#connections.get(clientId);
      if (connection) connection.take(message);
      else session.queue.push(message);
    }
  }

  /** Delivers a message as it is, whatever was subscribed. */
  inject(clientId: string, message: IncomingMessage): void {
    this.#connections.get(clientId)?.take(message);
  }

  /** Breaks a client's connection; its will is published. */
  cut(clientId: string, closed: Partial<ConnectionClosed> = {}, isTold = true): void {
    const connection = this.#connections.get(clientId);
    if (!connection) return;
    this.#drop(connection, true);
    this.history.push('cut');
    connection.cut({ reasonCode: null, retryAfterMs: null, ...closed }, isTold);
  }

  /** (of a connection) */
  async subscribe(filters: readonly string[]): Promise<void> {
    for (const filter of filters) this.history.push(`subscribe ${filter.split('/').slice(4).join('/')}`);
    this.subscribed.push(...filters);
    await this.onSubscribe();
    if (filters.some((filter) => this.refuses(filter))) throw new Error('not authorized');
  }

  /** (of a connection) */
  async accepted(clientId: string, message: OutgoingMessage): Promise<void> {
    const published = { ...message, clientId, at: this.#now() };
    this.published.push(published);
    this.history.push(`publish ${message.topic.split('/').slice(4).join('/')}`);
    this.route(message.topic, bytes(message.payload), message.retain);
    this.onPublish(published);
    if (this.leavesUnanswered(message)) await never();
  }

  /** (of a connection) */
  ended(connection: Connection, isGraceful: boolean): void {
    this.history.push('end');
    this.#drop(connection, !isGraceful);
  }

  #accept(options: ConnectOptions): Connection {
    const { clientId, version } = options;
    const old = this.#connections.get(clientId);
    if (old) {
      // The session goes on, so that version 5 sends no will; 3.1.1 knows no such thing, and no reason either.
      this.#drop(old, version === 4);
      old.cut({ reasonCode: version === 5 ? 0x8e : null, retryAfterMs: null }, true);
    }
    this.history.push('connect');
    const known = this.#sessions.get(clientId);
    const session = known ?? { filters: new Set<string>(), queue: [] };
    this.#sessions.set(clientId, session);
    const connection = new Connection(this, session, options, known !== undefined);
    this.#connections.set(clientId, connection);
    return connection;
  }

  #drop({ options }: Connection, sendsWill: boolean): void {
    this.#connections.delete(options.clientId);
    if (sendsWill) this.route(options.will.topic, bytes(options.will.payload), true);
  }

  #retain(topic: string, payload: Uint8Array): void {
    if (payload.length === 0) this.retained.delete(topic);
    else this.retained.set(topic, payload);
  }
}
