import { isDeepStrictEqual } from 'node:util';
import { type AgentEvent, type DeviceDocument, isEmptyPayload, parsePayload, parseTopic, type PayloadOf, topicRules } from '@jpd/agent/contract';
import { Observed } from './waiting.ts';

/** Kinds of topics on which agents speak. */
export type AgentKind = 'presence' | 'client' | 'devices' | 'events' | 'results';

/** One message of an agent; `payload` null where it emptied a retained topic. */
export type Heard = {
  readonly [K in AgentKind]: {
    readonly kind: K;
    readonly clientId: string;
    /** Device or command, '' for kinds without. */
    readonly id: string;
    readonly payload: PayloadOf<K> | null;
    /** When it came, of `performance.now()`. */
    readonly at: number;
  };
}[AgentKind];

/** What a broker says of a message beside its payload. */
export interface Envelope {
  readonly qos: number;
  /** As it was published; null where the broker doesn't tell (3.1.1). */
  readonly retain: boolean | null;
  /** Undefined where there is no such thing (3.1.1). */
  readonly contentType: string | null | undefined;
  /** Out of the broker's memory, for a new subscription; that may overtake what is said at the same time. */
  readonly stored: boolean;
}

interface Search<K extends AgentKind> {
  readonly id?: string;
  /** Only what came after this mark. */
  readonly after?: number;
  readonly ms?: number;
  readonly where?: (payload: PayloadOf<K>) => boolean;
}

const isAgentKind = (kind: string): kind is AgentKind => ['presence', 'client', 'devices', 'events', 'results'].includes(kind);

/**
 * All that agents publish, as one client of the broker hears it. Each message is held against the contract as it comes: topic, QoS, retain, content
 * type, schema, ids, revisions. What breaks it stands in `violations`, which every lab looks at when it ends.
 */
export class Wire {
  readonly heard: Heard[] = [];
  readonly violations: string[] = [];
  /** Everything that came, as text: for searches of what must not be there. */
  readonly texts: string[] = [];
  readonly #observed = new Observed();
  readonly #documents = new Map<string, DeviceDocument>();
  readonly #events = new Map<string, AgentEvent>();

  /** Takes a message from the broker; those of the platform's own kinds are left alone. */
  hear(topic: string, bytes: Uint8Array, envelope: Envelope): void {
    const parsed = parseTopic(topic);
    if (parsed === null) {
      this.violations.push(`${topic} is no topic of the contract`);
      return;
    }
    const { kind, clientId, id = '' } = parsed;
    if (!isAgentKind(kind) || (envelope.stored && this.#isKnown(kind, clientId, id, bytes))) return;
    this.texts.push(`${topic} ${Buffer.from(bytes).toString()}`);
    this.#checkEnvelope(kind, topic, bytes, envelope);
    this.#take(kind, topic, clientId, id, bytes);
    this.#observed.changed();
  }

  /** Where the wire is now, for `after`. */
  mark(): number {
    return this.heard.length;
  }

  /** What was said on a kind of topic, oldest first; without what emptied one. */
  said<K extends AgentKind>(kind: K, { id, after = 0, where = () => true }: Search<K> = {}): PayloadOf<K>[] {
    return this.heard.slice(after).flatMap((message) => {
      if (message.kind !== kind || message.payload === null || (id !== undefined && message.id !== id)) return [];
      // `kind` of the message is K.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const payload = message.payload as PayloadOf<K>;
      return where(payload) ? [payload] : [];
    });
  }

  /** The newest, null where there is none or the topic was emptied. */
  latest<K extends AgentKind>(kind: K, id?: string): PayloadOf<K> | null {
    const last = this.heard.findLast((message) => message.kind === kind && (id === undefined || message.id === id));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (last?.payload ?? null) as PayloadOf<K> | null;
  }

  /** The first that fits, said already or to come. Rejects with `WaitError`. */
  until<K extends AgentKind>(kind: K, search: Search<K> = {}): Promise<PayloadOf<K>> {
    const { id, ms } = search;
    const seen = (): string => `Last on ${kind}: ${JSON.stringify(this.latest(kind, id))}`;
    return this.#observed.until(`a message on ${kind}`, () => this.said(kind, search)[0], { seen, ...(ms === undefined ? {} : { ms }) });
  }

  /** The first document of a device that fits, said already or to come. */
  device(
    id: string,
    where: (document: DeviceDocument) => boolean = () => true,
    search: { readonly after?: number; readonly ms?: number } = {},
  ): Promise<DeviceDocument> {
    return this.until('devices', { ...search, id, where });
  }

  /** The first event of a type, said already or to come. */
  event(
    type: AgentEvent['type'],
    { where = () => true, ...search }: { readonly after?: number; readonly ms?: number; readonly where?: (event: AgentEvent) => boolean } = {},
  ): Promise<AgentEvent> {
    return this.until('events', { ...search, where: (event) => event.type === type && where(event) });
  }

  /** Waits until a retained topic was emptied. */
  async emptied(kind: AgentKind, id: string, after = 0): Promise<void> {
    const look = (): boolean => this.heard.slice(after).some((message) => message.kind === kind && message.id === id && message.payload === null);
    await this.#observed.until(`${kind}/${id} emptied`, look);
  }

  #isKnown(kind: AgentKind, clientId: string, id: string, bytes: Uint8Array): boolean {
    const parsed = parsePayload(kind, bytes);
    const last = this.heard.findLast((message) => message.kind === kind && message.clientId === clientId && message.id === id)?.payload;
    return parsed.ok && last !== null && last !== undefined && parsed.value.sentAt <= last.sentAt;
  }

  #checkEnvelope(kind: AgentKind, topic: string, bytes: Uint8Array, { qos, retain, contentType }: Envelope): void {
    const rule = topicRules[kind];
    if (qos !== rule.qos) this.violations.push(`${topic} has QoS ${qos}`);
    if (retain !== null && retain !== rule.retained) this.violations.push(`${topic} has retain ${retain}`);
    if (contentType !== undefined && !isEmptyPayload(bytes) && contentType !== 'application/json')
      this.violations.push(`${topic} has content type ${contentType}`);
  }

  #take(kind: AgentKind, topic: string, clientId: string, id: string, bytes: Uint8Array): void {
    if (isEmptyPayload(bytes)) {
      this.#documents.delete(topic);
      this.heard.push({ kind, clientId, id, payload: null, at: performance.now() });
      return;
    }
    const parsed = parsePayload(kind, bytes);
    if (!parsed.ok) {
      this.violations.push(`${topic}: ${parsed.problems.join('; ')}`);
      return;
    }
    // Parsed by the rule of `kind`.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const message = { kind, clientId, id, payload: parsed.value, at: performance.now() } as Heard;
    this.#checkContent(topic, message);
    this.heard.push(message);
  }

  #checkContent(topic: string, { kind, clientId, id, payload }: Heard): void {
    if (payload === null) return;
    if (kind === 'client' && payload.clientId !== clientId) this.violations.push(`${topic} tells of the client ${payload.clientId}`);
    if (kind === 'results' && payload.commandId !== id) this.violations.push(`${topic} tells of the command ${payload.commandId}`);
    if (kind === 'events') this.#checkEvent(topic, payload);
    if (kind === 'devices') this.#checkDocument(topic, id, payload);
  }

  /** An event that is sent again is the same in all but `sentAt`. */
  #checkEvent(topic: string, event: AgentEvent): void {
    const first = this.#events.get(event.id) ?? event;
    if (!isDeepStrictEqual({ ...first, sentAt: '' }, { ...event, sentAt: '' })) this.violations.push(`${topic}: event ${event.id} changed`);
    this.#events.set(event.id, first);
  }

  /** `revision` grows with every change of a document and stands still without one; a change that was undone at once may not have been published. */
  #checkDocument(topic: string, id: string, document: DeviceDocument): void {
    if (document.deviceId !== id) this.violations.push(`${topic} tells of the device ${document.deviceId}`);
    const before = this.#documents.get(topic);
    this.#documents.set(topic, document);
    if (before === undefined) return;
    const same = isDeepStrictEqual({ ...before, sentAt: '', revision: 0 }, { ...document, sentAt: '', revision: 0 });
    const grown = document.revision - before.revision;
    const right = same ? grown === 0 || grown > 1 : grown > 0;
    if (!right)
      this.violations.push(`${topic}: revision ${before.revision}, then ${document.revision} with ${same ? 'the same' : 'another'} content`);
  }
}
