import { DecodeError } from '../bytes/index.ts';
import { Address, decodePacket, encodePacketOf, gnpReportId, type Packet, PacketType, PacketView } from '../frames/index.ts';
import { encodePayload, mayReachRealDevices, type Message, type PostOf, type ReplyOf, type RequestOf, type WriteOf } from '../messages/message.ts';
import type { CancelSignal, Clock } from './clock.ts';
import { DeviceError } from './errors.ts';
import type { HidChannel } from './hid-port.ts';
import { defaultTiming, type Timing } from './timing.ts';
import { type RequestPlan, Transaction } from './transaction.ts';

export interface RequestOptions {
  readonly signal?: CancelSignal;
  readonly timing?: Partial<Timing>;
}

export interface PostOptions extends RequestOptions {
  /** With the sequence number that the next request to this address will have, instead of 0; it isn't used up (03/00: fwupd jabra-file). */
  readonly numbered?: boolean;
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
 * duplicate reply finds nothing to match. Events never wait for a request and never answer one. A message that nobody vouches for is sent to
 * virtual devices only.
 */
export class Session {
  readonly #channel: HidChannel;
  readonly #clock: Clock;
  readonly #timing: Timing;
  /** Requests by address, the first of each on its way. */
  readonly #queues = new Map<number, Transaction[]>();
  readonly #sequences = new Map<number, number>();
  readonly #listeners = new Set<(packet: Packet) => void>();
  readonly #closedListeners = new Set<(reason: string) => void>();
  readonly #unsubscribe: readonly (() => void)[];
  readonly #statistics = { sent: 0, received: 0, unmatched: 0, malformed: 0 };
  /** What came last; nobody may look at it once something was called that could send. */
  readonly #packet = new PacketView();
  #closed: DeviceError | null = null;
  /** Why the path failed, null where it didn't or was closed by `close`. */
  #lost: string | null = null;

  constructor(channel: HidChannel, clock: Clock, timing: Partial<Timing> = {}) {
    this.#channel = channel;
    this.#clock = clock;
    this.#timing = { ...defaultTiming, ...timing };
    this.#unsubscribe = [
      channel.onReport((report) => {
        this.#receive(report);
      }),
      channel.onClosed((reason) => {
        this.#lose(reason);
      }),
    ];
  }

  get statistics(): SessionStatistics {
    return { ...this.#statistics };
  }

  /**
   * Reads a message from `address`. Rejects with `DeviceError`; a time-out only after every attempt. Rejects with `DecodeError` where the request
   * cannot be encoded. Bytes that don't decode count as no answer until the attempts are used up, then as `malformed`.
   */
  async read<M extends Message>(
    message: M,
    address: number,
    options: RequestOptions & { readonly request?: RequestOf<M> } = {},
  ): Promise<ReplyOf<M>> {
    if (!message.reply) throw new DeviceError('unsupported', `${message.name} cannot be read`);
    const payload = message.request ? encodePayload(message.request, options.request) : new Uint8Array(0);
    // The reply was decoded by the message's own field.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await this.#request(message, address, PacketType.read, payload, options)) as ReplyOf<M>;
  }

  /** Writes a message to `address` and waits for its ACK. Rejects with `DeviceError`, with `DecodeError` where the value cannot be encoded. */
  async write<M extends Message>(message: M, address: number, value: WriteOf<M>, options: RequestOptions = {}): Promise<void> {
    if (!message.write) throw new DeviceError('unsupported', `${message.name} cannot be written`);
    await this.#request(message, address, PacketType.write, encodePayload<unknown>(message.write, value), options);
  }

  /**
   * Sends a message that no device answers (type 0, sequence number 0 unless it is `numbered`: facts E9, 0F/1A) and resolves once it left; it waits for no request on its way.
   * Rejects with `DeviceError` `unsupported`, `disconnected`, `cancelled`, `timeout`; with `DecodeError` where the value cannot be encoded.
   */
  post<M extends Message>(message: M, address: number, value: PostOf<M>, options: PostOptions = {}): Promise<void> {
    return this.postAll(message, address, [value], options);
  }

  /** Posts one after another, handed over at once: a path keeps their order. Resolves when all have left, rejects as `post` where one of them didn't. */
  async postAll<M extends Message>(message: M, address: number, values: readonly PostOf<M>[], options: PostOptions = {}): Promise<void> {
    const { post } = message;
    if (!post) throw new DeviceError('unsupported', `${message.name} cannot be posted`);
    const refusal = this.#refusal(message, options.signal);
    if (refusal) throw refusal;
    const { command, subcommand, name } = message;
    const sequence = options.numbered ? (this.#sequences.get(address) ?? 0) : 0;
    const head = { destination: address, source: Address.pc, sequence, type: PacketType.event, command, subcommand } as const;
    const reports = values.map((value) => encodePacketOf<unknown>(head, post, value));
    this.#statistics.sent += reports.length;
    const written = Promise.all(reports.map((report) => this.#channel.write(report)));
    await this.#leaveWithin(options.timing?.sendMs ?? this.#timing.sendMs, name, written);
  }

  /** Packets of type event, from every address, also in the middle of a request. Returns what ends the subscription. */
  onEvent(listener: (packet: Packet) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called once when the path failed, also where it failed before; every open and later request rejects with `disconnected`. */
  onClosed(listener: (reason: string) => void): () => void {
    this.#closedListeners.add(listener);
    if (this.#lost !== null) void this.#tellLater(this.#lost);
    return () => this.#closedListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closedListeners.clear();
    this.#lost = null;
    this.#end('the session was closed');
    await this.#channel.close();
  }

  #leaveWithin(milliseconds: number, name: string, written: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimer(milliseconds, () => {
        reject(new DeviceError('timeout', `the device didn't take ${name} in time`));
      });
      written.then(
        () => {
          timer.cancel();
          resolve();
        },
        (error: unknown) => {
          timer.cancel();
          reject(new DeviceError('disconnected', `${name} could not be sent`, { cause: error }));
        },
      );
    });
  }

  #lose(reason: string): void {
    if (this.#closed) return;
    this.#lost = reason;
    this.#end(reason);
    this.#tell(reason);
  }

  async #tellLater(reason: string): Promise<void> {
    await Promise.resolve();
    this.#tell(reason);
  }

  #tell(reason: string): void {
    const listeners = [...this.#closedListeners];
    this.#closedListeners.clear();
    for (const listener of listeners) listener(reason);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = new DeviceError('disconnected', reason);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#listeners.clear();
    for (const transaction of [...this.#queues.values()].flat()) transaction.fail(this.#closed);
  }

  #receive(report: Uint8Array): void {
    if (report[0] !== gnpReportId) return;
    this.#statistics.received += 1;
    const packet = this.#packet;
    try {
      packet.read(report);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#statistics.malformed += 1;
      return;
    }
    if (packet.type === PacketType.event) {
      const event = decodePacket(report);
      for (const listener of this.#listeners) listener(event);
      return;
    }
    const pending = this.#queues.get(packet.source)?.[0];
    if (!pending?.offer(packet)) this.#statistics.unmatched += 1;
  }

  #request(message: Message, address: number, type: RequestPlan['type'], payload: Uint8Array, options: RequestOptions): Promise<unknown> {
    const refusal = this.#refusal(message, options.signal);
    if (refusal) return Promise.reject(refusal);
    const timing = { ...this.#timing, ...options.timing };
    const plan: RequestPlan = { message, address, type, reply: message.reply ?? null, payload, timing, signal: options.signal };
    return new Promise((resolve, reject) => {
      const transaction = new Transaction(plan, {
        clock: this.#clock,
        send: async (report) => {
          this.#statistics.sent += 1;
          await this.#channel.write(report);
        },
        ended: (ended, outcome) => {
          if (outcome.kind === 'answer') resolve(outcome.value);
          else reject(outcome.error);
          this.#leave(ended);
        },
      });
      const queue = this.#queues.get(address) ?? [];
      this.#queues.set(address, queue);
      queue.push(transaction);
      if (queue.length === 1) this.#start(transaction);
    });
  }

  /** Why nothing is sent at all, null where nothing speaks against it. */
  #refusal(message: Message, signal: CancelSignal | undefined): DeviceError | null {
    // Defence in depth: such messages are not selected for real devices in the first place (device/wire-selection.ts).
    if (this.#channel.isVirtual !== true && !mayReachRealDevices(message))
      return new DeviceError('unsupported', `nobody vouches for the bytes of ${message.name}: only virtual devices get them`);
    if (this.#closed) return this.#closed;
    return signal?.aborted ? new DeviceError('cancelled', `${message.name} was cancelled`) : null;
  }

  #start(transaction: Transaction): void {
    const { address } = transaction;
    const sequence = this.#sequences.get(address) ?? 0;
    this.#sequences.set(address, (sequence + 1) & 0xff);
    transaction.start(sequence);
  }

  #leave(transaction: Transaction): void {
    const queue = this.#queues.get(transaction.address) ?? [];
    const place = queue.indexOf(transaction);
    if (place >= 0) queue.splice(place, 1);
    const [next] = queue;
    if (place === 0 && next && !this.#closed) this.#start(next);
  }
}
