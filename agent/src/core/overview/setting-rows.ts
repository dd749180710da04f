import { type SettingKey, settingKeys } from '@jpd/protocol';
import { type DesiredSource, type DeviceDocument, type SettingErrorCode, type SettingValue, timestampMs } from '../../contract/index.ts';
import { isPending } from '../devices/document.ts';
import type { AppliedSettings, DesiredRecord } from '../devices/record.ts';
import type { DeviceHistory } from './history-record.ts';
import { type SettingControl, settingControl } from './setting-control.ts';

const dayMs = 86_400_000;

/** One setting of one device, for the people at this PC. Times are Unix milliseconds. */
export interface SettingRow {
  readonly key: string;
  /** What the device holds; null where it does not have it. */
  readonly value: SettingValue | null;
  readonly control: SettingControl;
  readonly isLocked: boolean;
  /** Whose word it is; null where nobody but the user decides. */
  readonly source: DesiredSource | null;
  /** Since when it is wanted so. */
  readonly since: number | null;
  readonly waiting: { readonly value: SettingValue; readonly until: 'next-login' | 'device'; readonly receivedAt: number } | null;
  readonly problem: { readonly code: SettingErrorCode; readonly wanted: SettingValue | null } | null;
  /** A locked value was set back in the last 24 hours. */
  readonly enforcedAt: number | null;
  /** It was put back in the last 24 hours, after the device had been away. */
  readonly putBackAt: number | null;
}

export interface SettingRowsInput {
  readonly document: DeviceDocument;
  readonly applied: AppliedSettings | null;
  readonly desired: DesiredRecord | null;
  readonly history: DeviceHistory;
  /** Unix milliseconds. */
  readonly now: number;
}

const isKnown = (key: string): key is SettingKey => settingKeys.some((one) => one === key);
/** In the order of settings-v1, then what this version does not know. */
const inOrder = (keys: ReadonlySet<string>): readonly string[] => [
  ...settingKeys.filter((key) => keys.has(key)),
  ...[...keys].filter((key) => !isKnown(key)).toSorted(),
];

/** An earlier version didn't note it: then when it was sent, by the platform's clock. */
const receivedAt = ({ receivedAt: at, document }: DesiredRecord): number => at ?? timestampMs(document.sentAt);

/** The settings of a device: all that it holds, and all that somebody wants of it. Pure. */
export function settingRows({ document, applied, desired, history, now }: SettingRowsInput): readonly SettingRow[] {
  const { values, locked, errors } = document.settings;
  const pending = isPending(applied, desired) ? desired : null;
  const newest = desired && !pending ? desired.document.source : null;
  const appliedSource = history.applied?.revision === applied?.revision ? (history.applied?.source ?? null) : null;
  const lately = (at: number | undefined): number | null => (at !== undefined && now - at < dayMs ? at : null);
  /** Of what waits, unless a lock is to be explained. */
  const sourceOf = (isApplied: boolean, isWaiting: boolean): DesiredSource | null => {
    if (isWaiting) return pending?.document.source ?? null;
    return isApplied ? (newest ?? appliedSource) : null;
  };
  const row = (key: string): SettingRow => {
    const value = values[key] ?? null;
    const isApplied = applied !== null && Object.hasOwn(applied.settings, key);
    const wanted = isApplied ? (applied.settings[key] ?? null) : null;
    const next = pending && Object.hasOwn(pending.document.settings, key) ? (pending.document.settings[key] ?? null) : null;
    const waiting: SettingRow['waiting'] =
      pending && next && next.value !== value
        ? { value: next.value, until: pending.waitsForLogin === null ? 'device' : 'next-login', receivedAt: receivedAt(pending) }
        : null;
    const error = errors.find((one) => one.key === key);
    return {
      key,
      value,
      control: settingControl(key, value),
      isLocked: locked.includes(key),
      source: sourceOf(isApplied, waiting !== null && !locked.includes(key)),
      since: isApplied ? (history.since[key]?.at ?? null) : null,
      waiting,
      problem: error ? { code: error.code, wanted: wanted?.value ?? null } : null,
      enforcedAt: isApplied ? lately(history.enforced[key]) : null,
      putBackAt: isApplied ? lately(history.putBack[key]) : null,
    };
  };
  const keys = new Set([...Object.keys(values), ...Object.keys(applied?.settings ?? {}), ...Object.keys(pending?.document.settings ?? {})]);
  return inOrder(keys).map(row);
}
