import { parseTopic } from '@jpd/agent/contract';
import mqtt, { type MqttClient } from 'mqtt';

type Payload = Readonly<Record<string, unknown>>;

/** What a device document says of the connection. */
export function connectionStatus({ connection }: Payload): unknown {
  return typeof connection === 'object' && connection !== null && 'status' in connection ? connection.status : undefined;
}

/** Nothing that is waited for takes longer, busy as the machine may be. */
const longestMs = 120_000;

/** Whoever hears what an agent says, and when. */
export class Listener {
  readonly client: MqttClient;
  /** Of the agent that spoke last. */
  clientId: string | null = null;
  readonly #waiting = new Set<(topic: string, payload: Payload, at: number) => void>();

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, bytes) => {
      const at = performance.now();
      this.clientId = parseTopic(topic)?.clientId ?? this.clientId;
      if (this.#waiting.size === 0 || bytes.length === 0) return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const payload = JSON.parse(bytes.toString()) as Payload;
      for (const hear of this.#waiting) hear(topic, payload, at);
    });
  }

  static async connect(url: string): Promise<Listener> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 5, clientId: 'bench-listener', properties: { receiveMaximum: 65_535 } });
    await client.subscribeAsync('jabra/v1/#', { qos: 1 });
    return new Listener(client);
  }

  /** Calls `hear` for every message from now on; the result ends it. */
  onMessage(hear: (topic: string, payload: Payload, at: number) => void): () => void {
    this.#waiting.add(hear);
    return () => this.#waiting.delete(hear);
  }

  /** When the next message of that kind came, by `performance.now()`. */
  next(topics: RegExp, where: (payload: Payload) => boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = this.onMessage((topic, payload, at) => {
        if (!topics.test(topic) || !where(payload)) return;
        clearTimeout(limit);
        done();
        resolve(at);
      });
      const limit = setTimeout(() => {
        done();
        reject(new Error(`nothing that was waited for came on ${String(topics)}`));
      }, longestMs);
    });
  }

  close(): Promise<void> {
    return this.client.endAsync();
  }
}
