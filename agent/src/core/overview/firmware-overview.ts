import type { DesiredSource } from '../../contract/index.ts';
import type { DeviceFacts } from '../devices/document.ts';
import type { DesiredRecord } from '../devices/record.ts';
import type { FirmwareView } from '../firmware/view.ts';
import type { DeviceHistory } from './history-record.ts';

/** The firmware of one device, and what only this PC knows of it. Times are Unix milliseconds. */
export interface FirmwareOverview extends Omit<FirmwareView, 'percentSent'> {
  /** When the version was last read from the device and held against what is desired; null where this process has not read it. */
  readonly checkedAt: number | null;
  /** Whose word it is; null where nobody manages it. */
  readonly decidedBy: DesiredSource | null;
  /** The platform moves the desired version along. */
  readonly keptUpdated: boolean;
  /** Percent where the last try ended; null where it went well, or wasn't seen. */
  readonly stoppedAt: number | null;
  readonly lastTry: { readonly startedAt: number; readonly endedAt: number; readonly version: string } | null;
  /** The platform acknowledged the event that tells the failure. */
  readonly isFailureKnown: boolean;
  /** It answered with its version after the failure: it works as before. */
  readonly isUsable: boolean;
}

export interface FirmwareOverviewInput {
  readonly view: FirmwareView;
  readonly facts: Pick<DeviceFacts, 'readAt' | 'version' | 'connection'> | null;
  readonly desired: DesiredRecord | null;
  readonly history: DeviceHistory;
}

/** Pure. */
export function firmwareOverview({ view, facts, desired, history }: FirmwareOverviewInput): FirmwareOverview {
  const { percentSent: _percentSent, ...shown } = view;
  const firmware = desired?.document.firmware;
  const isManaged = firmware?.management === 'managed';
  const readAt = facts?.version == null ? null : facts.readAt;
  const { lastTry, failure } = history;
  const hasFailed = view.firmware.status === 'failed';
  return {
    ...shown,
    checkedAt: readAt === null ? null : Math.max(readAt, desired?.receivedAt ?? readAt),
    decidedBy: isManaged ? (desired?.document.source ?? null) : null,
    keptUpdated: isManaged && firmware.keepUpdated === true,
    stoppedAt: hasFailed ? (lastTry?.stoppedAt ?? null) : null,
    lastTry: lastTry && { startedAt: lastTry.startedAt, endedAt: lastTry.endedAt, version: lastTry.version },
    isFailureKnown: hasFailed && failure?.isKnown === true,
    isUsable: facts?.connection.status === 'connected' && facts.version !== null,
  };
}
