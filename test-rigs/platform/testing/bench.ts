import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { BodyOf, TopicKind } from '@jpd/agent/contract';
import { encode, parsePayload, parseTopic, topicOf } from '@jpd/agent/contract';
import { VirtualClock } from '@jpd/protocol/virtual';

import type { OutgoingMessage } from '../broker/bus.ts';
import type { ClientRef } from '../client-ref.ts';
import { ConnectionLoss } from '../clients/connection-loss.ts';
import type { Database, Queries } from '../database/database.ts';
import { openEmbeddedDatabase } from '../database/database.ts';
import { Ingest } from '../ingest/ingest.ts';
import type { IngestCounts } from '../ingest/tally.ts';
import { Tally } from '../ingest/tally.ts';
import { createOrganization } from '../organizations/organizations.ts';
import type { Note } from '../work/notes.ts';
import type { Work } from '../work/work.ts';
import { Writer } from '../work/work.ts';
import { preparedDataFolder } from '../../lab/prepared-data.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A message that went to a client, read with the contract's own parser; null where it empties the topic. */
export interface Sent {
  readonly topic: string;
  readonly clientId: string;
  readonly kind: TopicKind;
  readonly id: string | undefined;
  readonly retain: boolean;
  readonly payload: unknown;
}

function read({ topic, payload, retain }: OutgoingMessage): Sent {
  const parsed = parseTopic(topic);
  if (parsed === null) throw new Error(`${topic} is no topic of the contract`);
  const value = payload === '' ? null : parsePayload(parsed.kind, Buffer.from(payload));
  if (value !== null && !value.ok) throw new Error(`${topic}: ${value.problems.join(', ')}`);
  return { topic, clientId: parsed.clientId, kind: parsed.kind, id: parsed.id, retain, payload: value === null ? null : value.value };
}

/** The inside of the platform on a virtual clock: a real database, and a list in the place of the broker. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly sent: Sent[] = [];
  readonly notes: Note[] = [];
  readonly #folder: string;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #ingest: Ingest;
  readonly #tally: Tally;
  readonly #loss: ConnectionLoss;
  #organizations = 0;

  private constructor(folder: string, database: Database) {
    this.#folder = folder;
    this.#database = database;
    this.#writer = new Writer(database.queries, this.clock, {
      send: (messages) => void this.sent.push(...messages.map(read)),
      note: (note) => this.#onNote(note),
    });
    this.#tally = new Tally(this.clock, silent);
    this.#ingest = new Ingest(this.#writer, this.#tally, silent);
    this.#loss = new ConnectionLoss(this.clock, this.#writer, silent);
  }

  static async open(): Promise<Bench> {
    const folder = await preparedDataFolder();
    return new Bench(folder, await openEmbeddedDatabase(join(folder, 'database'), 0));
  }

  async close(): Promise<void> {
    await this.#database.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get queries(): Queries {
    return this.#database.queries;
  }

  get counts(): IngestCounts {
    return this.#tally.counts();
  }

  write<T>(job: (work: Work) => Promise<T>): Promise<T> {
    return this.#writer.write(job);
  }

  /** An organisation of its own, so that tests that share a database don't see each other. */
  async organization(): Promise<string> {
    this.#organizations += 1;
    const id = `org-${this.#organizations}`;
    await this.write((work) => createOrganization(work, id, `Organisation ${this.#organizations}`));
    return id;
  }

  /** What an agent publishes, taken in and committed. */
  publish<Kind extends TopicKind>(client: ClientRef, kind: Kind, body: BodyOf<Kind>, id?: string): Promise<void> {
    return this.publishRaw(topicOf(client.organizationId, client.clientId, kind, id), encode(kind, body, this.clock.now()));
  }

  publishRaw(topic: string, payload: string, willWasDelayed = false): Promise<void> {
    return this.#ingest.receive({ topic, payload: Buffer.from(payload), willWasDelayed });
  }

  /** Lets time pass and what is due be written. */
  async advance(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    await this.#writer.idle();
  }

  /** What was sent since the last call. */
  takeSent(): Sent[] {
    return this.sent.splice(0);
  }

  #onNote(note: Note): void {
    this.notes.push(note);
    if (note.kind === 'connection-lost') this.#loss.watch(note.client, note.since);
  }
}
