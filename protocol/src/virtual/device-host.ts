import type { Clock } from '../session/clock.ts';
import type { CallControl } from './capabilities/call-control.ts';

/** What a device is plugged into. */
export interface DeviceHost {
  readonly clock: Clock;
  /** Takes an input report. */
  send(report: Uint8Array): void;
  /** The device is gone from now on; it comes back after `backAfterMs`, not by itself where that is null. */
  leave(backAfterMs: number | null): void;
  /** The dongle's, for a headset behind it: its buttons are the dongle's reports. */
  readonly calls?: CallControl;
}
