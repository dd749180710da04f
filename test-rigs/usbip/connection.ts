import type { Clock } from '@jpd/protocol';
import { decode, encode } from '../usb/fields.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Exports, ImportedDevice } from './exports.ts';
import { Transfers } from './transfers.ts';
import {
  anyHead,
  command,
  deviceRecord,
  direction,
  headLength,
  importRequest,
  importRequestLength,
  importStatus,
  interfaceRecord,
  operation,
  operationHead,
  operationHeadLength,
  packetRecord,
  packetRecordLength,
  protocolVersion,
  submitHead,
  unlinkHead,
} from './wire.ts';

/** Longer transfers and more packets than these no host makes of a headset; whoever asks for them speaks something else. */
const longestTransfer = 1 << 20;
const mostPackets = 1024;

/** The interfaces of every device, in order: audio control, two streams, HID. */
const interfaces = [
  { class: 1, subclass: 1 },
  { class: 1, subclass: 2 },
  { class: 1, subclass: 2 },
  { class: 3, subclass: 0 },
] as const;

/** What a connection needs of its socket. */
export interface Peer {
  send(bytes: Uint8Array): void;
  /** After what was sent. */
  end(): void;
}

/** One host: it lists, or imports one device and then works it. Whatever it says, it can only end its own connection. */
export class Connection {
  readonly #exports: Exports;
  readonly #clock: Clock;
  readonly #peer: Peer;
  readonly #bytes = new ByteQueue();
  #imported: { readonly device: ImportedDevice; readonly transfers: Transfers } | null = null;
  #state: 'open' | 'importing' | 'closed' = 'open';

  constructor(exports: Exports, clock: Clock, peer: Peer) {
    this.#exports = exports;
    this.#clock = clock;
    this.#peer = peer;
  }

  receive(bytes: Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#bytes.push(bytes);
    this.#work();
  }

  /** The host is gone. */
  async close(): Promise<void> {
    this.#state = 'closed';
    const imported = this.#imported;
    this.#imported = null;
    imported?.transfers.close();
    await imported?.device.release();
  }

  #work(): void {
    while (this.#state === 'open' && (this.#imported ? this.#transfer(this.#imported.transfers) : this.#operation()));
  }

  /** Takes one request of the first exchange; false until it is whole. */
  #operation(): boolean {
    const head = this.#bytes.peek(operationHeadLength);
    if (!head) return false;
    const { version, code } = decode(operationHead, head);
    if (version !== protocolVersion || (code !== operation.listRequest && code !== operation.importRequest)) return this.#hangUp();
    if (code === operation.listRequest) {
      this.#bytes.take(operationHeadLength);
      this.#list();
      return true;
    }
    const request = this.#bytes.take(operationHeadLength + importRequestLength);
    if (!request) return false;
    void this.#import(decode(importRequest, request, operationHeadLength).busId);
    return true;
  }

  #list(): void {
    const devices = this.#exports.list();
    const count = Buffer.alloc(4);
    count.writeUInt32BE(devices.length);
    const rows = interfaces.map((row) => encode(interfaceRecord, { ...row, protocol: 0, padding: undefined }));
    this.#peer.send(Buffer.concat([reply(operation.listReply), count, ...devices.flatMap((device) => [encode(deviceRecord, device), ...rows])]));
  }

  async #import(busId: string): Promise<void> {
    this.#state = 'importing';
    const taken = await this.#exports.take(busId);
    if (this.#state !== 'importing') {
      if (taken.ok) await taken.device.release();
      return;
    }
    this.#state = 'open';
    if (!taken.ok) {
      this.#peer.send(reply(operation.importReply, taken.status));
      this.#peer.end();
      return;
    }
    const { device } = taken;
    const send = (bytes: Uint8Array): void => {
      this.#peer.send(bytes);
    };
    this.#imported = { device, transfers: new Transfers(device.usb, this.#clock, send) };
    // A cable that is pulled: the host sees its connection end.
    device.onGone(() => {
      this.#hangUp();
    });
    this.#peer.send(Buffer.concat([reply(operation.importReply), encode(deviceRecord, device.record)]));
    this.#work();
  }

  /** Takes one command of an imported device; false until it is whole. */
  #transfer(transfers: Transfers): boolean {
    const head = this.#bytes.peek(headLength);
    if (!head) return false;
    const { command: kind, sequence } = decode(anyHead, head);
    if (kind === command.unlink) {
      this.#bytes.take(headLength);
      transfers.unlink(sequence, decode(unlinkHead, head).unlinked);
      return true;
    }
    if (kind !== command.submit) return this.#hangUp();
    const submit = decode(submitHead, head);
    const packets = submit.packets === 0xffffffff ? 0 : submit.packets;
    if (submit.length > longestTransfer || packets > mostPackets) return this.#hangUp();
    const dataLength = submit.direction === direction.out ? submit.length : 0;
    const whole = this.#bytes.take(headLength + dataLength + packets * packetRecordLength);
    if (!whole) return false;
    const records = Array.from({ length: packets }, (_, index) => decode(packetRecord, whole, headLength + dataLength + index * packetRecordLength));
    transfers.submit(submit, whole.slice(headLength, headLength + dataLength), records);
    return true;
  }

  #hangUp(): false {
    this.#peer.end();
    return false;
  }
}

const reply = (code: number, status: number = importStatus.ok): Uint8Array => encode(operationHead, { version: protocolVersion, code, status });
