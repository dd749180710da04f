import { Command, decodePacket, encodePacket, type Packet, PacketType } from '../../frames/index.ts';
import type { Clock } from '../clock.ts';
import type { HidChannel } from '../hid-port.ts';

/** A packet that the session sent. */
export interface Sent {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly packet: Packet;
  readonly report: Uint8Array;
}

/** A channel that does what its test says, and nothing else. Reports are delivered at once, in the middle of whatever runs. */
export class ScriptedChannel implements HidChannel {
  readonly descriptor = null;
  readonly isVirtual: boolean;
  readonly sent: Sent[] = [];
  /** Called for each packet; its answers go through `deliver`. */
  onWrite: (packet: Packet) => void = () => undefined;
  /** What a write returns. */
  taking: () => Promise<void> = () => Promise.resolve();
  closes = 0;
  readonly #clock: Clock;
  readonly #listeners = new Set<(report: Uint8Array) => void>();
  readonly #closedListeners = new Set<(reason: string) => void>();

  constructor(clock: Clock, isVirtual = false) {
    this.#clock = clock;
    this.isVirtual = isVirtual;
  }

  /** Subcommands in the order in which they were sent. */
  get subcommands(): (number | null)[] {
    return this.sent.map(({ packet }) => packet.subcommand);
  }

  get listeners(): number {
    return this.#listeners.size + this.#closedListeners.size;
  }

  write(report: Uint8Array): Promise<void> {
    const packet = decodePacket(report);
    this.sent.push({ at: this.#clock.monotonic(), packet, report: report.slice() });
    const taken = this.taking();
    this.onWrite(packet);
    return taken;
  }

  onReport(listener: (report: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClosed(listener: (reason: string) => void): () => void {
    this.#closedListeners.add(listener);
    return () => this.#closedListeners.delete(listener);
  }

  close(): Promise<void> {
    this.closes += 1;
    return Promise.resolve();
  }

  deliver(...reports: readonly Uint8Array[]): void {
    for (const report of reports) for (const listener of this.#listeners) listener(report);
  }

  fail(reason: string): void {
    for (const listener of this.#closedListeners) listener(reason);
  }

  /** The last packet sent; throws `RangeError` where there is none. */
  get last(): Packet {
    const sent = this.sent.at(-1);
    if (!sent) throw new RangeError('nothing was sent');
    return sent.packet;
  }
}

const noBytes = new Uint8Array(0);

/** The answer to a read; `changes` make it another one's. */
export function replyTo(request: Packet, payload: Uint8Array | readonly number[], changes: Partial<Packet> = {}): Uint8Array {
  const { command, subcommand, sequence } = request;
  const bytes = Uint8Array.from(payload);
  const reply = { destination: request.source, source: request.destination, sequence, type: PacketType.reply, command, subcommand, payload: bytes };
  return encodePacket({ ...reply, ...changes });
}

export const ackTo = (request: Packet, changes: Partial<Packet> = {}): Uint8Array =>
  replyTo(request, noBytes, { command: Command.ack, subcommand: null, ...changes });

export const nackTo = (request: Packet, reason: number, changes: Partial<Packet> = {}): Uint8Array =>
  replyTo(request, noBytes, { command: Command.nack, subcommand: reason, ...changes });

export const eventFrom = (source: number, command: number, subcommand: number, payload: readonly number[]): Uint8Array =>
  encodePacket({ destination: 0, source, sequence: 0, type: PacketType.event, command, subcommand, payload: Uint8Array.from(payload) });
