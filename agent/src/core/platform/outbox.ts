import { type Clock, type Timer } from '@jpd/protocol';
import { type AgentEventType, type BodyOf, type DeviceEventType, timestamp } from '../../contract/index.ts';
import type { Entropy, Json, StoreWrite } from '../../ports/index.ts';
import type { Section } from '../state/section.ts';

/** An event as it is kept and sent; `sentAt` comes with each sending. */
export type StoredEvent = BodyOf<'events'>;

type EventData = Readonly<Record<string, Json>>;

/** What happened; id and time are added here. */
export type EventDraft =
  | { readonly type: DeviceEventType; readonly deviceId: string; readonly data: EventData }
  | { readonly type: AgentEventType; readonly data: EventData };

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
  /** It may have left this PC: from then on nothing of it changes but `sentAt`. */
  shown: boolean;
  /** When it was last sent on this connection (monotonic), null if not yet. */
  sentAt: number | null;
  resendMs: number;
}

/** Keys sort as the events happened. */
const keyOf = (sequence: number): string => sequence.toString().padStart(16, '0');

/** How many events one that goes stands for: a notice that goes hands its count on. */
function lossOf({ type, data }: StoredEvent): number {
  const { count } = data;
  return type === 'events.dropped' && typeof count === 'number' ? count : 1;
}

/**
 * Durable events (contract 3): on disk before they are sent, sent in order, at most 100 unacknowledged out at a time, kept until the platform
 * acknowledges them, sent again after each connect and after 30 s, doubling to 30 min. At most 10,000 wait; past that the oldest go and one `events.dropped` says how many.
 */
export class Outbox {
  readonly #section: Section<StoredEvent>;
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #commit: (writes: readonly StoreWrite[], acknowledged: readonly StoredEvent[]) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #keyOfId = new Map<string, string>();
  #sequence: number;
  #send: SendEvent | null = null;
  #timer: Timer | null = null;
  /** The newest `events.dropped`. */
  #notice: Waiting | null = null;

  /** `commit` makes durable that these were acknowledged. */
  constructor(
    section: Section<StoredEvent>,
    clock: Clock,
    entropy: Entropy,
    commit: (writes: readonly StoreWrite[], acknowledged: readonly StoredEvent[]) => Promise<void>,
  ) {
    this.#section = section;
    this.#clock = clock;
    this.#entropy = entropy;
    this.#commit = commit;
    // An earlier process may have sent any of them.
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
    const added = drafts.map((draft) => this.#add(draft, writes));
    const dropped = this.#dropOldest(writes);
    if (dropped > 0) added.push((this.#notice = this.#add({ type: 'events.dropped', data: { count: dropped } }, writes)));
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
    const acknowledged: Waiting[] = [];
    const writes: StoreWrite[] = [];
    for (const id of ids) {
      const waiting = this.#waiting.get(this.#keyOfId.get(id) ?? '');
      if (!waiting) continue;
      acknowledged.push(waiting);
      writes.push(this.#forget(waiting));
    }
    this.#pump();
    await this.#commit(
      writes,
      acknowledged.map(({ event }) => event),
    );
  }

  /** Whether an event with this id was sent on the current connection: the clock of an ack that names it can be judged. */
  wasSentNow(id: string): boolean {
    return (this.#waiting.get(this.#keyOfId.get(id) ?? '')?.sentAt ?? null) !== null;
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
    for (const waiting of this.#waiting.values()) waiting.sentAt = null;
  }

  /** Drops everything: the client was revoked or enrolled anew. */
  clear(): readonly StoreWrite[] {
    this.#waiting.clear();
    this.#keyOfId.clear();
    this.#notice = null;
    return this.#section.clear();
  }

  #add(draft: EventDraft, writes: StoreWrite[]): Waiting {
    const common = { id: this.#entropy.uuid(), at: timestamp(this.#clock.now()) };
    // A draft is one of the contract's events without what was just added, which the compiler can't put together again.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const event = { ...common, ...draft } as StoredEvent;
    this.#sequence += 1;
    const key = keyOf(this.#sequence);
    writes.push(this.#section.put(key, event));
    return this.#remember(key, event, false);
  }

  #remember(key: string, event: StoredEvent, stored: boolean): Waiting {
    const waiting: Waiting = { key, event, durable: stored, shown: stored, sentAt: null, resendMs: firstResendMs };
    this.#waiting.set(key, waiting);
    this.#keyOfId.set(event.id, key);
    return waiting;
  }

  #forget({ key, event }: Waiting): StoreWrite {
    this.#waiting.delete(key);
    this.#keyOfId.delete(event.id);
    if (this.#notice?.key === key) this.#notice = null;
    return this.#section.remove(key);
  }

  /** Makes room for the events and for the notice. Gives how many the notice has to tell of, 0 where none is needed. */
  #dropOldest(writes: StoreWrite[]): number {
    if (this.#waiting.size <= maxWaiting) return 0;
    let dropped = 0;
    const drop = (waiting: Waiting): void => {
      dropped += lossOf(waiting.event);
      writes.push(this.#forget(waiting));
    };
    // Nobody has seen it yet: the next one tells of its events as well.
    if (this.#notice && !this.#notice.shown) drop(this.#notice);
    for (const waiting of this.#waiting.values()) {
      if (this.#waiting.size < maxWaiting) break;
      drop(waiting);
    }
    return dropped;
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
      const isDue = waiting.sentAt === null || waiting.sentAt + waiting.resendMs <= now;
      if (isDue) {
        if (waiting.sentAt !== null) waiting.resendMs = Math.min(waiting.resendMs * 2, longestResendMs);
        waiting.sentAt = now;
        waiting.shown = true;
        // A refusal or the end of the connection leaves it waiting: it is sent again in its time.
        send(waiting.event).catch(() => undefined);
      }
      const due = (waiting.sentAt ?? now) + waiting.resendMs;
      next = Math.min(next ?? due, due);
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
