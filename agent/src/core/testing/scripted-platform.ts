import { encode, parsePayload, parseTopic, type BodyOf, type PayloadOf, topicRules, type TopicKind, topicOf } from '../../contract/index.ts';
import { type Published, ScriptedBroker } from './scripted-broker.ts';

/** The platform behind a scripted broker: publishes as it does, and reads what agents published. */
export class ScriptedPlatform extends ScriptedBroker {
  /** Acknowledges events as they come. */
  acknowledges = true;
  readonly #now: () => number;

  /** Wall clock and monotonic milliseconds; where only one is given, `at` is of that. */
  constructor(now: () => number, monotonic: () => number = now) {
    super(monotonic);
    this.#now = now;
    this.onPublish = (message) => {
      if (this.acknowledges) this.#acknowledge(message);
    };
  }

  /** The client of the newest attempt. */
  get clientId(): string {
    const newest = this.attempts.at(-1);
    if (!newest) throw new Error('no client has come yet');
    return newest.clientId;
  }

  /** What clients did, in order, without the ids of topics: `publish events`. */
  get steps(): readonly string[] {
    return this.history.map((step) => step.split('/')[0] ?? '');
  }

  /** Publishes, retained where the contract says so; to the newest client unless another is named. */
  send<K extends TopicKind>(kind: K, body: BodyOf<K>, id?: string, clientId = this.clientId): void {
    this.sendRaw(kind, encode(kind, body, this.#now()), id, clientId);
  }

  /** Publishes any text; an empty one deletes what is retained. */
  sendRaw(kind: TopicKind, payload: string, id?: string, clientId = this.clientId): void {
    this.route(this.topicOf(kind, id, clientId), new TextEncoder().encode(payload), topicRules[kind].retained);
  }

  topicOf(kind: TopicKind, id?: string, clientId = this.clientId): string {
    const [organizationId = ''] = this.attempts.find((attempt) => attempt.clientId === clientId)?.userName.split('/') ?? [];
    return topicOf(organizationId, clientId, kind, id);
  }

  /** Breaks the newest client's connection. */
  break(reasonCode: number | null = null): void {
    this.cut(this.clientId, { reasonCode });
  }

  /** What came on topics of a kind, parsed; an invalid one throws. */
  received<K extends TopicKind>(kind: K, id?: string): PayloadOf<K>[] {
    return this.published.flatMap(({ topic, payload }) => {
      const parsed = parseTopic(topic);
      if (parsed?.kind !== kind || (id !== undefined && parsed.id !== id) || payload === '') return [];
      return [this.#parsed(kind, topic, payload)];
    });
  }

  /** The newest document of a kind. */
  latest<K extends TopicKind>(kind: K, id?: string): PayloadOf<K> | undefined {
    return this.received(kind, id).at(-1);
  }

  /** What a newcomer would see of a topic, undefined where nothing is retained. */
  retainedOf<K extends TopicKind>(kind: K, id?: string, clientId = this.clientId): PayloadOf<K> | undefined {
    const topic = this.topicOf(kind, id, clientId);
    const payload = this.retained.get(topic);
    return payload && this.#parsed(kind, topic, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  }

  /** Events as a platform counts them: each id once, in the order in which they first came. A repeated one that says something else throws. */
  get events(): readonly PayloadOf<'events'>[] {
    const seen = new Map<string, PayloadOf<'events'>>();
    for (const event of this.received('events')) {
      const first = seen.get(event.id);
      if (first && JSON.stringify({ ...first, sentAt: '' }) !== JSON.stringify({ ...event, sentAt: '' })) throw new Error(`${event.id} changed`);
      if (!first) seen.set(event.id, event);
    }
    return [...seen.values()];
  }

  get eventTypes(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  #acknowledge({ topic, payload, clientId }: Published): void {
    if (parseTopic(topic)?.kind !== 'events') return;
    this.send('acks', { ids: [this.#parsed('events', topic, payload).id] }, undefined, clientId);
  }

  #parsed<K extends TopicKind>(kind: K, topic: string, payload: string): PayloadOf<K> {
    const result = parsePayload(kind, new TextEncoder().encode(payload));
    if (!result.ok) throw new Error(`${topic}: ${result.problems.join('; ')}`);
    return result.value;
  }
}
