import type { SettingKey, SettingOutcome, SettingValue } from '@jpd/protocol';
import type { SettingError } from '../../contract/index.ts';
import { outcomeErrors } from '../settings/outcome-errors.ts';
import { planSettings, type SettingsTarget } from '../settings/plan.ts';
import type { AppliedSettings } from './record.ts';
import type { RouteUse } from './route-use.ts';

export type HeldValues = Readonly<Partial<Record<SettingKey, SettingValue>>>;

/** What came of asking a device to hold values. */
export interface SettingsOutcome {
  readonly written: readonly SettingKey[];
  /** What the device holds of them now. */
  readonly values: HeldValues;
  readonly errors: readonly SettingError[];
  /** Those that somebody changed at the device after they were written and before they were read back. */
  readonly overtaken: readonly SettingKey[];
}

/** What came of making a device hold a revision. */
export interface SettingsWork extends SettingsOutcome {
  readonly locked: readonly SettingKey[];
  /** What the device itself refused or didn't answer, in contrast to what was not asked of it. */
  readonly refused: readonly SettingKey[];
}

/** What of a revision is put back. */
export interface SettingsScope {
  /** What the device was just found to hold: settings that are right are not asked for again. */
  readonly held: Readonly<Record<string, SettingValue>> | null;
  /** Only these are put back, null for all; the plan is judged as a whole all the same. */
  readonly only: ReadonlySet<string> | null;
}

async function hold(use: RouteUse, wanted: ReadonlyMap<SettingKey, SettingValue>): Promise<Omit<SettingsOutcome, 'overtaken'>> {
  const settings = wanted.size > 0 ? use.route.device?.settings : undefined;
  const outcomes = (await settings?.apply(wanted, use.options)) ?? new Map<SettingKey, SettingOutcome>();
  const values: Partial<Record<SettingKey, SettingValue>> = {};
  const written: SettingKey[] = [];
  for (const [key, outcome] of outcomes) {
    if (outcome.status === 'refused') use.assertReachable([outcome.error]);
    if (outcome.value !== null) values[key] = outcome.value;
    if (outcome.status === 'written') written.push(key);
  }
  return { written, values, errors: outcomeErrors(outcomes) };
}

/**
 * Makes a device hold these values, setting by setting. What it announced to have become, by somebody's hand, instead of what was just written is no
 * refusal: it is written once more. Rejects with `DeviceError` `disconnected` or `cancelled`.
 */
export async function holdSettings(use: RouteUse, wanted: ReadonlyMap<SettingKey, SettingValue>): Promise<SettingsOutcome> {
  const first = await hold(use, wanted);
  const refused = new Set(first.errors.flatMap(({ key, code }) => (code === 'device-rejected' ? [key] : [])));
  const overtaken = [...wanted.keys()].filter((key) => refused.has(key) && use.hasAnnounced(key, first.values[key]));
  if (overtaken.length === 0) return { ...first, overtaken };
  const second = await hold(use, new Map([...wanted].filter(([key]) => overtaken.includes(key))));
  return {
    written: [...first.written, ...second.written],
    values: { ...first.values, ...second.values },
    errors: [...first.errors.filter(({ key }) => !overtaken.some((other) => other === key)), ...second.errors],
    overtaken,
  };
}

/** Plans a revision and carries it out; what one setting refuses doesn't keep the others. Rejects with `DeviceError` `disconnected` or `cancelled`. */
export async function applySettings(
  use: RouteUse,
  { settings }: AppliedSettings,
  target: SettingsTarget,
  { held, only }: SettingsScope,
): Promise<SettingsWork> {
  const { writes, refusals, locked } = planSettings(settings, target);
  const open = new Map([...writes].filter(([key, value]) => (only === null || only.has(key)) && held?.[key] !== value));
  const outcome = await holdSettings(use, open);
  const refused = [...open.keys()].filter((key) => outcome.errors.some((error) => error.key === key));
  return { ...outcome, locked, refused, errors: [...refusals, ...outcome.errors] };
}

/** Locked settings among `keys` that the device holds otherwise than the applied revision says. */
export function lockedDrift(
  applied: AppliedSettings,
  locked: readonly string[],
  values: Readonly<Record<string, SettingValue>>,
  keys: ReadonlySet<string>,
  target: SettingsTarget,
): ReadonlyMap<SettingKey, SettingValue> {
  const { writes } = planSettings(applied.settings, target);
  return new Map([...writes].filter(([key, value]) => keys.has(key) && locked.includes(key) && values[key] !== value));
}

/** `errors` without those of `settled` keys, with `news` in the place of what was said of theirs. */
export function amendErrors(errors: readonly SettingError[], settled: Iterable<string>, news: readonly SettingError[]): readonly SettingError[] {
  const gone = new Set(settled);
  const newByKey = new Map(news.map((error) => [error.key, error]));
  const kept = errors.filter(({ key }) => !gone.has(key) || newByKey.has(key)).map((error) => newByKey.get(error.key) ?? error);
  return [...kept, ...news.filter(({ key }) => !kept.some((error) => error.key === key))];
}

/** What is reported of a lock that somebody else keeps breaking. */
export const contestedError = (key: string): SettingError => ({
  key,
  code: 'lock-contested',
  message: 'something else keeps changing this locked setting; it is put back once a minute only',
});
