import type { Outgoing } from '../privacy/outgoing.ts';

/** Sends one message; settles with its PUBACK or the end of the connection. */
export type Publish = (message: Outgoing) => Promise<void>;

const maxInFlight = 16;

interface Waiting {
  readonly make: () => Outgoing;
  readonly onSent: (() => void) | undefined;
}

/**
 * Retained documents on their way. Of one topic only the newest counts: what changes while an older one is under way waits for it and goes alone.
 */
export class Publisher {
  readonly #waiting = new Map<string, Waiting>();
  readonly #inFlight = new Set<string>();
  readonly #onError: (topic: string, error: unknown) => void;
  #publish: Publish | null = null;
  #idle: (() => void)[] = [];

  constructor(onError: (topic: string, error: unknown) => void) {
    this.#onError = onError;
  }

  /** A connection is up. Nothing of an earlier one is left: the caller enqueues every document again. */
  attach(publish: Publish): void {
    this.#publish = publish;
    this.#waiting.clear();
    this.#inFlight.clear();
  }

  detach(): void {
    this.#publish = null;
    this.#waiting.clear();
    this.#inFlight.clear();
    this.#settle();
  }

  /**
   * `make` is called when it is sent. Without a connection nothing is kept: after the next connect everything is sent again.
   * `onSent` is called with its PUBACK.
   */
  enqueue(topic: string, make: () => Outgoing, onSent?: () => void): void {
    if (!this.#publish) return;
    // Deleted first, so that a topic which changes all the time doesn't keep its place before the others.
    this.#waiting.delete(topic);
    this.#waiting.set(topic, { make, onSent });
    this.#pump();
  }

  /** Resolves when nothing waits or is under way, or the connection ended. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#settle();
    });
  }

  #pump(): void {
    const publish = this.#publish;
    if (!publish) return;
    for (const [topic, { make, onSent }] of this.#waiting) {
      if (this.#inFlight.size >= maxInFlight) return;
      if (this.#inFlight.has(topic)) continue;
      this.#waiting.delete(topic);
      this.#inFlight.add(topic);
      void this.#send(publish, topic, make, onSent);
    }
  }

  /** Begins at once, so that nothing leaves after a `detach`. A document that cannot be made is that document's problem. */
  async #send(publish: Publish, topic: string, make: () => Outgoing, onSent: (() => void) | undefined): Promise<void> {
    try {
      await publish(make());
      onSent?.();
    } catch (error) {
      if (this.#publish === publish) this.#onError(topic, error);
    }
    if (this.#publish !== publish) return;
    this.#inFlight.delete(topic);
    this.#pump();
    this.#settle();
  }

  #settle(): void {
    if (this.#publish && this.#waiting.size + this.#inFlight.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }
}
