import type { Clock } from '../session/clock.ts';
import type { HidChannel, HidPathInfo } from '../session/hid-port.ts';
import type { RecordedReport, Recording } from './model.ts';

/** A channel that writes down what passes. */
export interface RecordingChannel extends HidChannel {
  /** What passed so far. */
  readonly recording: () => Recording;
}

/**
 * Wraps an open path: everything that passes is recorded, and passes as before. Reports count as sent when the system took them.
 * Pass `serial: null` in `info` to leave the serial out of a recording that is published; it may still stand in the reports.
 */
export function recordingChannel(
  channel: HidChannel,
  info: Pick<HidPathInfo, 'vendorId' | 'productId' | 'product' | 'serial'>,
  clock: Clock,
): RecordingChannel {
  const begin = clock.monotonic();
  const reports: RecordedReport[] = [];
  const note = (direction: RecordedReport['direction'], report: Uint8Array): RecordedReport => {
    const noted: RecordedReport = { atMs: Math.round(clock.monotonic() - begin), direction, report: Uint8Array.from(report) };
    reports.push(noted);
    return noted;
  };
  const listeners = new Set<(report: Uint8Array) => void>();
  let end: (() => void) | null = null;
  const passOn = (report: Uint8Array): void => {
    note('in', report);
    for (const listener of listeners) listener(Uint8Array.from(report));
  };
  return {
    descriptor: channel.descriptor,
    isVirtual: channel.isVirtual ?? false,
    write: async (report) => {
      // Noted first: the answer may be there before the system says that it took the request.
      const noted = note('out', report);
      try {
        await channel.write(report);
      } catch (error) {
        reports.splice(reports.indexOf(noted), 1);
        throw error;
      }
    },
    onReport: (listener) => {
      listeners.add(listener);
      // With the first listener, so that what the path kept for one is not taken from it.
      end ??= channel.onReport(passOn);
      return () => {
        listeners.delete(listener);
      };
    },
    onClosed: (listener) => channel.onClosed(listener),
    close: async () => {
      end?.();
      await channel.close();
    },
    recording: () => {
      const { vendorId, productId, product, serial } = info;
      return { vendorId, productId, product, serial, descriptor: channel.descriptor, reports: [...reports] };
    },
  };
}
