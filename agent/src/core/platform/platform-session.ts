import { CancelSource } from '@jpd/protocol';
import { type BodyOf, clientTopics, type ClientTopics, isBelowPrefix, type PayloadOf, subscriptionFilters } from '../../contract/index.ts';
import type { IncomingMessage } from '../../ports/index.ts';
import { inTime, within } from '../in-time.ts';
import type { Outgoing, OutletConnection } from '../privacy/outgoing.ts';
import { type Delivery, Inbox } from './inbox.ts';
import type { PresenceBody, PlatformSessionContext } from './session-context.ts';

/** A broker that leaves something unanswered this long is of no use. */
const answerMs = 60_000;
const policyWaitMs = 2000;
/** After a sleep a dead connection looks alive; networks are slow then. */
const probeMs = 15_000;
/** Our own presence comes back within a round trip where the broker lets us hear it. */
const echoWaitMs = 2000;

/** What is so on one connection. */
interface Conversation {
  readonly connection: OutletConnection;
  /** Cancelled when the policy that rules has come. */
  readonly policyCame: CancelSource;
  /** Cancelled when our presence came back: by then everything that had waited for us was handled. */
  readonly presenceCame: CancelSource;
  policyRules: boolean;
  allSubscribed: boolean;
  presenceTold: boolean;
  established: boolean;
}

/**
 * What is said over a connection, in the contract's order: subscribe policy; wait for it at most 2 s; subscribe the rest; presence; every document again;
 * the events that wait.
 *
 * INVARIANTS: nothing of `desired` or `commands` is acted on before the policy rules. Once it leaves, nothing that comes in is acted on.
 */
export class PlatformSession {
  readonly topics: ClientTopics;
  readonly #context: PlatformSessionContext;
  readonly #inbox: Inbox;
  #now: Conversation | null = null;
  #leaving: Promise<void> | null = null;

  constructor(context: PlatformSessionContext) {
    this.#context = context;
    this.topics = clientTopics(context.organizationId, context.clientId);
    const { handlers } = context;
    const payload = {
      ...handlers.payload,
      policy: async (policy: PayloadOf<'policy'>, delivery: Delivery) => {
        await handlers.payload.policy(policy, delivery);
        // Any other was queued for us and may be older than the retained one, which follows the SUBACK.
        if (delivery.retained) this.#now?.policyCame.cancel();
      },
      presence: (presence: PayloadOf<'presence'>) => this.#heardPresence(presence),
    };
    this.#inbox = new Inbox(this.topics.prefix, { ...handlers, payload });
  }

  /** The topics, null while there is no connection. */
  get connectedTopics(): ClientTopics | null {
    return this.#now ? this.topics : null;
  }

  /** The subscriptions stand, and what had waited for us was handled. */
  get established(): boolean {
    return this.#now?.established ?? false;
  }

  /** The will: its `sentAt` is the connect's (contract 1). */
  will(): Outgoing {
    return this.#presence({ state: 'offline', reason: 'connection-lost', sessionId: this.#context.sessionId });
  }

  /** A connection was accepted. */
  open(connection: OutletConnection): void {
    const now: Conversation = {
      connection,
      policyCame: new CancelSource(),
      presenceCame: new CancelSource(),
      policyRules: false,
      allSubscribed: false,
      presenceTold: false,
      established: false,
    };
    this.#now = now;
    connection.onMessage((message) => this.#receive(now, message));
    this.#establish(now).catch((error: unknown) => {
      if (!this.#isCurrent(now)) return;
      this.#context.log.warn('the conversation with the platform failed', { error });
      this.#context.onBroken();
    });
  }

  /** The connection ended. */
  closed(): void {
    this.#now = null;
    this.#context.publisher.detach();
    this.#context.outbox.detach();
  }

  /** Publishes a result, also to the command's response topic. Lost without a connection: the platform repeats the command. */
  async publishResult(body: BodyOf<'results'>, { responseTopic, correlationData }: IncomingMessage): Promise<void> {
    const { organizationId, clientId } = this.#context;
    const connection = this.#leaving ? undefined : this.#now?.connection;
    if (!connection) return;
    await connection.publish({ kind: 'results', topic: this.topics.result(body.commandId), body });
    if (responseTopic === undefined || !isBelowPrefix(responseTopic, organizationId, clientId)) return;
    await connection.publish({ kind: 'results', topic: responseTopic, body, ...(correlationData ? { correlationData } : {}) });
  }

  /** The PC may have slept: says `online` once more. A connection on which that isn't answered soon is dead. */
  async probe(): Promise<void> {
    const now = this.#now;
    if (!now?.presenceTold || !this.#isCurrent(now)) return;
    const answered = await within(this.#context.clock, probeMs, this.#tellPresence(now));
    if (!answered && this.#isCurrent(now)) this.#context.onBroken();
  }

  /** Says goodbye and ends the connection: afterwards the broker has no will to send. `graceMs` bounds each step. A second call waits for the first. */
  leave(reason: 'shutdown' | 'sleep' | 'revoked', graceMs: number): Promise<void> {
    this.#leaving ??= this.#leave(reason, graceMs);
    return this.#leaving;
  }

  /** Ends the connection and says nothing: the name is another's. */
  abandon(graceMs: number): Promise<void> {
    const connection = this.#now?.connection;
    this.#leaving ??= Promise.resolve();
    this.closed();
    return connection ? within(this.#context.clock, graceMs, connection.end(true)).then(() => undefined) : Promise.resolve();
  }

  async #leave(reason: 'shutdown' | 'sleep' | 'revoked', graceMs: number): Promise<void> {
    const { clock, outbox, publisher, sessionId } = this.#context;
    const now = this.#now;
    if (!now) return;
    if (reason === 'revoked') {
      publisher.detach();
      outbox.detach();
    } else await within(clock, graceMs, publisher.drained());
    await within(clock, graceMs, now.connection.publish(this.#presence({ state: 'offline', reason, sessionId })));
    this.closed();
    await within(clock, graceMs, now.connection.end(true));
  }

  async #establish(now: Conversation): Promise<void> {
    const { outbox, publisher, organizationId, clientId } = this.#context;
    const { connection } = now;
    const filters = subscriptionFilters(organizationId, clientId);
    await this.#answered(connection.subscribe(filters.first));
    await this.#wait(now.policyCame, policyWaitMs);
    await this.#deliverHeld(now);
    if (!this.#isCurrent(now)) return;
    await this.#answered(connection.subscribe(filters.rest));
    now.allSubscribed = true;
    if (!this.#isCurrent(now)) return;
    await this.#tellPresence(now);
    await this.#wait(now.presenceCame, echoWaitMs);
    if (!this.#isCurrent(now)) return;
    await this.#context.onEstablished();
    now.established = true;
    if (!this.#isCurrent(now)) return;
    publisher.attach((message) => connection.publish(message));
    await this.#context.enqueueDocuments();
    await this.#answered(publisher.drained());
    if (!this.#isCurrent(now)) return;
    outbox.attach((event) => connection.publish({ kind: 'events', topic: this.topics.events, body: event }));
  }

  #isCurrent(now: Conversation): boolean {
    return this.#now === now && this.#leaving === null;
  }

  #answered(answer: Promise<void>): Promise<void> {
    return inTime(this.#context.clock, answerMs, 'the broker', answer);
  }

  #wait(source: CancelSource, milliseconds: number): Promise<boolean> {
    const cancelled = new Promise<void>((resolve) => {
      if (source.aborted) resolve();
      else source.addEventListener('abort', resolve);
    });
    return within(this.#context.clock, milliseconds, cancelled);
  }

  /** Also what a connection or a process before this left. What comes meanwhile joins the end, so that nothing overtakes. */
  async #deliverHeld(now: Conversation): Promise<void> {
    const { held } = this.#context;
    while (!held.isEmpty && this.#isCurrent(now)) await held.next((message, beforeSuback) => this.#deliver(message, beforeSuback));
    now.policyRules = true;
  }

  async #receive(now: Conversation, message: IncomingMessage): Promise<void> {
    // Unanswered, so that the broker keeps it for the next connection.
    if (!this.#isCurrent(now)) return new Promise(() => undefined);
    const beforeSuback = !now.allSubscribed;
    const kind = this.#inbox.kindOf(message);
    // Those must wait for the policy, but not block it: it comes through here as well.
    if (!now.policyRules && (kind === 'desired' || kind === 'commands')) await this.#hold(message, beforeSuback);
    else await this.#deliver(message, beforeSuback);
    return undefined;
  }

  async #hold(message: IncomingMessage, beforeSuback: boolean): Promise<void> {
    const { held, log } = this.#context;
    if (held.isFull) log.warn('too much came before the policy: a message is dropped', { topic: message.topic });
    else await held.add(message, beforeSuback);
  }

  async #deliver(message: IncomingMessage, beforeSuback: boolean): Promise<void> {
    try {
      await this.#inbox.deliver(message, beforeSuback);
    } catch (error) {
      this.#context.log.error('a message could not be handled', { topic: message.topic, error });
    }
  }

  async #heardPresence({ state, reason, sessionId }: PayloadOf<'presence'>): Promise<void> {
    const now = this.#now;
    if (!now) return;
    const isLost = state === 'offline' && reason === 'connection-lost';
    if (sessionId === this.#context.sessionId) {
      if (state === 'online') now.presenceCame.cancel();
    } else if (!now.presenceCame.aborted && (state === 'online' || isLost)) {
      this.#context.onForeignPresence();
    }
    // The will of a connection that the broker gave up late would leave us offline for ever.
    // Where that fails the connection is ending, and the next one tells it.
    if (isLost && now.presenceTold && this.#isCurrent(now)) await this.#tellPresence(now).catch(() => undefined);
  }

  async #tellPresence(now: Conversation): Promise<void> {
    now.presenceTold = true;
    const online = this.#presence({ state: 'online', reason: 'connected', sessionId: this.#context.sessionId });
    await this.#answered(now.connection.publish(online));
  }

  #presence(body: PresenceBody): Outgoing {
    return { kind: 'presence', topic: this.topics.presence, body };
  }
}
