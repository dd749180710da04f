import { DeviceError } from './errors.ts';
import type { HidChannel } from './hid-port.ts';

/** Reports that wait for the first listener, as an operating system's queue keeps them; the oldest are lost. */
const queueLength = 64;

/** `slice` of a Node Buffer, which is a Uint8Array too, is no copy but a view. */
const copyOf = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);

/** What a channel stands on. */
export interface ChannelBackend {
  readonly descriptor: Uint8Array | null;
  /** See `HidChannel`. */
  readonly isVirtual?: boolean;
  /** Sends one output report. */
  write(report: Uint8Array): Promise<void>;
  /** Called once, by `close`; not where the device went first. */
  close(): Promise<void>;
}

/**
 * A channel for whoever has a device behind it: hand reports to `deliver`, and its end to `fail`.
 *
 * INVARIANTS: listeners are called after the code that delivers has returned, in order, each with bytes of its own. Nothing is delivered after the end.
 * The end is told once, also to who asks later; never after an own `close`.
 */
export class BufferedChannel implements HidChannel {
  readonly descriptor: Uint8Array | null;
  readonly isVirtual: boolean;
  readonly #backend: ChannelBackend;
  readonly #listeners = new Set<(report: Uint8Array) => void>();
  readonly #closedListeners = new Set<(reason: string) => void>();
  #queue: Uint8Array[] = [];
  #state: 'open' | 'closed' | { readonly gone: string } = 'open';

  constructor(backend: ChannelBackend) {
    this.#backend = backend;
    this.descriptor = backend.descriptor && copyOf(backend.descriptor);
    this.isVirtual = backend.isVirtual ?? false;
  }

  async write(report: Uint8Array): Promise<void> {
    if (this.#state !== 'open') throw new DeviceError('disconnected', this.#state === 'closed' ? 'the path was closed' : this.#state.gone);
    await this.#backend.write(copyOf(report));
  }

  onReport(listener: (report: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    void this.#flush();
    return () => this.#listeners.delete(listener);
  }

  onClosed(listener: (reason: string) => void): () => void {
    this.#closedListeners.add(listener);
    if (typeof this.#state === 'object') void this.#announceEnd(this.#state.gone);
    return () => this.#closedListeners.delete(listener);
  }

  async close(): Promise<void> {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#listeners.clear();
    this.#closedListeners.clear();
    if (wasOpen) await this.#backend.close();
  }

  /** An input report came, report id first. */
  deliver(report: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#queue.push(copyOf(report));
    if (this.#queue.length > queueLength) this.#queue.shift();
    void this.#flush();
  }

  /** The device is gone, or the path failed. */
  fail(reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = { gone: reason };
    void this.#announceEnd(reason);
  }

  async #flush(): Promise<void> {
    await Promise.resolve();
    if (this.#listeners.size === 0 || this.#state !== 'open') return;
    const reports = this.#queue;
    this.#queue = [];
    for (const report of reports) {
      for (const listener of this.#listeners) {
        // One of them may have closed the channel.
        if (this.#state === 'open') listener(copyOf(report));
      }
    }
  }

  async #announceEnd(reason: string): Promise<void> {
    await Promise.resolve();
    const listeners = [...this.#closedListeners];
    this.#closedListeners.clear();
    for (const listener of listeners) listener(reason);
  }
}
