import { ByteReader, DecodeError, type Clock, type HidChannel, type HidPathInfo, type Timer } from '@jpd/protocol';
import { encode } from '../usb/fields.ts';
import type { UhidFile } from './uhid-file.ts';
import { createEvent, decodeEvent, destroyEvent, getReportReply, inputEvent, ioError, outputReport, setReportReply, uhidEvent } from './wire.ts';

/** Plain Node can't be told that a character device has something to say: it is asked this often. */
const askEveryMs = 2;

/** So that a host that floods the device doesn't keep everything else from running. */
const mostAtOnce = 64;

const usb = 3;

/** A HID path in front of Linux' HID subsystem: the kernel makes a `/dev/hidrawN` of it until it is closed, on either side. */
export class UhidDevice {
  readonly #file: UhidFile;
  readonly #channel: HidChannel;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  #timer: Timer | null = null;
  #closed = false;

  /** `release` is bcdDevice, which the kernel shows as the version. */
  constructor(file: UhidFile, channel: HidChannel, info: HidPathInfo, release: number, clock: Clock) {
    this.#file = file;
    this.#channel = channel;
    this.#clock = clock;
    const descriptor = channel.descriptor ?? new Uint8Array(0);
    file.write(
      encode(createEvent, {
        type: uhidEvent.create,
        name: info.product ?? 'Jabra',
        physical: info.physicalPort,
        unique: info.serial ?? '',
        descriptorLength: descriptor.length,
        bus: usb,
        vendorId: info.vendorId,
        productId: info.productId,
        version: release,
        country: 0,
        descriptor,
      }),
    );
    this.#unsubscribe = channel.onReport((report) => {
      if (!this.#closed) file.write(encode(inputEvent, { type: uhidEvent.input, length: report.length, data: report }));
    });
    this.#ask();
  }

  /** The kernel's device goes away. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#unsubscribe();
    this.#file.write(encode(destroyEvent, { type: uhidEvent.destroy }));
    this.#file.close();
    await this.#channel.close();
  }

  #ask(): void {
    for (let count = 0; count < mostAtOnce && !this.#closed; count += 1) {
      const event = this.#file.read();
      if (!event) break;
      this.#take(event);
    }
    if (this.#closed) return;
    this.#timer = this.#clock.setTimer(askEveryMs, () => {
      this.#ask();
    });
  }

  #take(bytes: Uint8Array): void {
    const event = decoded(bytes);
    if (event?.kind === 'output') this.#output(event.report);
    // A virtual device has no feature reports.
    else if (event?.kind === 'get-report')
      this.#file.write(encode(getReportReply, { type: uhidEvent.getReportReply, id: event.id, error: ioError, length: 0 }));
    else if (event?.kind === 'set-report') {
      const isOutput = event.reportType === outputReport;
      if (isOutput) this.#output(event.report);
      this.#file.write(encode(setReportReply, { type: uhidEvent.setReportReply, id: event.id, error: isOutput ? 0 : ioError }));
    }
  }

  #output(report: Uint8Array): void {
    // It was pulled out just now: `close` follows.
    this.#channel.write(report).catch(() => undefined);
  }
}

function decoded(bytes: Uint8Array): ReturnType<typeof decodeEvent> | null {
  try {
    return decodeEvent(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
