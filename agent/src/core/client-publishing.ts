import type { Clock } from '@jpd/protocol';
import { clientDocument, type ClientFacts, type MetadataContext } from './client-document.ts';
import type { Publisher } from './platform/publisher.ts';
import { type ClientBody, type MetadataGates, stripped } from './privacy/gates.ts';

export interface ClientPublishingContext extends MetadataContext {
  readonly clock: Clock;
  readonly publisher: Publisher;
  readonly facts: () => ClientFacts;
  readonly gates: () => MetadataGates;
  /** Null without a connection. */
  readonly topic: () => string | null;
}

/**
 * Keeps the platform's client/1 as the computer and the policy are.
 *
 * That no group leaves which the policy forbids is the outlet's business; here, that the document goes without a group as soon as it is switched off, before anything is asked.
 */
export class ClientPublishing {
  readonly #context: ClientPublishingContext;
  #newest = 0;
  #said: ClientBody | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(context: ClientPublishingContext) {
    this.#context = context;
  }

  /** Publishes the document again, whether it changed or not. Resolves when it is enqueued. */
  republish(): Promise<void> {
    this.#said = null;
    return this.update();
  }

  /** Publishes it where it changed. Resolves when it is enqueued, or a later update took over and is. */
  update(): Promise<void> {
    if (this.#context.topic() === null) return Promise.resolve();
    if (this.#said) this.#say(stripped(this.#said, this.#context.gates()));
    this.#newest += 1;
    this.#running = this.#compose(this.#newest);
    return this.#running;
  }

  async #compose(generation: number): Promise<void> {
    const { gates, facts } = this.#context;
    const body = await clientDocument(facts(), this.#context, gates());
    if (generation === this.#newest) this.#say(stripped(body, gates()));
    else await this.#running;
  }

  #say(body: ClientBody): void {
    const { publisher, topic: topicNow } = this.#context;
    const topic = topicNow();
    if (topic === null || JSON.stringify(body) === JSON.stringify(this.#said)) return;
    this.#said = body;
    publisher.enqueue(topic, () => ({ kind: 'client', topic, body }));
  }
}
