import type { DeviceAction, DeviceEvent, SettingValue, Timer } from '@jpd/protocol';
import type { DeviceDocument } from '../../contract/index.ts';
import type { StoreWrite } from '../../ports/index.ts';
import { Mailbox } from '../mailbox.ts';
import { answerBetween, askBetween, type DeviceWork, isGone } from './ask.ts';
import { BatteryReporter } from './battery-reporter.ts';
import type { EventDraft } from '../platform/outbox.ts';
import type { DeviceContext } from './device-context.ts';
import { DeviceReport } from './device-report.ts';
import { ConnectionReporter } from './connection-reporter.ts';
import type { DeviceFacts } from './document.ts';
import { Hold } from './hold.ts';
import { readAgain } from './read-again.ts';
import { bestRoute, type Route } from './route.ts';
import { RouteUse } from './route-use.ts';
import { SettingsKeeper } from './settings-keeper.ts';
import { unanswered, type UserChange } from './user-change.ts';

/** Finds what a device didn't announce, and asks again what it didn't answer. */
const lookMs = 60_000;

/**
 * One device: its routes, and the work on it. What is known and told of it is its report's business.
 *
 * INVARIANTS: everything that asks the device or changes its report runs in its mailbox, one at a time. A route that went down is asked nothing more, and
 * after `stop` nothing is written to the device and nothing changes.
 */
export class ManagedDevice {
  readonly #context: DeviceContext;
  readonly #mailbox: Mailbox;
  readonly #report: DeviceReport;
  readonly #settings: SettingsKeeper;
  readonly #battery: BatteryReporter;
  readonly #routes = new Map<string, Route>();
  readonly #connection: ConnectionReporter;
  readonly #hold: Hold;
  #use: RouteUse | null = null;
  #lookTimer: Timer | null = null;
  #stopped = false;

  constructor(context: DeviceContext, deviceId: string) {
    this.#context = context;
    this.#report = new DeviceReport(context, deviceId);
    this.#settings = new SettingsKeeper(this.#report, context.clock);
    this.#battery = new BatteryReporter(this.#report, context.clock, (task) => this.#post(task));
    this.#connection = new ConnectionReporter(this.#report, context, this.#battery);
    this.#hold = new Hold(context.clock);
    this.#mailbox = new Mailbox((error) => {
      if (isGone(error)) return;
      context.log.error('work on a device failed', { deviceId, error });
    });
  }

  get deviceId(): string {
    return this.#report.deviceId;
  }

  get document(): DeviceDocument | null {
    return this.#report.document;
  }

  get facts(): DeviceFacts | null {
    return this.#report.facts;
  }

  get routes(): ReadonlyMap<string, Route> {
    return this.#routes;
  }

  /** Whether a route is in use. */
  get isReachable(): boolean {
    return this.#use !== null;
  }

  /** Whether there is a way to do this on it, as it is connected now. */
  canDo(action: DeviceAction): boolean {
    return this.#use?.route.device?.canDo(action) ?? false;
  }

  /** A route appeared or changed. Resolves when the device was read and what it must hold was put back. */
  routeUp(route: Route): Promise<void> {
    this.#routes.set(route.key, route);
    return this.#post(async () => {
      if (this.#routes.get(route.key) !== route) return;
      await this.#takeBest();
    });
  }

  routeDown(key: string): Promise<void> {
    this.#routes.delete(key);
    const wasLast = this.#routes.size === 0;
    if (this.#use?.route.key === key) this.#use.end();
    return this.#post(async () => {
      if (this.#use?.isCurrent === false) this.#letGo();
      // It was away, even if a route came up meanwhile.
      if (wasLast && !this.#hold.isHeld) this.#disconnect();
      if (!this.#use) await this.#takeBest();
    });
  }

  /** The agent started and the device isn't there. */
  missing(): Promise<void> {
    return this.#post(() => {
      if (this.#use || this.#hold.isHeld) return;
      this.#disconnect();
      this.#settings.desiredChanged(false);
    });
  }

  /** A desired document arrived, was released, or was forgotten. */
  desiredChanged(): Promise<void> {
    return this.#post(async () => {
      const use = this.#use;
      const hasWork = this.#settings.desiredChanged(use !== null);
      if (use && hasWork) await this.#settle(use, () => this.#settings.reconcile(use, false));
    });
  }

  /** Reads everything again (command `refresh`). */
  refresh(): Promise<void> {
    return this.#post(async () => {
      if (this.#use) await this.#examine(this.#use, false);
    });
  }

  /**
   * Asks the device for something, between whatever else is asked of it. False where it isn't there, or goes before it answers. Rejects with what `work`
   * rejects with.
   */
  ask(work: DeviceWork): Promise<boolean> {
    const useNow = (): RouteUse | null => this.#use;
    return askBetween((task) => this.#post(task), useNow, work);
  }

  /** A person changes a setting; `device-timeout` where it isn't there. Never rejects. */
  changeSetting(key: string, value: SettingValue): Promise<UserChange> {
    const change = (): Promise<UserChange> => this.#settings.changeByUser(this.#use, this.#context.policy(), key, value);
    return answerBetween((task) => this.#post(task), unanswered, change);
  }

  /** Told when it was read after it came, and when its last route went. Returns what ends the subscription. */
  onConnection(listener: (isConnected: boolean) => void): () => void {
    return this.#connection.onChange(listener);
  }

  /** Lets the device go, once what is being asked of it was answered, and neither asks it anything nor reports that it went until `release`. */
  hold(): Promise<void> {
    return this.#post(() => {
      this.#hold.begin();
      this.#letGo();
    });
  }

  /** It was pulled out, or plugged in again, while it is held. */
  reportAway(isAway: boolean): Promise<void> {
    return this.#post(() => {
      const { facts } = this.#report;
      if (!this.#hold.isHeld || !facts || (facts.connection.status === 'disconnected') === isAway) return;
      if (isAway) this.#disconnect();
      else this.#connection.back();
    });
  }

  /** Resolves when the device was read and holds again what it must, or was reported gone because it didn't come back within `graceMs`. */
  async release(graceMs: number): Promise<void> {
    this.#settings.wasAway();
    const found = this.#hold.end(graceMs, () => void this.missing());
    await this.#post(() => this.#takeBest());
    await found;
    await this.#mailbox.idle();
  }

  /** Tells what the firmware engine has to say, with the writes that `writes` gives then. Resolves when all of it is durable. */
  async tell(events: readonly EventDraft[], writes: () => readonly StoreWrite[]): Promise<void> {
    await this.#post(() => {
      const { facts } = this.#report;
      if (facts) this.#report.change(facts, events, writes());
    });
    await this.#report.saved();
  }

  /** Nothing is enforced and nothing is written any more; the device goes on working. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#hold.found();
    this.#routes.clear();
    this.#letGo();
    await this.#mailbox.idle();
  }

  /** Waits for the work that was posted, and until what came of it was handed on. */
  async idle(): Promise<void> {
    await this.#mailbox.idle();
    await this.#report.saved();
  }

  #post(task: () => Promise<void> | void): Promise<void> {
    return this.#mailbox.post(() => (this.#stopped ? undefined : task()));
  }

  #letGo(): void {
    this.#use?.end();
    this.#use = null;
    this.#battery.cancel();
    this.#lookTimer?.cancel();
    this.#lookTimer = null;
  }

  /** Uses the best of its routes, where that isn't in use already. */
  async #takeBest(): Promise<void> {
    const best = bestRoute(this.#routes.values());
    if (!best || best === this.#use?.route || this.#hold.isHeld) return;
    try {
      await this.#take(best);
    } finally {
      this.#hold.found();
    }
  }

  /** Uses this route from now on. */
  async #take(route: Route): Promise<void> {
    const before = this.#use?.route;
    if (before?.key === route.key && before.arrival !== route.arrival) this.#settings.wasAway();
    this.#letGo();
    const use: RouteUse = new RouteUse(route, (event) => {
      this.#hear(use, event);
    });
    this.#use = use;
    await this.#examine(use, true);
  }

  /** Reads the device, reports it, and sees to it that it holds what it must. */
  #examine(use: RouteUse, retryRefused: boolean): Promise<void> {
    return this.#settle(use, async () => {
      const battery = await use.readBattery();
      const { values } = await use.readSettings();
      if (!use.isCurrent) return;
      this.#connection.connected(use.route, battery, values);
      await this.#settings.reconcile(use, retryRefused);
    });
  }

  /** Does what the device must have done to it before it is as it should be; what fails is tried again at the next look. */
  async #settle(use: RouteUse, work: () => Promise<void>): Promise<void> {
    use.isSettled = false;
    try {
      await work();
      use.isSettled = true;
    } finally {
      this.#watch(use);
    }
  }

  #disconnect(): void {
    this.#settings.wasAway();
    this.#connection.disconnected();
  }

  #hear(use: RouteUse, event: DeviceEvent): void {
    if (event.kind === 'battery') {
      void this.#post(() => {
        if (use.isCurrent) this.#battery.heard(event.battery);
      });
    }
    if (event.kind === 'settings' && use.announced(event.values)) {
      void this.#post(async () => {
        if (use.isCurrent) await this.#settings.announced(use, use.takeAnnounced());
      });
    }
  }

  #watch(use: RouteUse): void {
    if (!use.isCurrent) return;
    const isWorthIt = !use.isSettled || use.isIncomplete || (this.#report.facts?.locked.length ?? 0) > 0;
    if (!isWorthIt) {
      this.#lookTimer?.cancel();
      this.#lookTimer = null;
    }
    // One that runs is not put off: it is due a minute after the last look, whatever happens in between.
    if (!isWorthIt || this.#lookTimer) return;
    this.#lookTimer = this.#context.clock.setTimer(lookMs, () => {
      this.#lookTimer = null;
      void this.#post(() => this.#look(use));
    });
  }

  async #look(use: RouteUse): Promise<void> {
    if (!use.isCurrent) return;
    if (!use.isSettled) {
      await this.#examine(use, true);
      return;
    }
    try {
      if (use.isIncomplete) await readAgain(use, this.#report, this.#battery);
      await this.#settings.look(use);
    } finally {
      this.#watch(use);
    }
  }
}
