import type { Clock, Digest } from '@jpd/protocol';
import type { PolicyRules } from '../../contract/index.ts';
import type { Entropy, LocalTimeAt, Log, PackageStore, StoreWrite } from '../../ports/index.ts';
import type { DeviceManager } from '../devices/device-manager.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { Section } from '../state/section.ts';
import type { HidLeases } from './hid-leases.ts';
import type { Pace } from './pace.ts';
import type { FirmwareRecord } from './record.ts';

/** What the firmware engine needs of the rest of the agent. */
export interface FirmwareContext {
  readonly clock: Clock;
  readonly localTime: LocalTimeAt;
  readonly entropy: Pick<Entropy, 'random'> & Digest;
  readonly log: Log;
  readonly hid: HidLeases;
  readonly packages: PackageStore;
  readonly records: Section<FirmwareRecord>;
  /** By transport. */
  readonly paces: Section<Pace>;
  readonly desired: Section<DesiredRecord>;
  readonly rules: () => PolicyRules;
  /** There is a user interface, so that a person can be asked. */
  readonly isAttended: boolean;
  /** Asked for when it is needed: devices and engine know each other. */
  readonly devices: () => DeviceManager;
  readonly isInCall: (deviceId: string) => boolean;
  readonly save: (writes: readonly StoreWrite[]) => Promise<void>;
}
