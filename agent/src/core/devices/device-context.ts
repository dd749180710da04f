import type { Clock } from '@jpd/protocol';
import type { DeviceDocument, DeviceFirmware, PolicyRules } from '../../contract/index.ts';
import type { Log, StoreWrite } from '../../ports/index.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { Section } from '../state/section.ts';
import type { DeviceFacts } from './document.ts';
import type { DesiredRecord, DeviceRecord } from './record.ts';

/** What the firmware engine says of devices, and is told of them. */
export interface FirmwareSide {
  /** The part `firmware` of the document of a device with these facts. */
  part(facts: DeviceFacts, desired: DesiredRecord | null): DeviceFirmware;
  /** Something is known of the device that wasn't, or was desired, or its routes changed. */
  changed(deviceId: string): void;
  /** Gives what deletes all that is kept of the device's firmware. */
  forgotten(deviceId: string): readonly StoreWrite[];
}

/** What devices need of the rest of the agent. */
export interface DeviceContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly records: Section<DeviceRecord>;
  readonly desired: Section<DesiredRecord>;
  readonly policy: () => PolicyRules;
  /** Makes a change and the events that tell of it durable together, then sends the events. */
  readonly commit: (writes: readonly StoreWrite[], events: readonly EventDraft[]) => Promise<void>;
  /** A document changed, or (null) is no more. Called when that is durable. */
  readonly publish: (deviceId: string, document: DeviceDocument | null) => void;
  /** Without one nothing is installed. */
  readonly firmware?: FirmwareSide;
  readonly deviceIdOfRoute: (routeKey: string) => string | null;
}
