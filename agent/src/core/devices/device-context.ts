import type { Clock } from '@jpd/protocol';
import type { DeviceDocument, PolicyRules } from '../../contract/index.ts';
import type { Log, StoreWrite } from '../../ports/index.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { Section } from '../state/section.ts';
import type { DesiredRecord, DeviceRecord } from './record.ts';

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
  readonly deviceIdOfRoute: (routeKey: string) => string | null;
}
