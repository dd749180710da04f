import type { DeviceSettings, SettingKey, SettingValue } from '@jpd/protocol';
import type { SettingError } from '../../contract/index.ts';
import { outcomeErrors } from '../settings/outcome-errors.ts';
import { planSettings, type SettingsTarget } from '../settings/plan.ts';
import type { AppliedSettings } from './record.ts';

export type Applied = AppliedSettings;

/** What came of making a device hold a revision. */
export interface SettingsWork {
  readonly written: readonly SettingKey[];
  /** What the device holds of the revision's settings now. */
  readonly values: Readonly<Partial<Record<SettingKey, SettingValue>>>;
  readonly locked: readonly SettingKey[];
  readonly errors: readonly SettingError[];
}

/**
 * Plans a revision and carries it out, setting by setting; what one refuses doesn't keep the others. With `held`, just read from the device,
 * settings that it already holds are not asked for again. Rejects with `DeviceError` `disconnected` or `cancelled`.
 */
export async function applySettings(
  device: DeviceSettings | null,
  { settings }: AppliedSettings,
  target: SettingsTarget,
  held: Readonly<Record<string, SettingValue>> | null,
): Promise<SettingsWork> {
  const plan = planSettings(settings, target);
  const open = new Map([...plan.writes].filter(([key, value]) => held?.[key] !== value));
  const outcomes = device && open.size > 0 ? await device.apply(open) : new Map<SettingKey, never>();
  const values: Partial<Record<SettingKey, SettingValue>> = {};
  const written: SettingKey[] = [];
  for (const [key, outcome] of outcomes) {
    if (outcome.value !== null) values[key] = outcome.value;
    if (outcome.status === 'written') written.push(key);
  }
  return { written, values, locked: plan.locked, errors: [...plan.refusals, ...outcomeErrors(outcomes)] };
}

/** Locked settings among `keys` that the device holds otherwise than the applied revision says. */
export function lockedDrift(
  applied: AppliedSettings,
  locked: readonly string[],
  values: Readonly<Record<string, SettingValue>>,
  keys: ReadonlySet<string>,
): ReadonlyMap<SettingKey, SettingValue> {
  const wanted = planSettings(applied.settings, { writable: new Set(locked), version: null, unsupportedVersions: [] }).writes;
  return new Map([...wanted].filter(([key, value]) => keys.has(key) && locked.includes(key) && values[key] !== value));
}

/** `errors` with a `lock-contested` for each of these keys. */
export function driftOf(errors: readonly SettingError[], contested: readonly SettingKey[]): readonly SettingError[] {
  const others = errors.filter(({ key, code }) => code !== 'lock-contested' || !contested.some((contestedKey) => contestedKey === key));
  const message = 'something else keeps changing this locked setting; it is put back once a minute only';
  return [...others, ...contested.map((key) => ({ key, code: 'lock-contested' as const, message }))];
}
