import { connect, type Socket } from 'node:net';
import type { Clock, HidPort, Timer } from '@jpd/protocol';
import { BusClient, LineSplitter } from '@jpd/protocol/virtual';
import type { Log } from '../../ports/index.ts';
import { HidError } from './errors.ts';

/** First wait before the next try to reach the bus, doubled up to the longest. */
const retryMs = { first: 100, longest: 2000 };

export interface VirtualBusOptions {
  /** Unix socket, or named pipe on Windows. */
  readonly socket: string;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * The HID port of a virtual bus in another process. Waits for the bus rather than fail: without it nothing is plugged, and what was plugged is gone
 * when it goes.
 */
export function virtualBusPort(options: VirtualBusOptions): HidPort {
  return new VirtualBusPort(options);
}

class VirtualBusPort implements HidPort {
  readonly #socketPath: string;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  readonly #firstTry: Promise<void>;
  #tried: () => void = () => undefined;
  #client: BusClient | null = null;
  #socket: Socket | null = null;
  #retry: Timer | null = null;
  #retryMs = retryMs.first;
  #closed = false;

  constructor({ socket, log, clock }: VirtualBusOptions) {
    this.#socketPath = socket;
    this.#log = log;
    this.#clock = clock;
    this.#firstTry = new Promise((resolve) => {
      this.#tried = resolve;
    });
    this.#connect();
  }

  /** Waits for the first try to reach the bus, so that a program that lists once sees a bus that is there. */
  async list(vendorId: number): ReturnType<HidPort['list']> {
    await this.#firstTry;
    const client = this.#client;
    if (!client) return [];
    try {
      return [...(await client.request('hid.list', { vendorId }))];
    } catch (error) {
      if (client.ended !== null) return [];
      throw error;
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async open({ path }: Parameters<HidPort['open']>[0]): ReturnType<HidPort['open']> {
    if (!this.#client) throw new HidError('gone', 'the virtual bus is not there');
    try {
      return await this.#client.open(path);
    } catch (error) {
      throw new HidError('gone', `${path} could not be opened`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    this.#listeners.clear();
    this.#client?.end('the port was closed');
    this.#client = null;
    this.#tried();
    const socket = this.#socket;
    if (!socket || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      socket.once('close', resolve);
      socket.destroy();
    });
  }

  #connect(): void {
    const socket = connect(this.#socketPath);
    const lines = new LineSplitter();
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      this.#connected(socket);
    });
    socket.on('data', (text: string) => {
      for (const line of lines.push(text)) this.#client?.receive(line);
    });
    socket.on('error', (error) => {
      this.#log.debug('the virtual bus cannot be reached', { socket: this.#socketPath, error });
    });
    socket.once('close', () => {
      this.#lost();
    });
  }

  #connected(socket: Socket): void {
    const client = new BusClient((line) => socket.write(line));
    client.onChange(() => {
      this.#changed();
    });
    this.#client = client;
    this.#retryMs = retryMs.first;
    this.#log.info('connected to the virtual bus', { socket: this.#socketPath });
    this.#tried();
    this.#changed();
  }

  #lost(): void {
    if (this.#closed) return;
    const client = this.#client;
    this.#client = null;
    if (client) this.#log.warn('the virtual bus is gone', { socket: this.#socketPath });
    client?.end('the virtual bus is gone');
    this.#tried();
    if (client) this.#changed();
    this.#retry = this.#clock.setTimer(this.#retryMs, () => {
      this.#connect();
    });
    this.#retryMs = Math.min(this.#retryMs * 2, retryMs.longest);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
