import type { Clock } from '@jpd/protocol';
import { decodeSetup } from '../usb/setup.ts';
import type { UsbDevice } from '../usb/usb-device.ts';
import { encode } from '../usb/fields.ts';
import { command, direction, packetRecord, type PacketRecord, status, type SubmitHead, submittedHead, unlinkedHead } from './wire.ts';

/** An isochronous packet is a frame of USB's 1 ms. */
const frameMs = 1;

/**
 * The transfers of one imported device.
 *
 * INVARIANTS: every submit is answered once, by its data, a stall, or the answer to its unlink; interrupt-in transfers are answered in the order of
 * their submission. Isochronous ones take as long as their sound does: a host's audio would spin otherwise.
 */
export class Transfers {
  readonly #device: UsbDevice;
  readonly #clock: Clock;
  readonly #send: (bytes: Uint8Array) => void;
  /** By sequence number, what ends a transfer that waits. */
  readonly #waiting = new Map<number, () => void>();
  /** By endpoint, when the last isochronous transfer ends. */
  readonly #soundEnds = new Map<string, number>();

  constructor(device: UsbDevice, clock: Clock, send: (bytes: Uint8Array) => void) {
    this.#device = device;
    this.#clock = clock;
    this.#send = send;
  }

  submit(head: SubmitHead, data: Uint8Array, packets: readonly PacketRecord[]): void {
    const way = head.direction === direction.in ? 'in' : 'out';
    if (head.endpoint === 0) {
      void this.#control(head, data);
      return;
    }
    switch (this.#device.kindOf(head.endpoint, way)) {
      case 'interrupt-in':
        this.#fetch(head);
        return;
      case 'interrupt-out':
        void this.#write(head, data);
        return;
      case 'isochronous':
        this.#sound(head, way, packets);
        return;
      case 'none':
        this.#answer(head, status.stalled);
    }
  }

  /** The host doesn't want a transfer any more. */
  unlink(sequence: number, unlinked: number): void {
    const cancel = this.#waiting.get(unlinked);
    this.#waiting.delete(unlinked);
    cancel?.();
    // One that has been answered is not unlinked: status 0.
    const head = { command: command.unlinked, sequence, device: 0, direction: 0, endpoint: 0 };
    this.#send(encode(unlinkedHead, { ...head, status: cancel ? status.unlinked : status.ok, padding: undefined }));
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  async #control(head: SubmitHead, data: Uint8Array): Promise<void> {
    const setup = decodeSetup(head.setup);
    let answer: Uint8Array | null;
    try {
      answer = await this.#device.control(setup, data);
    } catch {
      this.#answer(head, status.gone);
      return;
    }
    if (answer === null) this.#answer(head, status.stalled);
    else if (setup.direction === 'in') this.#answer(head, status.ok, answer.subarray(0, Math.min(setup.length, head.length)));
    else this.#answer(head, status.ok);
  }

  async #write(head: SubmitHead, data: Uint8Array): Promise<void> {
    try {
      await this.#device.write(data);
      this.#answer(head, status.ok);
    } catch {
      this.#answer(head, status.gone);
    }
  }

  #fetch(head: SubmitHead): void {
    const answer = (report: Uint8Array): void => {
      this.#answer(head, status.ok, report.subarray(0, head.length));
    };
    const report = this.#device.nextReport();
    if (report) answer(report);
    else this.#waiting.set(head.sequence, this.#device.whenReport(answer));
  }

  #sound(head: SubmitHead, way: 'in' | 'out', packets: readonly PacketRecord[]): void {
    const key = `${way} ${head.endpoint}`;
    const now = this.#clock.monotonic();
    const end = Math.max(now, this.#soundEnds.get(key) ?? now) + packets.length * frameMs;
    this.#soundEnds.set(key, end);
    const carried = packets.map(({ offset, length }) => {
      const actualLength = way === 'in' ? Math.min(length, this.#device.frameLength(way)) : length;
      return { offset, length, actualLength, status: 0 };
    });
    const total = carried.reduce((sum, { actualLength }) => sum + actualLength, 0);
    const silence = new Uint8Array(way === 'in' ? total : 0);
    const timer = this.#clock.setTimer(end - now, () => {
      this.#answer(head, status.ok, silence, carried, total);
    });
    this.#waiting.set(head.sequence, () => {
      timer.cancel();
    });
  }

  #answer(head: SubmitHead, code: number, data: Uint8Array = new Uint8Array(0), packets: readonly PacketRecord[] = [], carried?: number): void {
    this.#waiting.delete(head.sequence);
    const isIn = head.direction === direction.in;
    const length = carried ?? (isIn ? data.length : code === status.ok ? head.length : 0);
    const basics = { command: command.submitted, sequence: head.sequence, device: 0, direction: 0, endpoint: 0 };
    const reply = { ...basics, status: code, length, startFrame: 0, packets: packets.length, errors: 0, padding: undefined };
    this.#send(
      Buffer.concat([encode(submittedHead, reply), isIn ? data : new Uint8Array(0), ...packets.map((packet) => encode(packetRecord, packet))]),
    );
  }
}
