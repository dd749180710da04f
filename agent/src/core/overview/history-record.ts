import { type DesiredSource, desiredSourceKinds, type SettingValue } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import { isJsonObject, type JsonObject } from '../state/json-object.ts';

/** Since when the organisation wants a setting as it does. */
export type SettingSince = { readonly at: number; readonly value: SettingValue; readonly locked: boolean };

/** An update that ended without the new version. */
export type FailedTry = {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly version: string;
  /** Percent; null where this wasn't seen. */
  readonly stoppedAt: number | null;
};

/** What a person at this PC is told of a device's past. Nothing works by it, and none of it leaves the PC. Times are Unix milliseconds. */
export type DeviceHistory = {
  /** Whose word the revision is that was applied last. */
  readonly applied: { readonly revision: number; readonly source: DesiredSource } | null;
  readonly since: Readonly<Record<string, SettingSince>>;
  /** When a locked setting was last set back. */
  readonly enforced: Readonly<Record<string, number>>;
  /** When a setting was last put back after the device had been away. */
  readonly putBack: Readonly<Record<string, number>>;
  /** When the update under way began. */
  readonly updateStartedAt: number | null;
  readonly lastTry: FailedTry | null;
  /** Null where nothing failed; whether the platform has acknowledged the event that tells it. */
  readonly failure: { readonly at: number; readonly isKnown: boolean } | null;
};

export const noHistory: DeviceHistory = {
  applied: null,
  since: {},
  enforced: {},
  putBack: {},
  updateStartedAt: null,
  lastTry: null,
  failure: null,
};

const numberOf = (json: Json | undefined): number | null => (typeof json === 'number' ? json : null);

const entriesOf = (json: Json | undefined): readonly (readonly [string, Json])[] => (isJsonObject(json) ? Object.entries(json) : []);

const timesOf = (json: Json | undefined): Readonly<Record<string, number>> =>
  Object.fromEntries(entriesOf(json).flatMap(([key, at]) => (typeof at === 'number' ? [[key, at]] : [])));

function sinceOf(json: Json): SettingSince | null {
  if (!isJsonObject(json)) return null;
  const { at, value, locked } = json;
  const isValue = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return typeof at === 'number' && isValue ? { at, value, locked: locked === true } : null;
}

function appliedOf(json: Json | undefined): DeviceHistory['applied'] {
  if (!isJsonObject(json) || !isJsonObject(json['source'])) return null;
  const { kind, id, name } = json['source'];
  const known = desiredSourceKinds.find((one) => one === kind);
  const { revision } = json;
  return known && typeof id === 'string' && typeof name === 'string' && typeof revision === 'number'
    ? { revision, source: { kind: known, id, name } }
    : null;
}

function lastTryOf(json: Json | undefined): FailedTry | null {
  if (!isJsonObject(json)) return null;
  const { startedAt, endedAt, version, stoppedAt } = json;
  return typeof startedAt === 'number' && typeof endedAt === 'number' && typeof version === 'string'
    ? { startedAt, endedAt, version, stoppedAt: numberOf(stoppedAt) }
    : null;
}

function failureOf(json: Json | undefined): DeviceHistory['failure'] {
  if (!isJsonObject(json)) return null;
  const { at, isKnown } = json;
  return typeof at === 'number' ? { at, isKnown: isKnown === true } : null;
}

export function parseDeviceHistory(json: Json): DeviceHistory | null {
  if (!isJsonObject(json)) return null;
  const fields: JsonObject = json;
  return {
    applied: appliedOf(fields['applied']),
    since: Object.fromEntries(
      entriesOf(fields['since']).flatMap(([key, one]) => {
        const since = sinceOf(one);
        return since ? [[key, since]] : [];
      }),
    ),
    enforced: timesOf(fields['enforced']),
    putBack: timesOf(fields['putBack']),
    updateStartedAt: numberOf(fields['updateStartedAt']),
    lastTry: lastTryOf(fields['lastTry']),
    failure: failureOf(fields['failure']),
  };
}
