import type { SettingValue } from '@jpd/protocol';
import type { PolicyRules, SettingError } from '../../contract/index.ts';
import { planSettings, type SettingsTarget } from '../settings/plan.ts';
import { isGone } from './ask.ts';
import type { DeviceReport } from './device-report.ts';
import { isPending } from './document.ts';
import type { RouteUse } from './route-use.ts';
import { holdSettings } from './settings-work.ts';

/** Why a setting is not what a person wanted. `locked`: the organisation decides on it, or lets nobody change settings here. */
export type UserChangeCode = SettingError['code'] | 'locked';

/** What came of a person's change of one setting. */
export type UserChange = { readonly isDone: true } | { readonly isDone: false; readonly code: UserChangeCode };

export interface UserChangeContext {
  readonly report: DeviceReport;
  /** Null while the device can't be asked: it is away, or belongs to an update. */
  readonly use: RouteUse | null;
  readonly target: (use: RouteUse) => SettingsTarget;
  readonly rules: Pick<PolicyRules, 'endUserSettings'>;
}

const refused = (code: UserChangeCode): UserChange => ({ isDone: false, code });
export const unanswered = refused('device-timeout');

/** Who decides on a setting, where that isn't the person: what is locked, and what is as soon as the device's next task is done. */
function lockOf({ facts, desired }: DeviceReport, key: string): UserChangeCode | null {
  if (!facts) return null;
  const isNext = isPending(facts.applied, desired) && desired.waitsForLogin === null;
  if (isNext) return desired.document.settings[key]?.locked === true ? 'locked' : null;
  if (!facts.locked.includes(key)) return null;
  return facts.errors.some((error) => error.key === key && error.code === 'lock-contested') ? 'lock-contested' : 'locked';
}

/**
 * A person changes a setting of a device, in its mailbox: judged as a desired one would be, written where the device differs, read back and reported.
 * It is no part of any revision: it stays until the device connects anew (where the applied revision names it) or another revision comes (contract 4).
 * A lock that came while it was written wins, as the answer says; the mailbox's next task puts it back. Rejects with what nobody expects only.
 */
export async function changeByUser({ report, use, target, rules }: UserChangeContext, key: string, value: SettingValue): Promise<UserChange> {
  const lock = rules.endUserSettings === 'hidden' ? 'locked' : lockOf(report, key);
  if (lock) return refused(lock);
  if (!use) return unanswered;
  const { writes, refusals } = planSettings({ [key]: { value, locked: false } }, target(use));
  const [refusal] = refusals;
  if (refusal) return refused(refusal.code);
  try {
    const { values, errors } = await holdSettings(use, writes);
    const { facts } = report;
    if (!use.isCurrent || !facts) return unanswered;
    report.change({ ...facts, values: { ...facts.values, ...values } });
    const [error] = errors;
    if (error) return refused(error.code);
    const lockMeanwhile = lockOf(report, key);
    return lockMeanwhile ? refused(lockMeanwhile) : { isDone: true };
  } catch (error) {
    if (isGone(error)) return unanswered;
    throw error;
  }
}
