import type { Clock, SettingKey } from '@jpd/protocol';
import { LockGuard } from '../settings/lock-guard.ts';
import type { SettingsTarget } from '../settings/plan.ts';
import type { DeviceReport } from './device-report.ts';
import type { RouteUse } from './route-use.ts';
import { amendErrors, contestedError, type HeldValues, holdSettings, lockedDrift } from './settings-work.ts';

/** Errors that enforcing brings up and that a setting found right again clears. */
const enforcementCodes: readonly string[] = ['lock-contested', 'device-rejected', 'device-timeout'];

/**
 * Keeps locked settings of the last applied revision as they are (contract 4). Runs in its device's mailbox.
 * What the device refused when the revision was applied is not asked of it again before the next connect.
 */
export class LockKeeper {
  readonly #report: DeviceReport;
  readonly #clock: Clock;
  readonly #target: (use: RouteUse) => SettingsTarget;
  readonly #guard = new LockGuard();
  #refused: ReadonlySet<string> = new Set();

  constructor(report: DeviceReport, clock: Clock, target: (use: RouteUse) => SettingsTarget) {
    this.#report = report;
    this.#clock = clock;
    this.#target = target;
  }

  /** A revision was applied, for the first time or anew. */
  applied(refused: readonly SettingKey[]): void {
    this.#refused = new Set(refused);
    this.#guard.reset();
  }

  /** The device announced these values: reports them, and puts locked ones back. Rejects with `DeviceError` `disconnected` or `cancelled`. */
  async announced(use: RouteUse, values: HeldValues): Promise<void> {
    await this.#enforce(use, values, new Set(Object.keys(values)), false);
  }

  /** Puts back what was just read and reported, the contested aside. Rejects as `announced`. */
  async check(use: RouteUse): Promise<void> {
    await this.#enforce(use, {}, new Set(this.#report.facts?.locked), false);
  }

  /** Reads the locked settings, finds what the device didn't announce, and goes on with a contested lock. Rejects as `announced`. */
  async look(use: RouteUse): Promise<void> {
    const locked = new Set(this.#report.facts?.locked);
    if (locked.size === 0) return;
    const { values, problems } = await use.readSettings(locked);
    if (!use.isCurrent) return;
    const drifted = await this.#enforce(use, values, locked, true);
    const facts = this.#report.facts;
    if (!use.isCurrent || !facts) return;
    const now = this.#clock.monotonic();
    const unread: ReadonlySet<string> = new Set(problems.keys());
    const right = [...locked].filter((key) => !drifted.has(key) && !unread.has(key));
    for (const key of right) this.#guard.foundRight(key, now);
    const settled = new Set(right.filter((key) => !this.#guard.isContested(key) && !this.#refused.has(key)));
    const errors = facts.errors.filter(({ key, code }) => !settled.has(key) || !enforcementCodes.includes(code));
    if (errors.length < facts.errors.length) this.#report.change({ ...facts, errors });
  }

  /** Takes `values` as held now, and puts locked settings among `keys` back. Gives those that had drifted. */
  async #enforce(use: RouteUse, values: HeldValues, keys: ReadonlySet<string>, isLook: boolean): Promise<ReadonlySet<string>> {
    const facts = this.#report.facts;
    if (!facts) return new Set();
    const seen = { ...facts.values, ...values };
    const drift = facts.applied ? lockedDrift(facts.applied, facts.locked, seen, keys, this.#target(use)) : new Map<SettingKey, never>();
    const open = new Map([...drift].filter(([key]) => !this.#refused.has(key) && (isLook || !this.#guard.isContested(key))));
    const outcome = await holdSettings(use, open);
    if (!use.isCurrent) return new Set(drift.keys());
    const now = this.#clock.monotonic();
    // One that is changed faster than it can be read back is put back in vain, which counts as well.
    for (const key of new Set([...outcome.written, ...outcome.overtaken])) this.#guard.enforced(key, now);
    const contested = [...drift.keys()].filter((key) => this.#guard.isContested(key));
    const news = [...outcome.errors.filter(({ key }) => !contested.some((other) => other === key)), ...contested.map(contestedError)];
    const { written } = outcome;
    const events =
      written.length > 0 ? [this.#report.event('settings.lock-enforced', { keys: written, revision: facts.applied?.revision ?? null })] : [];
    const errors = amendErrors(facts.errors, written, news);
    this.#report.change({ ...facts, values: { ...seen, ...outcome.values }, errors }, events);
    return new Set(drift.keys());
  }
}
