import type { HidChannel } from '@jpd/protocol';
import type { VirtualClock } from '@jpd/protocol/virtual';

/** One transfer over the cable. */
export interface Transfer {
  readonly direction: 'out' | 'in';
  readonly report: Uint8Array;
  /** Of one that comes in: what was in the buffer before, which fwupd makes part of the transfer's name. */
  readonly into: Uint8Array;
}

const reportLength = 64;
const zeroes = (): Uint8Array => new Uint8Array(reportLength);

/** A conversation with a device in whole reports, and a record of it. It knows nothing of GNP. */
export class Conversation {
  readonly transfers: Transfer[] = [];
  readonly #channel: HidChannel;
  readonly #clock: VirtualClock;
  readonly #heard: Uint8Array[] = [];
  #woken: () => void = () => undefined;

  constructor(channel: HidChannel, clock: VirtualClock) {
    this.#channel = channel;
    this.#clock = clock;
    channel.onReport((report) => {
      this.#heard.push(report);
      this.#woken();
    });
  }

  async send(...bytes: readonly number[]): Promise<void> {
    const report = zeroes();
    report.set(bytes);
    this.transfers.push({ direction: 'out', report, into: zeroes() });
    await this.#channel.write(report);
  }

  /** The next report of the device. Rejects with `RangeError` where none comes within a minute of virtual time. */
  async hear(into: Uint8Array = zeroes()): Promise<Uint8Array> {
    const report = this.#heard.shift() ?? (await this.#clock.complete(this.#next(), 60_000));
    this.transfers.push({ direction: 'in', report, into });
    return report;
  }

  #next(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#woken = () => {
        this.#woken = () => undefined;
        const report = this.#heard.shift();
        if (report) resolve(report);
      };
    });
  }
}
