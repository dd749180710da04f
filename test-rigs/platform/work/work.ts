import { clientTopics, encode, maxAckIds } from '@jpd/agent/contract';
import type { Clock } from '@jpd/protocol';

import type { OutgoingMessage } from '../broker/bus.ts';
import type { ClientRef } from '../client-ref.ts';
import { clientKey } from '../client-ref.ts';
import type { Queries } from '../database/database.ts';
import type { Note } from './notes.ts';

/** One transaction and what follows from it. Nothing of `send`, `acknowledge` and `note` happens before the commit, or at all without it. */
export interface Work {
  readonly tx: Queries;
  /** Unix milliseconds, the same throughout. */
  readonly now: number;
  send(message: OutgoingMessage): void;
  /** Tells the client that this event is kept. */
  acknowledge(client: ClientRef, eventId: string): void;
  note(note: Note): void;
}

interface Consequences {
  readonly messages: OutgoingMessage[];
  readonly acks: Map<string, { readonly client: ClientRef; readonly ids: Set<string> }>;
  readonly notes: Note[];
}

export interface WriterTargets {
  send(messages: readonly OutgoingMessage[]): void;
  note(note: Note): void;
}

function ackMessages({ acks }: Consequences, now: number): OutgoingMessage[] {
  return [...acks.values()].flatMap(({ client, ids }) => {
    const all = [...ids];
    const parts = Array.from({ length: Math.ceil(all.length / maxAckIds) }, (_, part) => all.slice(part * maxAckIds, (part + 1) * maxAckIds));
    const topic = clientTopics(client.organizationId, client.clientId).acks;
    return parts.map((part) => ({ client, topic, payload: encode('acks', { ids: part }, now), retain: false }));
  });
}

/**
 * Every change of the database goes through here, one after another.
 * INVARIANT: messages leave in the order of the commits they follow from, so that what is retained last is what was committed last.
 */
export class Writer {
  readonly #queries: Queries;
  readonly #clock: Clock;
  readonly #targets: WriterTargets;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(queries: Queries, clock: Clock, targets: WriterTargets) {
    this.#queries = queries;
    this.#clock = clock;
    this.#targets = targets;
  }

  /** Runs `job` in a transaction; a rejection of `job` rolls it back and is passed on. */
  write<T>(job: (work: Work) => Promise<T>): Promise<T> {
    const turn = this.#tail.then(() => this.#run(job));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when all that was asked for so far is done. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  async #run<T>(job: (work: Work) => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    const consequences: Consequences = { messages: [], acks: new Map(), notes: [] };
    const result = await this.#queries.transaction(async (tx) => job(workOf(tx, now, consequences)));
    this.#targets.send([...consequences.messages, ...ackMessages(consequences, now)]);
    for (const note of consequences.notes) this.#targets.note(note);
    return result;
  }
}

function workOf(tx: Queries, now: number, { messages, acks, notes }: Consequences): Work {
  return {
    tx,
    now,
    send: (message) => void messages.push(message),
    acknowledge(client, eventId) {
      const key = clientKey(client);
      const entry = acks.get(key) ?? { client, ids: new Set() };
      acks.set(key, entry);
      entry.ids.add(eventId);
    },
    note: (note) => void notes.push(note),
  };
}
