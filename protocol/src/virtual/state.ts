import type { Family } from '../families/index.ts';
import type { VirtualFileStore } from './file-store.ts';
import type { Flash } from './flash/index.ts';
import type { SettingKey, SettingsWire, SettingValue } from '../settings/index.ts';

/** `level` 0 to 100 %; 0 is how a device says that it doesn't know. */
export interface VirtualBattery {
  readonly level: number;
  readonly charging: boolean;
}

/** What a virtual device holds. */
export interface VirtualState {
  readonly family: Family;
  /** 12 hexadecimal digits unless given otherwise. */
  readonly serial: string;
  readonly productId: number;
  /** What 02/13 answers. */
  readonly dfuProductId: number;
  /** What 02/14 answers, null: NACK FF. */
  readonly updateProtocol: number | null;
  /** "X.Y.Z". */
  version: string;
  /** Null where the family has none. */
  battery: VirtualBattery | null;
  /** Values by key; a key that is missing is unset. */
  readonly settings: Map<SettingKey, SettingValue>;
  /** What it holds of an upgrade file; video bars only. */
  readonly files: VirtualFileStore;
  /** It was told to take firmware over USB DFU: no HID device until it is plugged again. */
  bootMode: boolean;
  /** How often it was told to start anew, and to show itself. */
  reboots: number;
  identified: number;
  /** Nothing brings it back. */
  bricked: boolean;
  /** How its settings look on the wire. */
  readonly wires: readonly SettingsWire[];
  /** Where firmware goes that comes over GNP; null where the family has none. */
  readonly flash: Flash | null;
}
