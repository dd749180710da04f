import { compareVersions, isSettingKey, neverOfferedSettings, type SettingKey, settingProblem, type SettingValue } from '@jpd/protocol';
import type { DesiredSetting, SettingError } from '../../contract/index.ts';

export type DesiredSettings = Readonly<Record<string, DesiredSetting>>;

/** What a plan has to know of a device. */
export interface SettingsTarget {
  /** What can be written to it here: its family's settings that have a wire on this transport. */
  readonly writable: ReadonlySet<string>;
  /** Its firmware version, null while unknown. */
  readonly version: string | null;
  /** The version is unknown because the device hasn't answered yet, not because it has none to tell. */
  readonly versionUnread: boolean;
  /** Versions on which no setting may be written (`firmware.unsupportedVersions`). */
  readonly unsupportedVersions: readonly string[];
}

/** What to do with one revision of desired settings. */
export interface SettingsPlan {
  /** What the device shall hold, in the document's order. Whether it already does is the executor's first question to it. */
  readonly writes: ReadonlyMap<SettingKey, SettingValue>;
  /** What cannot be done whatever the device says. */
  readonly refusals: readonly SettingError[];
  /** What the user cannot change: the locked ones that are not refused. */
  readonly locked: readonly SettingKey[];
}

type Freeze = Pick<SettingError, 'code' | 'message'>;

function refusalOf(key: string, value: SettingValue, target: SettingsTarget, freeze: Freeze | null): SettingError | null {
  if (neverOfferedSettings.includes(key)) return { key, code: 'not-supported', message: `${key} is not offered for personal devices` };
  if (!isSettingKey(key)) return { key, code: 'unknown-setting', message: `${key} is no setting of this version of the client` };
  const problem = settingProblem(key, value);
  if (problem !== null) return { key, code: 'invalid-value', message: problem };
  if (!target.writable.has(key)) return { key, code: 'not-supported', message: `this device has no verified way to set ${key}` };
  return freeze && { key, ...freeze };
}

/** Why nothing may be written to the device's firmware as far as it is known, null where nothing speaks against it. */
function freezeOf({ version, versionUnread, unsupportedVersions }: SettingsTarget): Freeze | null {
  if (unsupportedVersions.length === 0) return null;
  if (version === null)
    return versionUnread
      ? { code: 'device-timeout', message: 'the device did not tell its firmware version, and some must not be written to' }
      : null;
  const isUnsupported = unsupportedVersions.some((unsupported) => unsupported === version || compareVersions(unsupported, version) === 0);
  return isUnsupported ? { code: 'firmware-unsupported', message: `settings are frozen on firmware ${version}` } : null;
}

/** Plans a revision for a device. Pure; order and results depend on the arguments only. */
export function planSettings(desired: DesiredSettings, target: SettingsTarget): SettingsPlan {
  const freeze = freezeOf(target);
  const writes = new Map<SettingKey, SettingValue>();
  const refusals: SettingError[] = [];
  const locked: SettingKey[] = [];
  for (const [key, { value, locked: isLocked }] of Object.entries(desired)) {
    const refusal = refusalOf(key, value, target, freeze);
    if (refusal) refusals.push(refusal);
    else if (isSettingKey(key)) {
      writes.set(key, value);
      if (isLocked) locked.push(key);
    }
  }
  return { writes, refusals, locked };
}
