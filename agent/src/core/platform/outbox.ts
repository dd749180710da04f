import { type Clock, type Timer } from '@jpd/protocol';
import { type AgentEventType, type BodyOf, type DeviceEventType, timestamp } from '../../contract/index.ts';
import type { Entropy, Json, StoreWrite } from '../../ports/index.ts';
import type { Section } from '../state/section.ts';

/** An event as it is kept and sent; `sentAt` comes with each sending. */
export type StoredEvent = BodyOf<'events'>;

/** What happened; id and time are added here. */
export type EventDraft =
  | { readonly type: DeviceEventType; readonly deviceId: string; readonly data: Readonly<Record<string, Json>> }
  | { readonly type: AgentEventType; readonly data: Readonly<Record<string, Json>> };

/** Sends one event; settles with its PUBACK or the end of the connection. */
export type SendEvent = (event: StoredEvent) => Promise<void>;

const maxWaiting = 10_000;
const maxOut = 100;
const firstResendMs = 30_000;
const longestResendMs = 30 * 60_000;

interface Waiting {
  readonly key: string;
  readonly event: StoredEvent;
  durable: boolean;
  /** When it was last sent on this connection (monotonic), null if not yet. */
  sentAt: number | null;
  resendMs: number;
}

const keyOf = (sequence: number): string => sequence.toString().padStart(16, '0');

/**
 * Durable events (contract 3): on disk before they are sent, sent in order, at most 100 unacknowledged out at a time, kept until the platform
 * acknowledges them, sent again after each connect and after 30 s, doubling to 30 min. At most 10,000 wait; past that the oldest go and one `events.dropped` says how many.
 */
export class Outbox {
  readonly #section: Section<StoredEvent>;
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #commit: (writes: readonly StoreWrite[]) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #keyOfId = new Map<string, string>();
  #sequence: number;
  #send: SendEvent | null = null;
  #timer: Timer | null = null;

  constructor(section: Section<StoredEvent>, clock: Clock, entropy: Entropy, commit: (writes: readonly StoreWrite[]) => Promise<void>) {
    this.#section = section;
    this.#clock = clock;
    this.#entropy = entropy;
    this.#commit = commit;
    for (const [key, event] of [...section.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))) this.#remember(key, event, true);
    this.#sequence = Number([...this.#waiting.keys()].at(-1) ?? '0');
  }

  /** How many events wait for their acknowledgement. */
  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Adds events. Returns the writes that belong into the same transaction as what they tell of; when that is durable, call `flush`.
   */
  append(drafts: readonly EventDraft[]): { readonly writes: readonly StoreWrite[]; readonly flush: () => void } {
    const writes: StoreWrite[] = [];
    const added: Waiting[] = [];
    for (const draft of drafts) {
      const event = { id: this.#entropy.uuid(), at: timestamp(this.#clock.now()), ...draft } as StoredEvent;
      this.#sequence += 1;
      const key = keyOf(this.#sequence);
      writes.push(this.#section.put(key, event));
      added.push(this.#remember(key, event, false));
    }
    writes.push(...this.#dropOldest(added));
    return {
      writes,
      flush: () => {
        for (const waiting of added) waiting.durable = true;
        this.#pump();
      },
    };
  }

  /** The platform has these (ack/1). Unknown ids are ignored. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    const writes: StoreWrite[] = [];
    for (const id of ids) {
      const key = this.#keyOfId.get(id);
      if (key === undefined) continue;
      writes.push(this.#forget(key, id));
    }
    this.#pump();
    await this.#commit(writes);
  }

  /** Whether an event with this id was sent on the current connection: the clock of an ack that names it can be judged. */
  wasSentNow(id: string): boolean {
    const key = this.#keyOfId.get(id);
    return key !== undefined && (this.#waiting.get(key)?.sentAt ?? null) !== null;
  }

  /** A connection is up and everything that goes before the events was sent. */
  attach(send: SendEvent): void {
    this.#send = send;
    for (const waiting of this.#waiting.values()) {
      waiting.sentAt = null;
      waiting.resendMs = firstResendMs;
    }
    this.#pump();
  }

  detach(): void {
    this.#send = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Drops everything: the client was revoked or enrolled anew. */
  clear(): readonly StoreWrite[] {
    this.#waiting.clear();
    this.#keyOfId.clear();
    return this.#section.clear();
  }

  #remember(key: string, event: StoredEvent, durable: boolean): Waiting {
    const waiting = { key, event, durable, sentAt: null, resendMs: firstResendMs };
    this.#waiting.set(key, waiting);
    this.#keyOfId.set(event.id, key);
    return waiting;
  }

  #forget(key: string, id: string): StoreWrite {
    this.#waiting.delete(key);
    this.#keyOfId.delete(id);
    return this.#section.remove(key);
  }

  #dropOldest(added: Waiting[]): StoreWrite[] {
    if (this.#waiting.size <= maxWaiting) return [];
    const writes: StoreWrite[] = [];
    let dropped = 0;
    // The notice itself takes a place. An older notice that goes hands its count on.
    for (const { key, event } of this.#waiting.values()) {
      if (this.#waiting.size < maxWaiting) break;
      const before = event.type === 'events.dropped' ? event.data['count'] : 1;
      dropped += typeof before === 'number' ? before : 1;
      writes.push(this.#forget(key, event.id));
    }
    const event: StoredEvent = { id: this.#entropy.uuid(), at: timestamp(this.#clock.now()), type: 'events.dropped', data: { count: dropped } };
    this.#sequence += 1;
    const key = keyOf(this.#sequence);
    writes.push(this.#section.put(key, event));
    added.push(this.#remember(key, event, false));
    return writes;
  }

  #pump(): void {
    const send = this.#send;
    if (!send) return;
    const now = this.#clock.monotonic();
    let out = 0;
    let next: number | null = null;
    for (const waiting of this.#waiting.values()) {
      if (!waiting.durable || out >= maxOut) break;
      out += 1;
      const due = waiting.sentAt === null ? now : waiting.sentAt + waiting.resendMs;
      if (due > now) {
        next = Math.min(next ?? due, due);
        continue;
      }
      if (waiting.sentAt !== null) waiting.resendMs = Math.min(waiting.resendMs * 2, longestResendMs);
      waiting.sentAt = now;
      next = Math.min(next ?? now + waiting.resendMs, now + waiting.resendMs);
      // A refusal or the end of the connection leaves it waiting: it is sent again in its time.
      send(waiting.event).catch(() => undefined);
    }
    this.#timer?.cancel();
    this.#timer =
      next === null
        ? null
        : this.#clock.setTimer(next - now, () => {
            this.#pump();
          });
  }
}
