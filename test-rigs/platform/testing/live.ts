import { rm } from 'node:fs/promises';

import { clientTopics, encode } from '@jpd/agent/contract';
import type { BodyOf } from '@jpd/agent/contract';
import type { IClientOptions, MqttClient } from 'mqtt';
import mqtt from 'mqtt';

import type { Platform, PlatformOptions } from '../platform.ts';
import { startPlatform } from '../platform.ts';
import { preparedDataFolder } from '../../lab/prepared-data.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where there is none. */
  readonly body: unknown;
}

/** A message that an MQTT client got; `body` is the JSON, or null where the payload is empty. */
export interface Received {
  readonly topic: string;
  readonly retain: boolean;
  readonly body: unknown;
}

const connectTimeoutMs = 15_000;

/** An agent as far as MQTT shows it: speaks 3.1.1 and keeps what it gets. */
export class FakeAgent {
  readonly client: MqttClient;
  readonly received: Received[] = [];
  readonly #organizationId: string;
  readonly #clientId: string;
  readonly #waiting = new Set<() => void>();

  constructor(client: MqttClient, organizationId: string, clientId: string) {
    this.client = client;
    this.#organizationId = organizationId;
    this.#clientId = clientId;
    client.on('message', (topic, payload, { retain }) => {
      this.received.push({ topic, retain, body: payload.length === 0 ? null : JSON.parse(payload.toString()) });
      for (const wake of this.#waiting) wake();
    });
  }

  get topics() {
    return clientTopics(this.#organizationId, this.#clientId);
  }

  async subscribe(...filters: string[]): Promise<number[]> {
    const granted = await this.client.subscribeAsync(filters, { qos: 1 }).catch((error: unknown) => {
      // mqtt.js rejects where a filter was refused, and carries the SUBACK along.
      if (typeof error === 'object' && error !== null && 'packet' in error) return error.packet;
      throw error;
    });
    return Array.isArray(granted) ? granted.map((one: { qos: number }) => one.qos) : (granted as { granted: number[] }).granted;
  }

  presence(body: BodyOf<'presence'>): Promise<unknown> {
    return this.publish(this.topics.presence, encode('presence', body, Date.now()), true);
  }

  device(body: BodyOf<'devices'>): Promise<unknown> {
    return this.publish(this.topics.device(body.deviceId), encode('devices', body, Date.now()), true);
  }

  publish(topic: string, payload: string, retain = false): Promise<unknown> {
    return this.client.publishAsync(topic, payload, { qos: 1, retain });
  }

  /** The first message, from the beginning, for which `wanted` is true. Waits until the test's own time is over. */
  async waitFor(wanted: (message: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.received.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Resolves when the broker has closed the connection. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.client.connected) resolve();
      else this.client.once('close', () => resolve());
    });
  }

  /** Ends the connection with a DISCONNECT, or without one, so that the will is sent. */
  async end(graceful = true): Promise<void> {
    if (graceful) await this.client.endAsync();
    else {
      this.client.stream.destroy();
      await this.client.endAsync(true);
    }
  }
}

/** A whole platform on a real clock, and the means to speak to it. */
export class LivePlatform {
  readonly folder: string;
  #platform: Platform;
  readonly #clients: MqttClient[] = [];

  private constructor(folder: string, platform: Platform) {
    this.folder = folder;
    this.#platform = platform;
  }

  static async start(options: Omit<PlatformOptions, 'dataFolder'> = {}): Promise<LivePlatform> {
    const folder = await preparedDataFolder();
    try {
      return new LivePlatform(folder, await startPlatform({ ...options, dataFolder: folder }));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get platform(): Platform {
    return this.#platform;
  }

  async restart(options: Omit<PlatformOptions, 'dataFolder'> = {}): Promise<void> {
    await this.#platform.stop();
    this.#platform = await startPlatform({ ...options, dataFolder: this.folder });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
    await this.#platform.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Rejects with the error of mqtt.js, whose `code` is the return code of CONNACK. */
  async connect(clientId: string, options: IClientOptions = {}, url = this.#platform.mqttUrl): Promise<FakeAgent> {
    const client = await mqtt.connectAsync(
      url,
      {
        protocolVersion: 4,
        clientId,
        username: `${this.#platform.organizationId}/${clientId}`,
        password: this.#platform.enrollmentToken,
        clean: true,
        reconnectPeriod: 0,
        connectTimeout: connectTimeoutMs,
        ...options,
      },
      false,
    );
    client.on('error', () => undefined);
    this.#clients.push(client);
    return new FakeAgent(client, this.#platform.organizationId, clientId);
  }

  operator(clientId = 'an-operator'): Promise<FakeAgent> {
    const { userName, password } = this.#platform.operator;
    return this.connect(clientId, { username: userName, password });
  }

  async api(method: string, path: string, body?: unknown, token: string | null = this.#platform.adminToken): Promise<Answer> {
    const response = await fetch(`${this.#platform.httpUrl}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
}
