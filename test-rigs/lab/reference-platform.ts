import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentEvent, type DesiredFirmware, type DeviceDocument, deviceSchema, eventSchema, topicOf } from '@jpd/agent/contract';
import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import { preparedDataFolder } from './prepared-data.ts';
import type { CommandToSend, LabPlatform, PolicyChange, WantedSettings } from './lab-platform.ts';
import { run, RunningProgram } from './processes.ts';
import { eventually } from './waiting.ts';
import { Wire } from './wire.ts';

/** A database is opened, on a machine that may be busy. */
const startMs = 45_000;

const credentialsSchema = z.object({
  organizationId: z.string(),
  enrollmentToken: z.string(),
  operator: z.object({ userName: z.string(), password: z.string() }),
  adminToken: z.string(),
});
type Credentials = z.infer<typeof credentialsSchema>;

const eventsSchema = z.object({ events: z.array(z.object({ event: eventSchema })) });
const presenceSchema = z.object({ state: z.string(), reason: z.string() });
const clientSchema = z.object({
  clientId: z.string(),
  presence: presenceSchema.nullable(),
  revocation: z.string(),
  credential: z.object({ kind: z.string(), expiresAt: z.string() }).nullable(),
});
const clientsSchema = z.object({ clients: z.array(clientSchema) });

/** A client as the platform lists it. */
type ListedClient = z.infer<typeof clientsSchema>['clients'][number];

interface Addresses {
  readonly mqttUrl: string;
  readonly httpUrl: string;
  /** Null where it wasn't asked for. */
  readonly mqttsUrl: string | null;
}

/** `jabra-platform serve` with its embedded broker, worked through its HTTP API and its command line, and heard by an operator on the broker. */
export class ReferencePlatform implements LabPlatform {
  readonly mqttVersion = 4;
  readonly wire = new Wire();
  readonly dataFolder: string;
  readonly #addresses: Addresses;
  readonly #credentials: Credentials;
  readonly #operator: MqttClient;
  readonly #moreTokens: string[] = [];
  /** Beside the data folder and the ports. */
  readonly #serveOptions: readonly string[];
  #program: RunningProgram;

  private constructor(
    dataFolder: string,
    program: RunningProgram,
    addresses: Addresses,
    credentials: Credentials,
    operator: MqttClient,
    serveOptions: readonly string[],
  ) {
    this.#serveOptions = serveOptions;
    this.dataFolder = dataFolder;
    this.#program = program;
    this.#addresses = addresses;
    this.#credentials = credentials;
    this.#operator = operator;
    // While the platform is away each attempt tells of it.
    operator.on('error', () => undefined);
    operator.on('message', (topic, payload, { qos, retain }) => {
      this.wire.hear(topic, payload, { qos, retain: null, contentType: undefined, stored: retain });
    });
  }

  /** `serveOptions`: more options of `jabra-platform serve`. */
  static async start(serveOptions: readonly string[] = []): Promise<ReferencePlatform> {
    const dataFolder = await preparedDataFolder();
    const program = RunningProgram.ours('jabra-platform', ['serve', '--data', dataFolder, ...serveOptions]);
    try {
      const [, mqttUrl = '', httpUrl = '', mqttsUrl = null] = await program.prints(/^ready (\S+) (\S+)(?: (\S+))?$/m, startMs);
      const credentials = credentialsSchema.parse(JSON.parse(await readFile(join(dataFolder, 'credentials.json'), 'utf8')));
      const { userName, password } = credentials.operator;
      const login = { protocolVersion: 4, clientId: 'operator-of-the-lab', username: userName, password } as const;
      const operator = await connectAsync(mqttUrl, { ...login, reconnectPeriod: 50 });
      const platform = new ReferencePlatform(dataFolder, program, { mqttUrl, httpUrl, mqttsUrl }, credentials, operator, serveOptions);
      await operator.subscribeAsync(`jabra/v1/${credentials.organizationId}/#`, { qos: 1 });
      return platform;
    } catch (error) {
      await program.stop();
      await rm(dataFolder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.#addresses.mqttUrl;
  }

  /** Of the HTTP API, and of the API for clients. */
  get httpUrl(): string {
    return this.#addresses.httpUrl;
  }

  get mqttsUrl(): string {
    const { mqttsUrl } = this.#addresses;
    if (mqttsUrl === null) throw new Error('the platform was started without --mqtts-port');
    return mqttsUrl;
  }

  get organizationId(): string {
    return this.#credentials.organizationId;
  }

  get enrollmentToken(): string {
    return this.#credentials.enrollmentToken;
  }

  get secrets(): readonly string[] {
    const { enrollmentToken, operator, adminToken } = this.#credentials;
    return [enrollmentToken, operator.password, adminToken, ...this.#moreTokens];
  }

  async publish(deviceId: string, settings: WantedSettings, firmware: DesiredFirmware = { management: 'unmanaged' }): Promise<number> {
    const wanted = Object.fromEntries(Object.entries(settings).map(([key, { value, locked = false }]) => [key, { value, locked }]));
    const source = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' };
    const body = { source, settings: wanted, firmware };
    return (await this.#api('PUT', `/devices/${deviceId}/desired`, z.object({ revision: z.number() }), body)).revision;
  }

  async forget(deviceId: string): Promise<void> {
    await this.#api('DELETE', `/devices/${deviceId}/desired`, z.unknown());
  }

  async changePolicy(change: PolicyChange): Promise<void> {
    await this.#api('PATCH', '/policy', z.unknown(), change);
  }

  async revoke(clientId: string): Promise<void> {
    await this.#api('POST', `/clients/${clientId}/revoke`, z.unknown());
  }

  /** What the client logs in with is over; it has to enrol again. */
  async withdrawCredential(clientId: string): Promise<void> {
    await this.#api('DELETE', `/clients/${clientId}/credential`, z.unknown());
  }

  /** A token can be added at a start only. */
  async newEnrollmentToken(): Promise<string> {
    const token = `token-${randomUUID()}`;
    this.#moreTokens.push(token);
    await this.interrupt();
    await this.resume();
    return token;
  }

  async command(clientId: string, command: CommandToSend): Promise<string> {
    return (await this.#api('POST', '/commands', z.object({ id: z.string() }), { clientId, ...command })).id;
  }

  async showDevice(deviceId: string): Promise<DeviceDocument> {
    return z.object({ document: deviceSchema }).parse(await this.answer('devices', '--device', deviceId)).document;
  }

  /** Asked of the broker, and not of the API, which would answer from the database. */
  async retained(clientId: string, kind: 'client' | 'presence'): Promise<string> {
    const { userName, password } = this.#credentials.operator;
    const reader = await connectAsync(this.url, { protocolVersion: 4, username: userName, password, reconnectPeriod: 0 });
    const heard: string[] = [];
    reader.on('message', (_topic, payload) => heard.push(payload.toString()));
    try {
      await reader.subscribeAsync(topicOf(this.organizationId, clientId, kind), { qos: 1 });
      return await eventually(`a retained ${kind}`, () => heard[0]);
    } finally {
      await reader.endAsync(true);
    }
  }

  async events(): Promise<readonly AgentEvent[]> {
    return (await this.#api('GET', '/events?after=0&limit=1000', eventsSchema)).events.map(({ event }) => event);
  }

  async client(clientId: string): Promise<ListedClient | undefined> {
    return (await this.#api('GET', '/clients', clientsSchema)).clients.find((client) => client.clientId === clientId);
  }

  /** What `jabra-platform … --json` prints. */
  async answer(...args: string[]): Promise<unknown> {
    const { code, out, err } = await run('jabra-platform', [...args, '--data', this.dataFolder, '--json']);
    if (code !== 0) throw new Error(`jabra-platform ${args.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out);
  }

  /** Killed: it has no time to put anything in order. */
  async interrupt(): Promise<void> {
    await this.#program.kill();
  }

  async resume(): Promise<void> {
    const { mqttUrl, httpUrl } = this.#addresses;
    const ports = ['--mqtt-port', new URL(mqttUrl).port, '--http-port', new URL(httpUrl).port];
    const token = this.#moreTokens.at(-1);
    const tokens = token === undefined ? [] : ['--enrollment-token', token];
    this.#program = RunningProgram.ours('jabra-platform', ['serve', '--data', this.dataFolder, ...this.#serveOptions, ...ports, ...tokens]);
    await this.#program.prints(/^ready /m, startMs);
    await eventually('the operator is connected again', () => this.#operator.connected);
  }

  async stop(): Promise<void> {
    await this.#operator.endAsync(true);
    const { code, err } = await this.#program.stop();
    await rm(this.dataFolder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`jabra-platform ended with ${code}: ${err}`);
  }

  async #api<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { authorization: `Bearer ${this.#credentials.adminToken}`, ...type };
    const response = await fetch(`${this.#addresses.httpUrl}/api/v1${path}`, { method, headers, ...content });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return schema.parse(text === '' ? null : JSON.parse(text));
  }
}
