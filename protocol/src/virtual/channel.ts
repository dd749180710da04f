import type { HidChannel } from '../session/hid-port.ts';
import { VirtualError } from './errors.ts';
import { soon } from './soon.ts';

/** Reports that wait for the first listener, as an operating system's queue keeps them. */
const queueLength = 64;

/** One program's open path on a virtual bus. Reports and the end arrive after the call that caused them has returned. */
export class VirtualChannel implements HidChannel {
  readonly descriptor: Uint8Array | null;
  readonly #write: (report: Uint8Array) => void;
  readonly #released: () => void;
  readonly #listeners = new Set<(report: Uint8Array) => void>();
  readonly #closedListeners = new Set<(reason: string) => void>();
  #queue: Uint8Array[] = [];
  #state: 'open' | 'closed' | { readonly gone: string } = 'open';

  constructor(descriptor: Uint8Array | null, write: (report: Uint8Array) => void, released: () => void) {
    this.descriptor = descriptor?.slice() ?? null;
    this.#write = write;
    this.#released = released;
  }

  async write(report: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw new VirtualError('gone', 'the path is not open');
    this.#write(report.slice());
  }

  onReport(listener: (report: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    this.#flush();
    return () => this.#listeners.delete(listener);
  }

  onClosed(listener: (reason: string) => void): () => void {
    this.#closedListeners.add(listener);
    if (typeof this.#state === 'object') this.#announceEnd(this.#state.gone);
    return () => this.#closedListeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#released();
    this.#state = 'closed';
    this.#listeners.clear();
    this.#closedListeners.clear();
  }

  /** An input report came. */
  deliver(report: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#queue.push(report.slice());
    if (this.#queue.length > queueLength) this.#queue.shift();
    this.#flush();
  }

  /** The device is gone. */
  fail(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = { gone: reason };
    this.#announceEnd(reason);
  }

  #flush(): void {
    soon(() => {
      if (this.#listeners.size === 0 || this.#state !== 'open') return;
      const reports = this.#queue;
      this.#queue = [];
      for (const report of reports) for (const listener of this.#listeners) listener(report.slice());
    });
  }

  #announceEnd(reason: string): void {
    soon(() => {
      const listeners = [...this.#closedListeners];
      this.#closedListeners.clear();
      for (const listener of listeners) listener(reason);
    });
  }
}
