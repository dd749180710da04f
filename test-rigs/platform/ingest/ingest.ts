import type { IncomingMessage } from '../broker/bus.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Work, Writer } from '../work/work.ts';
import type { Outcome } from './apply-message.ts';
import { applyMessage } from './apply-message.ts';
import type { Reading } from './read-message.ts';
import { readMessage } from './read-message.ts';
import type { Tally } from './tally.ts';

type ValidMessage = Extract<Reading, { kind: 'message' }>;

interface Waiting {
  readonly valid: ValidMessage;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Messages that one transaction takes in; what comes while it runs makes up the next one. */
const maxBatch = 200;

/**
 * Takes in what agents publish, in the order of arrival, many in one commit.
 * INVARIANT: `receive` resolves, and an event is acknowledged, only after the commit that holds it.
 */
export class Ingest {
  readonly #writer: Writer;
  readonly #tally: Tally;
  readonly #log: Log;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(writer: Writer, tally: Tally, log: Log) {
    this.#writer = writer;
    this.#tally = tally;
    this.#log = log;
  }

  /** Resolves when the message is kept or was refused; rejects when it could not be kept. */
  receive(incoming: IncomingMessage): Promise<void> {
    const reading = readMessage(incoming);
    if (reading.kind === 'refused') this.#tally.refused(reading.client, reading.topicKind, reading.problems);
    if (reading.kind !== 'message') return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ valid: reading, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, maxBatch);
      this.#waiting = this.#waiting.slice(maxBatch);
      if (await this.#commit(batch)) continue;
      // One message that the database cannot take must not cost the others of its batch, nor them their connections.
      for (const one of batch) {
        if (!(await this.#commit([one]))) one.reject(new Error('the message could not be stored'));
      }
    }
    this.#running = null;
  }

  async #commit(batch: readonly Waiting[]): Promise<boolean> {
    try {
      const outcomes = await this.#writer.write((work) => applyAll(work, batch));
      for (const [index, { valid, resolve }] of batch.entries()) {
        this.#tally.outcome(outcomes[index] ?? 'applied', valid.client, valid.message.kind);
        resolve();
      }
      return true;
    } catch (error) {
      this.#log.error('messages could not be stored', { count: batch.length, error: messageOf(error) });
      return false;
    }
  }
}

async function applyAll(work: Work, batch: readonly Waiting[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { valid } of batch) outcomes.push(await applyMessage(work, valid.client, valid.message));
  return outcomes;
}
