import { DecodeError } from '../bytes/index.ts';
import { Address, decodePacket, encodePacket, gnpReportId, type Packet, PacketType } from '../frames/index.ts';
import { encodePayload, type Message, type ReplyOf, type RequestOf, type WriteOf } from '../messages/message.ts';
import type { CancelSignal, Clock } from './clock.ts';
import { DeviceError } from './errors.ts';
import type { HidChannel } from './hid-port.ts';
import { type Match, matchReply, type PendingRequest } from './request.ts';
import { defaultTiming, type Timing } from './timing.ts';

export interface RequestOptions {
  readonly signal?: CancelSignal;
  readonly timing?: Partial<Timing>;
}

/** Counters for logs and diagnostics. */
export interface SessionStatistics {
  readonly sent: number;
  readonly received: number;
  /** Replies that answered nothing: late, duplicate, or another program's. */
  readonly unmatched: number;
  /** Reports that were no packets. */
  readonly malformed: number;
}

/**
 * One conversation with a device over an open path.
 *
 * INVARIANTS: per address at most one request is on its way. A sequence number is used for one request only (all attempts of it), so a late or
 * duplicate reply finds nothing to match. Events never wait for a request and never answer one.
 */
export class Session {
  readonly #channel: HidChannel;
  readonly #clock: Clock;
  readonly #timing: Timing;
  readonly #queues = new Map<number, Promise<unknown>>();
  readonly #sequences = new Map<number, number>();
  readonly #pending = new Map<number, { readonly request: PendingRequest; readonly settle: (match: NonNullable<Match>) => void }>();
  readonly #listeners = new Set<(packet: Packet) => void>();
  readonly #closedListeners = new Set<(reason: string) => void>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #statistics = { sent: 0, received: 0, unmatched: 0, malformed: 0 };
  #closed: DeviceError | null = null;

  constructor(channel: HidChannel, clock: Clock, timing: Partial<Timing> = {}) {
    this.#channel = channel;
    this.#clock = clock;
    this.#timing = { ...defaultTiming, ...timing };
    this.#unsubscribe = [
      channel.onReport((report) => {
        this.#receive(report);
      }),
      channel.onClosed((reason) => {
        this.#fail(reason);
      }),
    ];
  }

  get statistics(): SessionStatistics {
    return { ...this.#statistics };
  }

  /**
   * Reads a message from `address`. Rejects with `DeviceError`; a time-out only after every attempt.
   * Bytes that don't decode count as no answer until the attempts are used up, then as `malformed`.
   */
  async read<M extends Message>(
    message: M,
    address: number,
    options: RequestOptions & { readonly request?: RequestOf<M> } = {},
  ): Promise<ReplyOf<M>> {
    const payload = message.request ? encodePayload(message.request, options.request) : new Uint8Array(0);
    // The reply was decoded by the message's own field.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await this.#enqueue(message, address, PacketType.read, payload, options)) as ReplyOf<M>;
  }

  /** Writes a message to `address` and waits for its ACK. Rejects with `DeviceError`, with `DecodeError` where the value cannot be encoded. */
  async write<M extends Message>(message: M, address: number, value: WriteOf<M>, options: RequestOptions = {}): Promise<void> {
    if (!message.write) throw new DeviceError('unsupported', `${message.name} cannot be written`);
    await this.#enqueue(message, address, PacketType.write, encodePayload<unknown>(message.write, value), options);
  }

  /** Packets of type event, from every address, also in the middle of a request. Returns what ends the subscription. */
  onEvent(listener: (packet: Packet) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called once when the path failed; every open and later request rejects with `disconnected`. */
  onClosed(listener: (reason: string) => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closedListeners.clear();
    this.#fail('the session was closed');
    await this.#channel.close();
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    this.#closed = new DeviceError('disconnected', reason);
    for (const end of this.#unsubscribe) end();
    for (const { settle } of this.#pending.values()) settle({ kind: 'error', error: this.#closed });
    for (const listener of this.#closedListeners) listener(reason);
    this.#listeners.clear();
  }

  #receive(report: Uint8Array): void {
    if (report[0] !== gnpReportId) return;
    this.#statistics.received += 1;
    let packet: Packet;
    try {
      packet = decodePacket(report);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#statistics.malformed += 1;
      return;
    }
    if (packet.type === PacketType.event) {
      for (const listener of this.#listeners) listener(packet);
      return;
    }
    const pending = this.#pending.get(packet.source);
    const match = pending ? matchReply(pending.request, packet) : null;
    if (pending && match) pending.settle(match);
    else this.#statistics.unmatched += 1;
  }

  #enqueue(message: Message, address: number, type: PendingRequest['type'], payload: Uint8Array, options: RequestOptions): Promise<unknown> {
    const before = this.#queues.get(address) ?? Promise.resolve();
    const mine = before.then(() => this.#request(message, address, type, payload, options));
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#queues.set(address, settled);
    return mine;
  }

  async #request(message: Message, address: number, type: PendingRequest['type'], payload: Uint8Array, options: RequestOptions): Promise<unknown> {
    const timing = { ...this.#timing, ...options.timing };
    const sequence = this.#sequences.get(address) ?? 0;
    this.#sequences.set(address, (sequence + 1) & 0xff);
    const request: PendingRequest = { message, address, sequence, type, reply: message.reply ?? null };
    const { command, subcommand } = message;
    const report = encodePacket({ destination: address, source: Address.pc, sequence, type, command, subcommand, payload });
    let last: DeviceError | null = null;
    for (let attempt = 1; attempt <= timing.attempts; attempt += 1) {
      if (attempt > 1) await this.#pause(timing.retryDelayMs, options.signal);
      const outcome = await this.#attempt(request, report, timing, options.signal);
      if (outcome.kind === 'answer') return outcome.value;
      last = outcome.error;
      if (last.code !== 'timeout' && last.code !== 'malformed') break;
    }
    throw last ?? new DeviceError('timeout', `${message.name} was never sent`);
  }

  #attempt(request: PendingRequest, report: Uint8Array, timing: Timing, signal: CancelSignal | undefined): Promise<NonNullable<Match>> {
    return new Promise((resolve) => {
      if (this.#closed) {
        resolve({ kind: 'error', error: this.#closed });
        return;
      }
      const cancel = (): void => {
        settle({ kind: 'error', error: new DeviceError('cancelled', `${request.message.name} was cancelled`) });
      };
      const timeOut = (what: string): void => {
        settle({ kind: 'error', error: new DeviceError('timeout', `the device didn't ${what} ${request.message.name} in time`) });
      };
      let timer = this.#clock.setTimer(timing.sendMs, () => {
        timeOut('take');
      });
      const settle = (match: NonNullable<Match>): void => {
        timer.cancel();
        signal?.removeEventListener('abort', cancel);
        if (this.#pending.get(request.address)?.settle === settle) this.#pending.delete(request.address);
        resolve(match);
      };
      if (signal?.aborted) {
        cancel();
        return;
      }
      signal?.addEventListener('abort', cancel);
      this.#pending.set(request.address, { request, settle });
      this.#statistics.sent += 1;
      this.#channel.write(report).then(
        () => {
          if (this.#pending.get(request.address)?.settle !== settle) return undefined;
          timer.cancel();
          timer = this.#clock.setTimer(timing.receiveMs, () => {
            timeOut('answer');
          });
          return undefined;
        },
        (error: unknown) => {
          settle({ kind: 'error', error: new DeviceError('disconnected', `${request.message.name} could not be sent`, { cause: error }) });
        },
      );
    });
  }

  #pause(milliseconds: number, signal: CancelSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#clock.setTimer(milliseconds, done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted || this.#closed) done();
    });
  }
}
