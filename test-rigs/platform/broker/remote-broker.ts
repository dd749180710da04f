import { parseMqttUserName, platformFilters } from '@jpd/agent/contract';
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import mqtt from 'mqtt';

import { messageOf, StartError } from '../errors.ts';
import type { Log } from '../log.ts';
import { operatorPrefix } from '../organizations/organizations.ts';
import type { Bus, OutgoingMessage, Receive } from './bus.ts';

type Version = 4 | 5;

const connectTimeoutMs = 10_000;
const reconnectMs = 1_000;
const sessionExpirySeconds = 7 * 24 * 3_600;
/** CONNACK of a broker that doesn't speak the version: 5 and 3.1.1 in turn. */
const unsupportedVersion: ReadonlySet<unknown> = new Set([0x84, 0x01]);

export interface RemoteBrokerOptions {
  /** With the credentials of an operator as user info. */
  readonly url: URL;
  /** MQTT client id, the same at each start, so that what came in between is delivered. */
  readonly mqttClientId: string;
}

function withoutUserInfo(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href.replace(/\/$/, '');
}

/** An operator of one organisation may read that one only. */
function filtersFor(userName: string): string[] {
  const name = parseMqttUserName(userName);
  const scope = name?.organizationId === operatorPrefix ? name.clientId : '+';
  return platformFilters().map((filter) => filter.replace(/^(jabra\/v1\/)\+/, `$1${scope}`));
}

type Attempt =
  { readonly connected: true; readonly client: MqttClient } | { readonly connected: false; readonly unsupported: boolean; readonly cause: unknown };

function attempt(url: string, options: IClientOptions, version: Version, prepare: (client: MqttClient) => void): Promise<Attempt> {
  return new Promise((resolve) => {
    const client = mqtt.connect(url, { ...options, protocolVersion: version, reconnectPeriod: 0, connectTimeout: connectTimeoutMs });
    prepare(client);
    const fail = (cause: Error | null): void => {
      client.removeAllListeners();
      client.on('error', () => undefined);
      client.end(true);
      const code = cause !== null && 'code' in cause ? cause.code : null;
      // A close before any CONNACK is how some brokers answer an unknown version.
      resolve({ connected: false, unsupported: cause === null || unsupportedVersion.has(code), cause });
    };
    client.once('connect', () => {
      client.removeAllListeners('error').removeAllListeners('close');
      resolve({ connected: true, client });
    });
    client.once('error', fail);
    client.once('close', () => fail(null));
  });
}

/** A broker that somebody else runs, spoken to as an operator. Who may log in there, and what it keeps, is that broker's business. */
export class RemoteBroker implements Bus {
  readonly keepsRetained = true;
  /** As agents would connect to it: without the operator's credentials. */
  readonly url: string;
  readonly #client: MqttClient;
  readonly #version: Version;

  private constructor(url: string, client: MqttClient, version: Version) {
    this.url = url;
    this.#client = client;
    this.#version = version;
  }

  /** Connects with MQTT 5, else with 3.1.1. @throws StartError broker-unreachable */
  static async connect({ url, mqttClientId }: RemoteBrokerOptions, receive: Receive, log: Log): Promise<RemoteBroker> {
    const [address, username] = [withoutUserInfo(url), decodeURIComponent(url.username)];
    const options: IClientOptions = { clientId: mqttClientId, clean: false, username, password: decodeURIComponent(url.password) };
    const five = { properties: { sessionExpiryInterval: sessionExpirySeconds } };
    const prepare = (client: MqttClient): void => takeIn(client, receive);
    for (const version of [5, 4] as const) {
      const tried = await attempt(address, { ...options, ...(version === 5 ? five : {}) }, version, prepare);
      if (tried.connected) return begin(new RemoteBroker(address, tried.client, version), tried.client, filtersFor(username), log);
      if (!tried.unsupported || version === 4) {
        const why = tried.cause === null ? 'it closed the connection' : messageOf(tried.cause);
        throw new StartError('broker-unreachable', `cannot connect to the broker ${address}: ${why}`, { cause: tried.cause });
      }
    }
    throw new StartError('broker-unreachable', `cannot connect to the broker ${address}`);
  }

  async publish({ topic, payload, retain }: OutgoingMessage): Promise<void> {
    const properties = this.#version === 5 ? { properties: { contentType: 'application/json' } } : {};
    await this.#client.publishAsync(topic, payload, { qos: 1, retain, ...properties });
  }

  disconnect(): void {
    // Not in our power: the broker decides who stays connected.
  }

  async close(): Promise<void> {
    await this.#client.endAsync(!this.#client.connected);
  }
}

/** Acknowledges a message when it is kept. */
function takeIn(client: MqttClient, receive: Receive): void {
  client.handleMessage = (packet: IPublishPacket, done) => {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // Only MQTT 5 has a content type, and agents always set it there (contract 2): such a will waited at the broker.
    const willWasDelayed = packet.properties?.contentType !== undefined;
    receive({ topic: packet.topic, payload, willWasDelayed }).then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(messageOf(error))),
    );
  };
}

async function begin(broker: RemoteBroker, client: MqttClient, filters: string[], log: Log): Promise<RemoteBroker> {
  client.options.reconnectPeriod = reconnectMs;
  client.on('error', (error) => log.error('trouble with the broker', { error: error.message }));
  client.on('offline', () => log.warn('the broker is away', {}));
  client.on('connect', () => log.info('the broker is back', {}));
  try {
    const granted = await client.subscribeAsync(filters, { qos: 1 });
    const refused = granted.filter((one) => one.qos >= 128).map((one) => one.topic);
    if (refused.length > 0) throw new Error(`it refused ${refused.join(', ')}`);
    return broker;
  } catch (cause) {
    await broker.close();
    throw new StartError('broker-unreachable', `the operator cannot subscribe at the broker ${broker.url}: ${messageOf(cause)}`, { cause });
  }
}
