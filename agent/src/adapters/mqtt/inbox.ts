import type { IncomingMessage, Log } from '../../ports/index.ts';
import { systemCode } from '../node/index.ts';

/** Memory that waiting messages may take before no more are read; what MQTT 5's receive maximum allows stays far below both. */
const MAX_WAITING = 1000;
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

interface Delivery {
  readonly message: IncomingMessage;
  /** Sends the PUBACK. */
  readonly acknowledge: () => void;
}

type Listener = (message: IncomingMessage) => Promise<void>;

/**
 * Hands messages to the listener one after another and acknowledges each when its promise is settled. A message whose listener failed is
 * acknowledged too: the broker would send it again after every connect, and nothing behind it would ever be reached.
 *
 * The connection is read on while a listener works, else one that waits for its own publish would wait for a PUBACK that nobody
 * reads. Reading stops only above the limits, which a broker can't reach while it keeps to the receive maximum.
 */
export class Inbox {
  readonly #log: Log;
  readonly #waiting: Delivery[] = [];
  #bytes = 0;
  #held: (() => void)[] = [];
  #listener: Listener | null = null;
  /** Callers of `delivered`, with how many deliveries each still waits for. */
  #marks: { left: number; readonly resolve: () => void }[] = [];
  #busy = false;
  #closed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `readOn` is called at once, or when there is room again. */
  receive(delivery: Delivery, readOn: () => void): void {
    if (!this.#closed) {
      this.#waiting.push(delivery);
      this.#bytes += delivery.message.payload.length;
      void this.#deliver();
    }
    if (this.#full()) this.#held.push(readOn);
    else readOn();
  }

  listen(listener: Listener): void {
    this.#listener = listener;
    void this.#deliver();
  }

  /** Resolves when everything that has come so far was delivered, or never will be. */
  delivered(): Promise<void> {
    if (this.#listener === null || this.#closed || (!this.#busy && this.#waiting.length === 0)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#marks.push({ left: this.#waiting.length + (this.#busy ? 1 : 0), resolve });
    });
  }

  /** What waits is forgotten: it wasn't acknowledged, so the broker's session keeps it. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#held = [];
    for (const { resolve } of this.#marks) resolve();
    this.#marks = [];
  }

  async #deliver(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (;;) {
      const listener = this.#listener;
      const next = listener === null ? undefined : this.#waiting.shift();
      if (listener === null || next === undefined) break;
      this.#bytes -= next.message.payload.length;
      try {
        await listener(next.message);
      } catch (error) {
        this.#log.error('a message could not be handled', { topic: next.message.topic, code: systemCode(error), error: String(error) });
      }
      if (!this.#closed) next.acknowledge();
      this.#release();
      this.#countDown();
    }
    this.#busy = false;
  }

  #countDown(): void {
    for (const mark of this.#marks) mark.left -= 1;
    for (const { left, resolve } of this.#marks) if (left <= 0) resolve();
    this.#marks = this.#marks.filter(({ left }) => left > 0);
  }

  #full(): boolean {
    return this.#waiting.length >= MAX_WAITING || this.#bytes >= MAX_WAITING_BYTES;
  }

  #release(): void {
    if (this.#full()) return;
    const held = this.#held;
    this.#held = [];
    for (const readOn of held) readOn();
  }
}
