import type { IncomingMessage, Json, StoreWrite } from '../../ports/index.ts';
import { isJsonObject } from '../state/json-object.ts';
import type { Section } from '../state/section.ts';

/** A message as it is kept; bytes are text of code units 0 to 255. */
export type HeldRecord = {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
  readonly beforeSuback: boolean;
  readonly responseTopic: string | null;
  readonly correlationData: string | null;
};

/** A fleet's worth of desired documents and commands. */
const maxHeld = 2000;

/** Handles a message; resolves when that is durable. */
export type HandleHeld = (message: IncomingMessage, beforeSuback: boolean) => Promise<void>;

export function parseHeldRecord(json: Json): HeldRecord | null {
  if (!isJsonObject(json)) return null;
  const { topic, payload, retained, beforeSuback, responseTopic, correlationData } = json;
  if (typeof topic !== 'string' || typeof payload !== 'string') return null;
  return {
    topic,
    payload,
    retained: retained === true,
    beforeSuback: beforeSuback === true,
    responseTopic: typeof responseTopic === 'string' ? responseTopic : null,
    correlationData: typeof correlationData === 'string' ? correlationData : null,
  };
}

const textOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Keys sort as the messages came. */
const keyOf = (sequence: number): string => sequence.toString().padStart(16, '0');

/**
 * What came before it may be acted on. It is on disk before the broker is told that it arrived: a command or a deletion doesn't come twice.
 * INVARIANT: messages are handled in the order in which they came, one at a time, and each at least once.
 */
export class HeldMessages {
  readonly #section: Section<HeldRecord>;
  readonly #commit: (writes: readonly StoreWrite[]) => Promise<void>;
  #sequence: number;
  #handling: Promise<void> | null = null;

  constructor(section: Section<HeldRecord>, commit: (writes: readonly StoreWrite[]) => Promise<void>) {
    this.#section = section;
    this.#commit = commit;
    this.#sequence = Math.max(0, ...[...section.entries()].map(([key]) => Number(key)));
  }

  /** So much waits that a broker must be filling this disk. What is retained comes again with the next subscription. */
  get isFull(): boolean {
    return this.#section.size >= maxHeld;
  }

  get isEmpty(): boolean {
    return this.#section.size === 0;
  }

  /** Resolves when it is durable. */
  async add({ topic, payload, retained, responseTopic, correlationData }: IncomingMessage, beforeSuback: boolean): Promise<void> {
    this.#sequence += 1;
    const record: HeldRecord = {
      topic,
      payload: textOf(payload),
      retained,
      beforeSuback,
      responseTopic: responseTopic ?? null,
      correlationData: correlationData ? textOf(correlationData) : null,
    };
    await this.#commit([this.#section.put(keyOf(this.#sequence), record)]);
  }

  /** Handles the oldest, or waits for the one that is being handled. */
  async next(handle: HandleHeld): Promise<void> {
    if (this.#handling) {
      await this.#handling;
      return;
    }
    this.#handling = this.#next(handle).finally(() => {
      this.#handling = null;
    });
    await this.#handling;
  }

  async #next(handle: HandleHeld): Promise<void> {
    // The store loads a section in the order of its keys, and what is added comes after.
    const [oldest] = this.#section.entries();
    if (!oldest) return;
    const [key, { topic, payload, retained, beforeSuback, responseTopic, correlationData }] = oldest;
    const message: IncomingMessage = {
      topic,
      payload: bytesOf(payload),
      retained,
      ...(responseTopic === null ? {} : { responseTopic }),
      ...(correlationData === null ? {} : { correlationData: bytesOf(correlationData) }),
    };
    await handle(message, beforeSuback);
    await this.#commit([this.#section.remove(key)]);
  }
}
