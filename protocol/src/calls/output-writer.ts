import { toHex } from '../bytes/index.ts';
import type { HidChannel } from '../session/hid-port.ts';
import type { CallLease } from './call-lock.ts';
import { CallError } from './errors.ts';
import { lampReports, type Lamps, type OutputReport } from './lamps.ts';
import type { TelephonyLayout } from './telephony-layout.ts';

/**
 * Writes lamps to a device, one report after another.
 *
 * INVARIANTS: nothing is written without the lease. A report is written only if its bytes differ from those written last.
 */
export class OutputWriter {
  readonly #layout: TelephonyLayout;
  readonly #channels: readonly Pick<HidChannel, 'write'>[];
  readonly #lease: CallLease;
  /** By path and report id. */
  readonly #last = new Map<string, string>();
  #tail: Promise<void> = Promise.resolve();

  /** `channels` in the order of the layout's paths. */
  constructor(layout: TelephonyLayout, channels: readonly Pick<HidChannel, 'write'>[], lease: CallLease) {
    this.#layout = layout;
    this.#channels = channels;
    this.#lease = lease;
  }

  /** Resolves once the lamps, and all that were asked for before, left. Rejects with `CallError` `no-lock` or `disconnected`. */
  write(lamps: Lamps): Promise<void> {
    const reports = lampReports(this.#layout, lamps).filter(({ path, bytes }) => {
      const key = `${path}/${bytes[0]}`;
      const text = toHex(bytes);
      if (this.#last.get(key) === text) return false;
      this.#last.set(key, text);
      return true;
    });
    const before = this.#tail;
    const written = (async (): Promise<void> => {
      await before.catch(() => undefined);
      for (const report of reports) await this.#send(report);
    })();
    this.#tail = written;
    return written;
  }

  async #send({ path, bytes }: OutputReport): Promise<void> {
    if (!this.#lease.held) throw new CallError('no-lock', 'the call lock of the device was given up or lost');
    try {
      await this.#channels[path]?.write(bytes);
    } catch (error) {
      throw new CallError('disconnected', 'the device took no report', { cause: error });
    }
  }
}
