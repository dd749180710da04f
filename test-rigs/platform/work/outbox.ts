import type { Bus, OutgoingMessage } from '../broker/bus.ts';
import { clientKey } from '../client-ref.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';

/** Hands messages to the bus, in order for each client; a client that takes its messages slowly holds up nobody else. */
export class Outbox {
  readonly #publish: Bus['publish'];
  readonly #log: Log;
  readonly #tails = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(publish: Bus['publish'], log: Log) {
    this.#publish = publish;
    this.#log = log;
  }

  send(messages: readonly OutgoingMessage[]): void {
    for (const message of messages) {
      const key = clientKey(message.client);
      const tail = (this.#tails.get(key) ?? Promise.resolve()).then(() => this.#deliver(message));
      this.#tails.set(key, tail);
      void tail.then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    }
  }

  /** Hands nothing on any more: the bus is being closed. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when everything handed in so far was taken by the bus. */
  async idle(): Promise<void> {
    await Promise.all(this.#tails.values());
  }

  async #deliver(message: OutgoingMessage): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#publish(message);
    } catch (error) {
      // Not lost: what is retained is published again at the next start, a command when its client comes back, an ack when the event comes again.
      this.#log.error('a message could not be published', { topic: message.topic, error: messageOf(error) });
    }
  }
}
