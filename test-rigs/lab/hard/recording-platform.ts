import {
  type AgentEvent,
  type BodyOf,
  type DeviceDocument,
  encode,
  parsePayload,
  parseTopic,
  platformFilters,
  type TopicKind,
  topicOf,
  topicRules,
} from '@jpd/agent/contract';
import { connectAsync, type MqttClient } from 'mqtt';

/** The platform's side, as small as the contract allows, on any broker: records everything, judges everything, and acknowledges events after a while. */
export class RecordingPlatform {
  readonly #client: MqttClient;
  /** Sentences: what agents published that breaks the contract. */
  readonly violations: string[] = [];
  /** Every event message as it came, repetitions included. */
  readonly events: { readonly clientId: string; readonly event: AgentEvent }[] = [];
  readonly documents = new Map<string, DeviceDocument>();
  /** Every device document in the order it came. */
  readonly history: DeviceDocument[] = [];
  readonly raw: string[] = [];
  clientId: string | null = null;
  /** Milliseconds between an event and its ack. */
  ackDelayMs = 0;

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  static async connect(url: string): Promise<RecordingPlatform> {
    const client = await connectAsync(url, { protocolVersion: 5 });
    const platform = new RecordingPlatform(client);
    client.on('message', (topic, payload) => {
      platform.#receive(topic, payload);
    });
    await client.subscribeAsync([...platformFilters()], { qos: 1 });
    return platform;
  }

  /** Publishes as the contract says of the kind. */
  async send<K extends TopicKind>(kind: K, body: BodyOf<K>, id?: string): Promise<void> {
    await this.sendRaw(kind, encode(kind, body, Date.now()), id);
  }

  async sendRaw(kind: TopicKind, payload: string | Buffer, id?: string): Promise<void> {
    if (this.clientId === null) throw new Error('no agent has shown itself yet');
    const topic = topicOf('acme', this.clientId, kind, id);
    await this.#client.publishAsync(topic, payload, { qos: 1, retain: topicRules[kind].retained });
  }

  /** Events of a type, each id once, in the order of their first coming. */
  distinctEvents(type?: AgentEvent['type']): AgentEvent[] {
    const first = new Map<string, AgentEvent>();
    for (const { event } of this.events) if (!first.has(event.id)) first.set(event.id, event);
    return [...first.values()].filter((event) => type === undefined || event.type === type);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #receive(topic: string, payload: Buffer): void {
    this.raw.push(`${topic} ${payload.toString()}`);
    const parsed = parseTopic(topic);
    if (!parsed) {
      this.violations.push(`${topic} is no topic of the contract`);
      return;
    }
    this.clientId = parsed.clientId;
    if (payload.length === 0) return;
    const result = parsePayload(parsed.kind, payload);
    if (!result.ok) this.violations.push(`${topic}: ${result.problems.join('; ')}`);
    else if (result.value.schema === 'device/1') this.#document(result.value);
    else if (result.value.schema === 'event/1') this.#event(parsed.clientId, result.value);
  }

  #document(document: DeviceDocument): void {
    this.documents.set(document.deviceId, document);
    this.history.push(document);
  }

  #event(clientId: string, event: AgentEvent): void {
    this.events.push({ clientId, event });
    const acknowledge = (): void => {
      const payload = encode('acks', { ids: [event.id] }, Date.now());
      this.#client.publish(topicOf('acme', clientId, 'acks'), payload, { qos: 1 });
    };
    if (this.ackDelayMs === 0) acknowledge();
    else setTimeout(acknowledge, this.ackDelayMs).unref();
  }
}
