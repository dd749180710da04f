import {
  type BatteryReading,
  type DeviceAction,
  DeviceError,
  type DeviceEvent,
  type GnpDevice,
  type RequestOptions,
  type Timer,
} from '@jpd/protocol';
import { type DeviceDocument, timestamp } from '../../contract/index.ts';
import { Listeners } from '../listeners.ts';
import { Mailbox } from '../mailbox.ts';
import { BatteryReporter } from './battery-reporter.ts';
import type { DeviceContext } from './device-context.ts';
import { DeviceReport } from './device-report.ts';
import { connectedFacts } from './document.ts';
import { bestRoute, type Route } from './route.ts';
import { RouteUse } from './route-use.ts';
import { SettingsKeeper } from './settings-keeper.ts';
import type { HeldValues } from './settings-work.ts';

/** The device, or the route to it, went. */
const isGone = (error: unknown): boolean => error instanceof DeviceError && (error.code === 'disconnected' || error.code === 'cancelled');

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
  readonly #connection = new Listeners<[isConnected: boolean]>();
  #use: RouteUse | null = null;
  #lookTimer: Timer | null = null;
  #stopped = false;

  constructor(context: DeviceContext, deviceId: string) {
    this.#context = context;
    this.#report = new DeviceReport(context, deviceId);
    this.#settings = new SettingsKeeper(this.#report, context.clock);
    this.#battery = new BatteryReporter(this.#report, context.clock, (task) => this.#post(task));
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
      const best = bestRoute(this.#routes.values());
      if (best && best !== this.#use?.route) await this.#take(best);
    });
  }

  routeDown(key: string): Promise<void> {
    this.#routes.delete(key);
    const wasLast = this.#routes.size === 0;
    if (this.#use?.route.key === key) this.#use.end();
    return this.#post(async () => {
      if (this.#use?.isCurrent === false) this.#letGo();
      // It was away, even if a route came up meanwhile.
      if (wasLast) this.#disconnected();
      const best = bestRoute(this.#routes.values());
      if (best && !this.#use) await this.#take(best);
    });
  }

  /** The agent started and the device isn't there. */
  missing(): Promise<void> {
    return this.#post(() => {
      if (this.#use) return;
      this.#disconnected();
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
  async ask(work: (device: GnpDevice, options: RequestOptions) => Promise<void>): Promise<boolean> {
    const outcome: { done: boolean; error?: unknown } = { done: false };
    await this.#post(async () => {
      const use = this.#use;
      const device = use?.route.device;
      if (!use || !device) return;
      try {
        await work(device, use.options);
        outcome.done = true;
      } catch (error) {
        if (!isGone(error)) outcome.error = error;
      }
    });
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.done;
  }

  /** Told when it was read after it came, and when its last route went. Returns what ends the subscription. */
  onConnection(listener: (isConnected: boolean) => void): () => void {
    return this.#connection.add(listener);
  }

  /** Nothing is enforced and nothing is written any more; the device goes on working. */
  async stop(): Promise<void> {
    this.#stopped = true;
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
      this.#connected(use.route, battery, values);
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

  #connected(route: Route, reading: BatteryReading | null | undefined, values: HeldValues): void {
    const known = this.#report.facts;
    const isNew = known?.connection.status !== 'connected';
    const parentDeviceId = route.parentKey === null ? null : this.#context.deviceIdOfRoute(route.parentKey);
    const isLow = reading ? this.#battery.read(reading) : false;
    const facts = connectedFacts(this.deviceId, known, { route, parentDeviceId, battery: reading, values }, this.#context.clock.now());
    const { model, version } = facts;
    this.#report.change(facts, [
      ...(isNew ? [this.#report.event('device.connected', { name: model.name, transport: route.transport, version })] : []),
      ...(isLow ? [this.#report.event('battery.low', { level: reading?.level ?? null })] : []),
    ]);
    if (isNew) this.#connection.emit(true);
  }

  #disconnected(): void {
    const { facts } = this.#report;
    this.#settings.wasAway();
    if (facts?.connection.status !== 'connected') return;
    const connection = { ...facts.connection, status: 'disconnected' as const, lastSeenAt: timestamp(this.#context.clock.now()) };
    this.#report.change({ ...facts, connection }, [this.#report.event('device.disconnected', { transport: facts.connection.transport })]);
    this.#connection.emit(false);
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
      if (use.isIncomplete) await this.#readAgain(use);
      await this.#settings.look(use);
    } finally {
      this.#watch(use);
    }
  }

  async #readAgain(use: RouteUse): Promise<void> {
    const { values, battery } = await use.readAgain();
    const { facts } = this.#report;
    if (!use.isCurrent || !facts) return;
    this.#report.change({ ...facts, values: { ...facts.values, ...values } });
    if (battery) this.#battery.heard(battery);
  }
}
