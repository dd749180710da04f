import { type Clock, CancelSource, delay } from '@jpd/protocol';
import { type BodyOf, clientTopics, type ClientTopics, encode, type PayloadOf, subscriptionFilters } from '../../contract/index.ts';
import type { IncomingMessage, Log, MqttVersion, OutgoingMessage, PlatformConnection } from '../../ports/index.ts';
import { Inbox, type InboundHandlers } from './inbox.ts';
import type { Outbox } from './outbox.ts';
import type { Publisher } from './publisher.ts';

const policyWaitMs = 2000;

type PresenceBody = BodyOf<'presence'>;

export interface PlatformSessionContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: Outbox;
  readonly publisher: Publisher;
  readonly organizationId: string;
  readonly clientId: string;
  /** Of this start of the agent. */
  readonly sessionId: string;
  readonly handlers: InboundHandlers;
  /** Enqueues the client document and every device's with the publisher, newest state. Resolves when they are enqueued. */
  readonly enqueueDocuments: () => Promise<void>;
  /** Subscriptions stand and presence is told: what was waiting for us has arrived. */
  readonly onEstablished: () => Promise<void>;
  /** Our presence was overwritten by another session of this client id while we were away. */
  readonly onForeignPresence: () => void;
}

/**
 * What is said over a connection, in the contract's order: subscribe policy; wait for it at most 2 s; subscribe the rest; presence; every document again;
 * the events that wait. INVARIANT: nothing of `desired` or `commands` is acted on before the policy rules.
 */
export class PlatformSession {
  readonly topics: ClientTopics;
  readonly #context: PlatformSessionContext;
  readonly #inbox: Inbox;
  #connection: PlatformConnection | null = null;
  #version: MqttVersion = 5;
  #policyRules = false;
  #subscribed = false;
  #presenceTold = false;
  #held: (() => Promise<void>)[] = [];
  #policySeen: CancelSource = new CancelSource();

  constructor(context: PlatformSessionContext) {
    this.#context = context;
    this.topics = clientTopics(context.organizationId, context.clientId);
    this.#inbox = new Inbox(this.topics.prefix, context.handlers);
  }

  get connected(): boolean {
    return this.#connection !== null;
  }

  /** The will: its `sentAt` is the connect's (contract 1). */
  will(): OutgoingMessage {
    return this.#presence({ state: 'offline', reason: 'connection-lost', sessionId: this.#context.sessionId });
  }

  /** A connection was accepted. */
  open(connection: PlatformConnection, version: MqttVersion): void {
    this.#connection = connection;
    this.#version = version;
    this.#policyRules = false;
    this.#subscribed = false;
    this.#presenceTold = false;
    this.#held = [];
    this.#policySeen = new CancelSource();
    connection.onMessage((message) => this.#receive(message));
    this.#establish(connection).catch((error: unknown) => {
      if (this.#connection !== connection) return;
      this.#context.log.warn('the conversation with the platform failed', { error });
      // Without its subscriptions a connection is worth nothing: cut it, so that the next attempt begins anew.
      void connection.end(false);
    });
  }

  /** The connection ended. */
  closed(): void {
    this.#connection = null;
    this.#context.publisher.detach();
    this.#context.outbox.detach();
  }

  /** Publishes a result, also to the command's response topic. Lost without a connection: the platform repeats the command. */
  async publishResult(commandId: string, body: BodyOf<'results'>, source: IncomingMessage): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    const payload = encode('results', body, this.#context.clock.now());
    await connection.publish({ topic: this.topics.result(commandId), payload, retain: false });
    const { responseTopic, correlationData } = source;
    if (responseTopic === undefined || !responseTopic.startsWith(this.topics.prefix)) return;
    await connection.publish({ topic: responseTopic, payload, retain: false, ...(correlationData ? { correlationData } : {}) });
  }

  /** Says goodbye and ends the connection: afterwards the broker has no will to send. `graceMs` bounds each step. */
  async leave(reason: 'shutdown' | 'sleep' | 'revoked', graceMs: number): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    const within = (step: Promise<void>): Promise<void> => Promise.race([step.catch(() => undefined), delay(this.#context.clock, graceMs)]);
    if (reason !== 'revoked') await within(this.#context.publisher.drained());
    await within(connection.publish(this.#presence({ state: 'offline', reason, sessionId: this.#context.sessionId })));
    this.closed();
    await within(connection.end(true));
  }

  async #establish(connection: PlatformConnection): Promise<void> {
    const { clock, outbox, publisher, organizationId, clientId } = this.#context;
    const filters = subscriptionFilters(organizationId, clientId);
    const isCurrent = (): boolean => this.#connection === connection;
    await connection.subscribe(filters.first);
    await this.#policyArrived(clock);
    if (!isCurrent()) return;
    this.#policyRules = true;
    const held = this.#held;
    this.#held = [];
    for (const deliver of held) await deliver();
    await connection.subscribe(filters.rest);
    if (!isCurrent()) return;
    this.#subscribed = true;
    await this.#tellPresence(connection);
    if (!isCurrent()) return;
    await this.#context.onEstablished();
    publisher.attach((message) => connection.publish(message));
    await this.#context.enqueueDocuments();
    await publisher.drained();
    if (!isCurrent()) return;
    outbox.attach((event) => connection.publish({ topic: this.topics.events, payload: encode('events', event, clock.now()), retain: false }));
  }

  #policyArrived(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        resolve();
      };
      const timer = clock.setTimer(policyWaitMs, done);
      if (this.#policySeen.aborted) done();
      else this.#policySeen.addEventListener('abort', done);
    });
  }

  async #receive(message: IncomingMessage): Promise<void> {
    const kind = this.#inbox.kindOf(message);
    const beforeSuback = !this.#subscribed;
    // Those must wait for the policy, but not block it: it comes through here as well. Retained ones come again with the next connection.
    if (!this.#policyRules && (kind === 'desired' || kind === 'commands')) {
      this.#held.push(() => this.#inbox.deliver(message, beforeSuback));
      return;
    }
    await this.#inbox.deliver(message, beforeSuback);
    if (kind === 'policy') this.#policySeen.cancel();
  }

  /** Our own presence came back (handler of the inbox). */
  async heardPresence(presence: PayloadOf<'presence'>): Promise<void> {
    const connection = this.#connection;
    if (presence.state === 'online' && presence.sessionId !== this.#context.sessionId && !this.#presenceTold) this.#context.onForeignPresence();
    // The will of a connection that the broker gave up late would leave us offline for ever.
    if (connection && this.#presenceTold && presence.state === 'offline' && presence.reason === 'connection-lost')
      await this.#tellPresence(connection);
  }

  async #tellPresence(connection: PlatformConnection): Promise<void> {
    this.#presenceTold = true;
    await connection.publish(this.#presence({ state: 'online', reason: 'connected', sessionId: this.#context.sessionId }));
  }

  #presence(body: PresenceBody): OutgoingMessage {
    return { topic: this.topics.presence, payload: encode('presence', body, this.#context.clock.now()), retain: true };
  }

  get version(): MqttVersion {
    return this.#version;
  }
}
