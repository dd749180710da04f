import type { Clock } from '@jpd/protocol';
import { decode, encode } from '../../usb/fields.ts';
import { ByteQueue } from '../byte-queue.ts';
import { Connection } from '../connection.ts';
import type { Exports } from '../exports.ts';
import {
  command,
  direction,
  headLength,
  packetRecord,
  packetRecordLength,
  type PacketRecord,
  submitHead,
  submittedHead,
  unlinkedHead,
  unlinkHead,
} from '../wire.ts';

/** What a transfer came to. */
export interface Answer {
  readonly sequence: number;
  readonly status: number;
  readonly data: Uint8Array;
  readonly packets: readonly PacketRecord[];
}

/** A USB/IP host in front of a connection, without a socket. */
export class TestHost {
  readonly connection: Connection;
  readonly #bytes = new ByteQueue();
  /** Direction and packets by sequence number: an answer doesn't say them. */
  readonly #submitted = new Map<number, { readonly isIn: boolean; readonly packets: number }>();
  #sequence = 0;
  ended = false;

  constructor(exports: Exports, clock: Clock) {
    this.connection = new Connection(exports, clock, {
      send: (bytes) => {
        this.#bytes.push(bytes);
      },
      end: () => {
        this.ended = true;
      },
    });
  }

  say(hex: string): void {
    this.connection.receive(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
  }

  /** Takes bytes that were sent; null until they are there. */
  take(length: number): Uint8Array | null {
    return this.#bytes.take(length);
  }

  import(busId: string): void {
    this.connection.receive(Buffer.concat([Buffer.from('0111800300000000', 'hex'), Buffer.from(busId.padEnd(32, '\0'), 'latin1')]));
  }

  /** Submits a transfer; returns its sequence number. */
  submit(transfer: {
    readonly endpoint: number;
    readonly way: 'in' | 'out';
    readonly length?: number;
    readonly setup?: string;
    readonly data?: Uint8Array;
    readonly packets?: readonly number[];
  }): number {
    const sequence = (this.#sequence += 1);
    const { endpoint, way, setup = '0000000000000000', data = new Uint8Array(0), packets = [] } = transfer;
    this.#submitted.set(sequence, { isIn: way === 'in', packets: packets.length });
    const total = packets.reduce((sum, length) => sum + length, 0);
    const head = {
      command: command.submit,
      sequence,
      device: 0x10001,
      direction: direction[way],
      endpoint,
      flags: 0,
      length: packets.length > 0 ? total : (transfer.length ?? data.length),
      startFrame: 0,
      packets: packets.length > 0 ? packets.length : 0xffffffff,
      interval: 0,
      setup: Buffer.from(setup.replaceAll(/\s/g, ''), 'hex'),
    };
    let offset = 0;
    const records = packets.map((length) => {
      const record = encode(packetRecord, { offset, length, actualLength: 0, status: 0 });
      offset += length;
      return record;
    });
    this.connection.receive(Buffer.concat([encode(submitHead, head), data, ...records]));
    return sequence;
  }

  unlink(unlinked: number): number {
    const sequence = (this.#sequence += 1);
    const head = { command: command.unlink, sequence, device: 0x10001, direction: 0, endpoint: 0, unlinked, padding: undefined };
    this.connection.receive(encode(unlinkHead, head));
    return sequence;
  }

  /** The next answer, null where there is none. */
  answer(): Answer | null {
    const head = this.#bytes.peek(headLength);
    if (!head) return null;
    const { command: kind, sequence } = decode(submittedHead, head);
    if (kind === command.unlinked) {
      this.#bytes.take(headLength);
      return { sequence, status: decode(unlinkedHead, head).status, data: new Uint8Array(0), packets: [] };
    }
    const { status, length, packets } = decode(submittedHead, head);
    const { isIn = false } = this.#submitted.get(sequence) ?? {};
    const dataLength = isIn ? length : 0;
    const whole = this.#bytes.take(headLength + dataLength + packets * packetRecordLength);
    if (!whole) return null;
    const records = Array.from({ length: packets }, (_, index) => decode(packetRecord, whole, headLength + dataLength + index * packetRecordLength));
    return { sequence, status, data: whole.slice(headLength, headLength + dataLength), packets: records };
  }
}
