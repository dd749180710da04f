import type { DeviceHost } from '../device-host.ts';
import type { VirtualState } from '../state.ts';

/** What a radio needs of a headset. */
export interface RadioHeadset {
  readonly serial: string;
  readonly state: VirtualState;
  /** Something reaches it already: this dongle, another one, or a cable. */
  readonly connected: boolean;
  connect(host: DeviceHost, address: number): void;
  disconnect(): void;
}
