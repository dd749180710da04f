import type { Clock, SettingKey, SettingValue } from '@jpd/protocol';
import type { PolicyRules } from '../../contract/index.ts';
import type { SettingsTarget } from '../settings/plan.ts';
import type { DeviceReport } from './device-report.ts';
import { isPending } from './document.ts';
import { LockKeeper } from './lock-keeper.ts';
import type { AppliedSettings } from './record.ts';
import type { RouteUse } from './route-use.ts';
import { applySettings, type HeldValues, type SettingsScope } from './settings-work.ts';
import { changeByUser, type UserChange } from './user-change.ts';

/**
 * Sees to it that a device holds what it must: applies what is released, keeps to the revision that was applied last otherwise.
 * Runs in its device's mailbox. What asks the device rejects with `DeviceError` `disconnected` or `cancelled`.
 */
export class SettingsKeeper {
  readonly #report: DeviceReport;
  readonly #locks: LockKeeper;
  /** The device may have lost or changed what it held since it was last made to hold the applied revision. */
  #mustReapply = true;

  constructor(report: DeviceReport, clock: Clock) {
    this.#report = report;
    this.#locks = new LockKeeper(report, clock, (use) => this.#target(use));
  }

  /** The device was away, or may have been: the next `reconcile` puts everything back. */
  wasAway(): void {
    this.#mustReapply = true;
  }

  /**
   * A desired document arrived, was released, or was forgotten. `isReachable`: the device can be worked on now.
   * Says whether `reconcile` has something to apply.
   */
  desiredChanged(isReachable: boolean): boolean {
    const { facts, desired } = this.#report;
    if (!facts) return false;
    if (!desired || !isPending(facts.applied, desired)) {
      this.#report.change(facts);
    } else if (desired.waitsForLogin === null && isReachable) {
      return true;
    } else {
      const { revision } = desired.document;
      const reason = desired.waitsForLogin === null ? 'device' : 'login';
      const told = this.#report.document?.settings;
      const isNews = told?.desiredRevision !== revision || told.state !== `pending-${reason}`;
      this.#report.change(facts, isNews ? [this.#report.event('settings.pending', { revision, reason })] : []);
    }
    return false;
  }

  /**
   * Applies what is released. Otherwise puts back the last applied revision: all of it after a connect, later only what is locked, since the rest is
   * the user's while the device stays connected. With `retryRefused` also what the device refused before.
   */
  async reconcile(use: RouteUse, retryRefused: boolean): Promise<void> {
    const { facts, desired } = this.#report;
    if (!facts) return;
    const { applied, errors, values: held } = facts;
    if (isPending(applied, desired) && desired.waitsForLogin === null) {
      const { revision, settings } = desired.document;
      await this.#apply(use, { revision, settings }, 'published', { held: null, only: null });
    } else if (applied && this.#mustReapply) {
      await this.#apply(use, applied, 'connect', { held, only: null });
    } else if (applied) {
      if (retryRefused) await this.#apply(use, applied, 'connect', { held, only: new Set(errors.map(({ key }) => key)) });
      if (use.isCurrent) await this.#locks.check(use);
    }
    if (use.isCurrent) this.#mustReapply = false;
  }

  /** The device announced these values. */
  async announced(use: RouteUse, values: HeldValues): Promise<void> {
    await this.#locks.announced(use, values);
  }

  /** Looks at what is locked. */
  async look(use: RouteUse): Promise<void> {
    await this.#locks.look(use);
  }

  /** See `changeByUser`. */
  changeByUser(use: RouteUse | null, rules: PolicyRules, key: string, value: SettingValue): Promise<UserChange> {
    return changeByUser({ report: this.#report, use, rules, target: (now) => this.#target(now) }, key, value);
  }

  async #apply(use: RouteUse, target: AppliedSettings, cause: 'published' | 'connect', scope: SettingsScope): Promise<void> {
    const work = await applySettings(use, target, this.#target(use), scope);
    const { facts } = this.#report;
    if (!use.isCurrent || !facts) return;
    const { written, errors, locked } = work;
    const data = { cause, revision: target.revision, written };
    const failedBefore = new Set(facts.errors.map(({ key, code }) => `${key} ${code}`));
    const isNews = cause === 'published' || written.length > 0 || errors.some(({ key, code }) => !failedBefore.has(`${key} ${code}`));
    const event =
      errors.length > 0
        ? this.#report.event('settings.failed', { ...data, errors: errors.map(({ key, code }) => ({ key, code })) })
        : this.#report.event('settings.applied', data);
    const putBack = work.overtaken.filter((key) => locked.includes(key) && written.includes(key));
    const enforced = putBack.length > 0 ? [this.#report.event('settings.lock-enforced', { keys: putBack, revision: target.revision })] : [];
    this.#locks.applied(work.refused);
    this.#report.change(
      { ...facts, values: { ...facts.values, ...work.values }, applied: target, locked, errors },
      isNews ? [event, ...enforced] : enforced,
    );
  }

  #target({ route }: RouteUse): SettingsTarget {
    return {
      writable: route.device?.settings.keys ?? new Set<SettingKey>(),
      version: route.identity.version,
      versionUnread: route.identity.version === null && !route.identity.complete,
      unsupportedVersions: this.#report.desired?.document.firmware.unsupportedVersions ?? [],
    };
  }
}
