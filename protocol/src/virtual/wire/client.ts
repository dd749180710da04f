import { fromHex, toHex } from '../../bytes/index.ts';
import { BufferedChannel } from '../../session/buffered-channel.ts';
import type { HidChannel } from '../../session/hid-port.ts';
import { VirtualError } from '../errors.ts';
import { type BusMessage, type BusParameters, type BusRequestName, busRequests, type BusResult, encodeRequest, parseMessage } from './messages.ts';

interface Pending {
  readonly fits: (result: unknown) => boolean;
  /** Called before the next line is looked at, so that an event right after a response finds what the response made. */
  readonly settle: (result: unknown) => void;
  readonly fail: (error: VirtualError) => void;
}

/** A program's end of one connection to a bus: sends request lines, takes response and event lines. */
export class BusClient {
  readonly #send: (line: string) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #channels = new Map<number, BufferedChannel>();
  readonly #changeListeners = new Set<() => void>();
  #lastId = 0;
  #ended: string | null = null;

  constructor(send: (line: string) => void) {
    this.#send = send;
  }

  /** Null while the connection stands. */
  get ended(): string | null {
    return this.#ended;
  }

  /** Rejects with `VirtualError`: what the bus said, `gone` where the connection ended, `protocol` where the answer was none. */
  request<N extends BusRequestName>(name: N, parameters: BusParameters<N>): Promise<BusResult<N>> {
    return this.#request(name, parameters, (result) => result);
  }

  /** Opens a path. Rejects with `VirtualError`. */
  open(path: string): Promise<HidChannel> {
    return this.#request('hid.open', { path }, ({ channel: number, descriptor }) => {
      const channel = new BufferedChannel({
        descriptor: descriptor === null ? null : fromHex(descriptor),
        isVirtual: true,
        write: async (report) => {
          await this.request('hid.write', { channel: number, report: toHex(report) });
        },
        close: async () => {
          this.#channels.delete(number);
          if (this.#ended === null) await this.request('hid.close', { channel: number });
        },
      });
      this.#channels.set(number, channel);
      return channel;
    });
  }

  /** What the bus lists has changed. Returns what ends the subscription. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** Takes one line. Junk is ignored. */
  receive(line: string): void {
    const message = parseMessage(line);
    if (!message) return;
    if (message.kind === 'event') this.#event(message);
    else this.#answer(message);
  }

  /** The connection is gone: whatever waits fails, whatever is open ends. */
  end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    for (const { fail } of this.#pending.values()) fail(new VirtualError('gone', reason));
    this.#pending.clear();
    for (const channel of this.#channels.values()) channel.fail(reason);
    this.#channels.clear();
    this.#changeListeners.clear();
  }

  #request<N extends BusRequestName, T>(name: N, parameters: BusParameters<N>, make: (result: BusResult<N>) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(new VirtualError('gone', this.#ended));
        return;
      }
      const id = (this.#lastId += 1);
      this.#pending.set(id, {
        fits: busRequests[name].result,
        settle: (result) => {
          // `fits` was asked.
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion
          resolve(make(result as BusResult<N>));
        },
        fail: reject,
      });
      this.#send(encodeRequest(id, name, parameters));
    });
  }

  #answer(message: Exclude<BusMessage, { readonly kind: 'event' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (!pending) return;
    if (message.kind === 'error') pending.fail(new VirtualError(message.code, message.message));
    else if (pending.fits(message.result)) pending.settle(message.result);
    else pending.fail(new VirtualError('protocol', 'the bus answered something else'));
  }

  #event(message: Extract<BusMessage, { readonly kind: 'event' }>): void {
    switch (message.name) {
      case 'report':
        this.#channels.get(message.data.channel)?.deliver(fromHex(message.data.report) ?? new Uint8Array(0));
        break;
      case 'closed':
        this.#channels.get(message.data.channel)?.fail(message.data.reason);
        this.#channels.delete(message.data.channel);
        break;
      case 'changed':
        for (const listener of this.#changeListeners) listener();
        break;
    }
  }
}
