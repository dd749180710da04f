import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentEvent,
  type BodyOf,
  type DesiredFirmware,
  type DeviceDocument,
  deviceSchema,
  encode,
  parseTopic,
  type PolicyRules,
  type TopicKind,
  topicOf,
} from '@jpd/agent/contract';
import { connectAsync, type IClientPublishOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { type MosquittoBroker, startMosquitto } from './brokers/mosquitto-broker.ts';
import type { CommandToSend, LabPlatform, PolicyChange, WantedSettings } from './lab-platform.ts';
import { runTool } from './mosquitto-tools.ts';
import { eventually } from './waiting.ts';
import { Wire } from './wire.ts';

const organizationId = 'acme';

/** User name of whoever plays the platform. */
export const platformUser = 'platform';

/** The ACL of contract 2 as Mosquitto writes it: a client's user name is `{organizationId}/{clientId}`. */
export const mosquittoAcl = `user ${platformUser}\ntopic readwrite #\n\npattern readwrite jabra/v1/%u/#\n`;

const guidePolicy: PolicyRules = {
  metadata: { userName: true, computer: true, location: true },
  applySettings: 'next-login',
  endUserSettings: 'allowed',
  postponeLimit: 3,
  postponeHours: 24,
  allowQuit: true,
  logLevel: 'debug',
  revoked: false,
};

interface Answer {
  readonly topic: string;
  readonly payload: string;
  readonly correlationData: string | null;
}

type CommandBody = Partial<BodyOf<'commands'>> & { readonly id: string; readonly type: string };

/** A platform without a platform: a bare MQTT 5 client that says on Mosquitto what the contract lets a platform say. */
export class PlatformByHand implements LabPlatform {
  readonly organizationId = organizationId;
  readonly secrets = [`token-${randomUUID()}`];
  readonly mqttVersion = 5;
  readonly wire = new Wire();
  /** Results that came on response topics. */
  readonly answers: Answer[] = [];
  readonly #broker: MosquittoBroker;
  readonly #memory: string;
  readonly #client: MqttClient;
  readonly #committed = new Map<string, AgentEvent>();
  readonly #enrolled = new Set<string>();
  readonly #desired = new Map<string, BodyOf<'desired'>>();
  #policy = guidePolicy;
  #lastRevision = 0;

  private constructor(broker: MosquittoBroker, memory: string, client: MqttClient) {
    this.#broker = broker;
    this.#memory = memory;
    this.#client = client;
    // While the broker is away each attempt tells of it.
    client.on('error', () => undefined);
    client.on('message', (topic, payload, packet) => {
      this.#hear(topic, payload, packet);
    });
  }

  /**
   * Mosquitto keeps sessions and retained messages over an interruption, so that what is said while the platform is away waits for it; a `forgetful`
   * one loses both.
   */
  static async start({ forgetful = false }: { readonly forgetful?: boolean } = {}): Promise<PlatformByHand> {
    const memory = await mkdtemp(join(tmpdir(), 'jl-mosquitto-'));
    const persistence = forgetful ? [] : ['persistence true', `persistence_location ${memory}/`];
    const broker = await startMosquitto({ acl: mosquittoAcl, extra: persistence });
    try {
      const session = { clientId: 'platform-by-hand', clean: false, properties: { sessionExpiryInterval: 3_600 } };
      const client = await connectAsync(broker.url, { protocolVersion: 5, username: platformUser, reconnectPeriod: 50, ...session });
      const platform = new PlatformByHand(broker, memory, client);
      await client.subscribeAsync('jabra/v1/+/+/#', { qos: 1, rap: true, nl: true });
      return platform;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  get url(): string {
    return this.#broker.url;
  }

  get port(): number {
    return this.#broker.port;
  }

  get enrollmentToken(): string {
    return this.secrets[0] ?? '';
  }

  async publish(deviceId: string, settings: WantedSettings, firmware: DesiredFirmware = { management: 'unmanaged' }): Promise<number> {
    const revision = this.#nextRevision();
    const body: BodyOf<'desired'> = {
      revision,
      source: { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' },
      settings: Object.fromEntries(Object.entries(settings).map(([key, { value, locked = false }]) => [key, { value, locked }])),
      firmware,
    };
    this.#desired.set(deviceId, body);
    for (const clientId of this.#enrolled) await this.#send(clientId, 'desired', body, deviceId);
    return revision;
  }

  async forget(deviceId: string): Promise<void> {
    this.#desired.delete(deviceId);
    for (const clientId of this.#enrolled) await this.publishRaw(topicOf(organizationId, clientId, 'desired', deviceId), '', { retain: true });
  }

  async changePolicy({ metadata, ...change }: PolicyChange): Promise<void> {
    this.#policy = { ...this.#policy, ...change, metadata: { ...this.#policy.metadata, ...metadata } };
    for (const clientId of this.#enrolled) await this.#sendPolicy(clientId, this.#policy);
  }

  revoke(clientId: string): Promise<void> {
    return this.#sendPolicy(clientId, { ...this.#policy, revoked: true });
  }

  async newEnrollmentToken(): Promise<string> {
    const token = `token-${randomUUID()}`;
    this.secrets.push(token);
    return token;
  }

  async command(clientId: string, command: CommandToSend): Promise<string> {
    const id = randomUUID();
    await this.commandRaw(clientId, { id, ...command });
    return id;
  }

  /** A command in every detail. */
  commandRaw(clientId: string, command: CommandBody, properties: IClientPublishOptions['properties'] = {}): Promise<void> {
    const body = { expiresAt: new Date(Date.now() + 60_000).toISOString(), params: {}, ...command };
    return this.publishRaw(topicOf(organizationId, clientId, 'commands'), encode('commands', body, Date.now()), { properties });
  }

  /** Waits for what comes on a response topic. */
  answerOn(topic: string): Promise<Answer> {
    return eventually(`an answer on ${topic}`, () => this.answers.find((answer) => answer.topic === topic));
  }

  async publishRaw(topic: string, payload: string, options: IClientPublishOptions = {}): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, ...options });
  }

  /** With the program that Mosquitto has for it: what a new subscriber is told first is what the broker retains. */
  async showDevice(deviceId: string): Promise<DeviceDocument> {
    return deviceSchema.parse(JSON.parse(await this.#retained(`jabra/v1/${organizationId}/+/devices/${deviceId}`)));
  }

  retained(clientId: string, kind: 'client' | 'presence'): Promise<string> {
    return this.#retained(topicOf(organizationId, clientId, kind));
  }

  async events(): Promise<readonly AgentEvent[]> {
    return [...this.#committed.values()];
  }

  interrupt(): Promise<void> {
    return this.#broker.interrupt();
  }

  async resume(): Promise<void> {
    await this.#broker.resume();
    await eventually('the platform is connected again', () => this.#client.connected);
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
    await this.#broker.stop();
    await rm(this.#memory, { recursive: true, force: true });
  }

  async #retained(filter: string): Promise<string> {
    return (await runTool('mosquitto_sub', this.port, platformUser, ['-t', filter, '-C', '1', '-W', '10'])).out;
  }

  #hear(topic: string, payload: Buffer, { qos, retain, properties }: IPublishPacket): void {
    if (topic.includes('/answers/')) {
      this.answers.push({ topic, payload: payload.toString(), correlationData: properties?.correlationData?.toString() ?? null });
      return;
    }
    const before = this.wire.mark();
    this.wire.hear(topic, payload, { qos, retain, contentType: properties?.contentType ?? null, stored: false });
    const [message] = this.wire.heard.slice(before);
    if (!message) return;
    if (parseTopic(topic)?.kind === 'presence') void this.#enrol(message.clientId);
    if (message.kind === 'events' && message.payload) this.#commit(message.clientId, message.payload);
  }

  /** A client that was never heard before gets the policy, and what is desired. */
  async #enrol(clientId: string): Promise<void> {
    if (this.#enrolled.has(clientId)) return;
    this.#enrolled.add(clientId);
    await this.#sendPolicy(clientId, this.#policy);
    for (const [deviceId, body] of this.#desired) await this.#send(clientId, 'desired', body, deviceId);
  }

  #commit(clientId: string, event: AgentEvent): void {
    if (!this.#committed.has(event.id)) this.#committed.set(event.id, event);
    void this.#send(clientId, 'acks', { ids: [event.id] });
  }

  #sendPolicy(clientId: string, rules: PolicyRules): Promise<void> {
    return this.#send(clientId, 'policy', { ...rules, organizationName: 'Acme', revision: this.#nextRevision() });
  }

  #send<K extends Extract<TopicKind, 'policy' | 'desired' | 'acks'>>(clientId: string, kind: K, body: BodyOf<K>, id?: string): Promise<void> {
    return this.publishRaw(topicOf(organizationId, clientId, kind, id), encode(kind, body, Date.now()), { retain: kind !== 'acks' });
  }

  #nextRevision(): number {
    this.#lastRevision = Math.max(this.#lastRevision + 1, Date.now());
    return this.#lastRevision;
  }
}
