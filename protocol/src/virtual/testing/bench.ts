import { fromHex, toHex } from '../../bytes/index.ts';
import type { HidChannel, HidPathInfo } from '../../session/hid-port.ts';
import { VirtualBus } from '../bus.ts';
import { VirtualClock } from '../clock.ts';
import { virtualDevice, type VirtualDeviceOptions } from '../create.ts';
import type { VirtualDevice } from '../device.ts';

/** A GNP report from the bytes before its padding, `05 01 00 00 46 02 00`. */
function gnp(bytes: string): Uint8Array {
  const report = new Uint8Array(64);
  report.set(fromHex(bytes.replaceAll(' ', '')) ?? []);
  return report;
}

/** Bytes as the facts write them; of a GNP report only those that its length counts. */
function text(report: Uint8Array): string {
  const counted = report[0] === 5 && report.length === 64 ? report.subarray(0, ((report[4] ?? 0) & 0x3f) + 1) : report;
  return toHex(counted).toUpperCase().replaceAll(/../g, '$& ').trim();
}

/** A device on a bus with its path open, and what it sends. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  readonly info: HidPathInfo;
  readonly channel: HidChannel;
  /** Every report since the last `exchange`. */
  readonly reports: Uint8Array[];
  /** Sends reports, lets everything settle, and gives what came back as text. */
  readonly exchange: (...requests: readonly (string | Uint8Array)[]) => Promise<string[]>;
  /** What came since the last `exchange`, once everything settled. */
  readonly heard: () => Promise<string[]>;
}

/** Plugs a device in and opens its first path. */
export async function bench(options: VirtualDeviceOptions | VirtualDevice): Promise<Bench> {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = 'state' in options ? options : virtualDevice(options);
  bus.plug(device);
  const [info] = await bus.list(0x0b0e);
  if (!info) throw new TypeError('the device shows no path');
  const channel = await bus.open(info);
  const reports: Uint8Array[] = [];
  channel.onReport((report) => reports.push(report));
  const heard = async (): Promise<string[]> => {
    await clock.settle();
    return reports.splice(0).map(text);
  };
  return {
    clock,
    bus,
    device,
    info,
    channel,
    reports,
    heard,
    exchange: async (...requests) => {
      reports.length = 0;
      for (const request of requests) await channel.write(typeof request === 'string' ? gnp(request) : request);
      return heard();
    },
  };
}
