import { type BatteryReading, DeviceError, type DeviceEvent, findProduct, type SettingKey, type SettingValue, type Timer } from '@jpd/protocol';
import { type DeviceDocument, timestamp, type Transport } from '../../contract/index.ts';
import type { Json } from '../../ports/index.ts';
import { Mailbox } from '../mailbox.ts';
import type { EventDraft } from '../platform/outbox.ts';
import { LockGuard } from '../settings/lock-guard.ts';
import { becameLow, reportDelay } from './battery-report.ts';
import { composeDocument, type DeviceFacts, factsOf, isPending, modelOf, saysTheSame } from './document.ts';
import type { DeviceContext } from './device-context.ts';
import type { DesiredRecord } from './record.ts';
import type { Route } from './route.ts';
import { type Applied, applySettings, driftOf, lockedDrift } from './settings-work.ts';

/** The best way first (contract 2). */
const transportOrder: readonly Transport[] = ['usb', 'dongle', 'bluetooth'];
const lockLookMs = 60_000;

type Values = Readonly<Partial<Record<SettingKey, SettingValue>>>;
type EventData = Readonly<Record<string, Json>>;

/**
 * One device: its document, its routes, and the settings work on it.
 *
 * INVARIANTS: everything that asks the device or changes its document runs in its mailbox, one at a time. The document's revision grows with each change.
 * A change, its events and the record behind it become durable in one transaction, before anything of it leaves the PC.
 */
export class ManagedDevice {
  readonly deviceId: string;
  readonly #context: DeviceContext;
  readonly #mailbox: Mailbox;
  readonly #routes = new Map<string, Route>();
  readonly #locks = new LockGuard();
  #facts: DeviceFacts | null;
  #document: DeviceDocument | null;
  #route: Route | null = null;
  #endEvents: (() => void) | null = null;
  #announced: Record<string, SettingValue> = {};
  #battery: BatteryReading | null = null;
  #lastLevelReport: number | null = null;
  #batteryTimer: Timer | null = null;
  #lookTimer: Timer | null = null;

  constructor(context: DeviceContext, deviceId: string) {
    this.#context = context;
    this.deviceId = deviceId;
    const record = context.records.get(deviceId);
    this.#document = record?.document ?? null;
    this.#facts = record ? factsOf(record.document, record.applied) : null;
    this.#mailbox = new Mailbox((error) => {
      if (error instanceof DeviceError && (error.code === 'disconnected' || error.code === 'cancelled')) return;
      context.log.error('work on a device failed', { deviceId, error });
    });
  }

  get document(): DeviceDocument | null {
    return this.#document;
  }

  get routes(): ReadonlyMap<string, Route> {
    return this.#routes;
  }

  /** A route appeared or changed. Resolves when the device was read and what it must hold was put back. */
  routeUp(route: Route): Promise<void> {
    this.#routes.set(route.key, route);
    return this.#mailbox.post(async () => {
      if (this.#routes.get(route.key) !== route) return;
      const best = this.#bestRoute();
      if (best && best !== this.#route) await this.#take(best);
    });
  }

  routeDown(key: string): Promise<void> {
    this.#routes.delete(key);
    return this.#mailbox.post(async () => {
      if (this.#route?.key !== key || this.#routes.has(key)) return;
      this.#letGo();
      const best = this.#bestRoute();
      await (best ? this.#take(best) : this.#disconnected());
    });
  }

  /** The agent started and the device isn't there. */
  missing(): Promise<void> {
    return this.#mailbox.post(async () => {
      if (!this.#route && this.#facts?.connection.status === 'connected') await this.#disconnected();
    });
  }

  /** A desired document arrived, was released, or was forgotten. */
  desiredChanged(): Promise<void> {
    return this.#mailbox.post(() => this.#desiredChanged());
  }

  /** Reads everything again (command `refresh`). */
  refresh(): Promise<void> {
    return this.#mailbox.post(async () => {
      if (this.#route) await this.#take(this.#route);
    });
  }

  /** Nothing is enforced and nothing is written any more; the device goes on working. */
  async stop(): Promise<void> {
    this.#routes.clear();
    this.#letGo();
    await this.#mailbox.idle();
  }

  /** Waits for the work that was posted. */
  idle(): Promise<void> {
    return this.#mailbox.idle();
  }

  get #desired(): DesiredRecord | null {
    return this.#context.desired.get(this.deviceId) ?? null;
  }

  #bestRoute(): Route | null {
    const rank = ({ transport }: Route): number => transportOrder.indexOf(transport);
    return [...this.#routes.values()].toSorted((a, b) => rank(a) - rank(b))[0] ?? null;
  }

  #letGo(): void {
    this.#route = null;
    this.#endEvents?.();
    this.#endEvents = null;
    this.#batteryTimer?.cancel();
    this.#batteryTimer = null;
    this.#lookTimer?.cancel();
    this.#lookTimer = null;
    this.#announced = {};
  }

  /** Uses this route from now on: reads the device, reports it, and puts back what it must hold. */
  async #take(route: Route): Promise<void> {
    this.#letGo();
    this.#route = route;
    this.#endEvents =
      route.device?.onEvent((event) => {
        this.#hear(event);
      }) ?? null;
    const battery = route.device ? await this.#readBattery(route) : null;
    const reading = route.device ? await route.device.settings.read() : null;
    if (this.#route !== route) return;
    const known = this.#facts;
    const isNew = known?.connection.status !== 'connected';
    const lastSeenAt = isNew ? timestamp(this.#context.clock.now()) : known.connection.lastSeenAt;
    const parentDeviceId = route.parentKey === null ? null : this.#context.deviceIdOfRoute(route.parentKey);
    if (battery) this.#battery = battery;
    const facts: DeviceFacts = {
      deviceId: this.deviceId,
      model: modelOf(route, findProduct(route.productId)?.product.name ?? null),
      serial: route.identity.serial?.toUpperCase() ?? null,
      version: route.identity.version,
      connection: { status: 'connected', transport: route.transport, parentDeviceId, lastSeenAt },
      battery,
      values: { ...reading?.values },
      locked: known?.locked ?? [],
      errors: known?.errors ?? [],
      applied: known?.applied ?? null,
    };
    const low = battery && known?.battery !== undefined && becameLow(known.battery, battery);
    this.#lastLevelReport = this.#context.clock.monotonic();
    await this.#update(facts, [
      ...(isNew ? [this.#event('device.connected', { name: facts.model.name, transport: route.transport, version: facts.version })] : []),
      ...(low ? [this.#event('battery.low', { level: battery.level })] : []),
    ]);
    await this.#reconcile();
  }

  async #readBattery(route: Route): Promise<BatteryReading | null> {
    try {
      return (await route.device?.battery()) ?? null;
    } catch (error) {
      if (error instanceof DeviceError && error.code !== 'disconnected' && error.code !== 'cancelled') return this.#facts?.battery ?? null;
      throw error;
    }
  }

  async #disconnected(): Promise<void> {
    const facts = this.#facts;
    if (!facts) return;
    const connection = { ...facts.connection, status: 'disconnected' as const, lastSeenAt: timestamp(this.#context.clock.now()) };
    await this.#update({ ...facts, connection }, [this.#event('device.disconnected', { transport: facts.connection.transport })]);
  }

  async #desiredChanged(): Promise<void> {
    const facts = this.#facts;
    if (!facts) return;
    const desired = this.#desired;
    if (!desired) {
      await this.#update({ ...facts, applied: null, locked: [], errors: [] }, []);
      return;
    }
    if (!isPending(facts.applied, desired)) {
      await this.#update(facts, []);
      return;
    }
    if (desired.waitsForLogin === null && this.#route) {
      await this.#reconcile();
      return;
    }
    const reason = desired.waitsForLogin === null ? 'device' : 'login';
    await this.#update(facts, [this.#event('settings.pending', { revision: desired.document.revision, reason })]);
  }

  /** Applies what is released; otherwise puts back what the last applied revision says. */
  async #reconcile(): Promise<void> {
    const desired = this.#desired;
    const applied = this.#facts?.applied ?? null;
    if (isPending(applied, desired) && desired.waitsForLogin === null) {
      await this.#apply({ revision: desired.document.revision, settings: desired.document.settings }, 'published');
    } else if (applied) {
      await this.#apply(applied, 'connect');
    }
    this.#watchLocks();
  }

  async #apply(target: Applied, cause: 'published' | 'connect'): Promise<void> {
    const route = this.#route;
    const facts = this.#facts;
    if (!route || !facts) return;
    const work = await applySettings(
      route.device?.settings ?? null,
      target,
      this.#settingsTarget(route, facts),
      cause === 'connect' ? facts.values : null,
    );
    if (this.#route !== route) return;
    const now = this.#facts ?? facts;
    const events: EventDraft[] = [];
    const data = { cause, revision: target.revision, written: work.written };
    const failedBefore = new Set(facts.errors.map(({ key, code }) => `${key} ${code}`));
    const newlyFailed = work.errors.some(({ key, code }) => !failedBefore.has(`${key} ${code}`));
    if (work.errors.length > 0 && (cause === 'published' || newlyFailed)) {
      events.push(this.#event('settings.failed', { ...data, errors: work.errors.map(({ key, code }) => ({ key, code })) }));
    } else if (cause === 'published' || work.written.length > 0) {
      events.push(this.#event('settings.applied', data));
    }
    await this.#update({ ...now, values: { ...now.values, ...work.values }, applied: target, locked: work.locked, errors: work.errors }, events);
  }

  #settingsTarget(
    route: Route,
    facts: DeviceFacts,
  ): { writable: ReadonlySet<string>; version: string | null; unsupportedVersions: readonly string[] } {
    return {
      writable: route.device?.settings.keys ?? new Set(),
      version: facts.version,
      unsupportedVersions: this.#desired?.document.firmware.unsupportedVersions ?? [],
    };
  }

  #hear(event: DeviceEvent): void {
    if (event.kind === 'battery') void this.#mailbox.post(() => this.#heardBattery(event.battery));
    if (event.kind !== 'settings') return;
    // Taken together when their turn comes: by then later ones may have said otherwise.
    const waiting = Object.keys(this.#announced).length > 0;
    Object.assign(this.#announced, event.values);
    if (!waiting) void this.#mailbox.post(() => this.#heardSettings());
  }

  async #heardSettings(): Promise<void> {
    const announced = this.#announced;
    this.#announced = {};
    const facts = this.#facts;
    if (!facts || !this.#route) return;
    await this.#update({ ...facts, values: { ...facts.values, ...announced } }, []);
    await this.#enforce(new Set(Object.keys(announced)), false);
  }

  async #heardBattery(battery: BatteryReading): Promise<void> {
    const facts = this.#facts;
    if (!facts || !this.#route) return;
    const before = this.#battery ?? facts.battery;
    this.#battery = battery;
    if (becameLow(before, battery)) await this.#update(facts, [this.#event('battery.low', { level: battery.level })]);
    const now = this.#context.clock.monotonic();
    const delay = reportDelay(facts.battery, battery, this.#lastLevelReport, now);
    this.#batteryTimer?.cancel();
    if (delay === null) return;
    if (delay === 0) await this.#reportBattery();
    else this.#batteryTimer = this.#context.clock.setTimer(delay, () => void this.#mailbox.post(() => this.#reportBattery()));
  }

  async #reportBattery(): Promise<void> {
    if (!this.#facts || !this.#route) return;
    this.#lastLevelReport = this.#context.clock.monotonic();
    await this.#update({ ...this.#facts, battery: this.#battery }, []);
  }

  #watchLocks(): void {
    this.#lookTimer?.cancel();
    if (!this.#route || (this.#facts?.locked.length ?? 0) === 0) return;
    this.#lookTimer = this.#context.clock.setTimer(lockLookMs, () => void this.#mailbox.post(() => this.#lookAtLocks()));
  }

  /** Finds what the device didn't announce, and goes on with a contested lock. */
  async #lookAtLocks(): Promise<void> {
    const route = this.#route;
    const facts = this.#facts;
    if (!route?.device || !facts) return;
    const locked = new Set(facts.locked);
    const { values } = await route.device.settings.read(locked);
    if (this.#route !== route) return;
    await this.#update({ ...facts, values: { ...facts.values, ...values } }, []);
    const drifted = await this.#enforce(locked, true);
    const calm = facts.locked.filter((key) => !drifted.has(key));
    for (const key of calm) this.#locks.calm(key);
    const errors = facts.errors.filter(({ key, code }) => code !== 'lock-contested' || !calm.includes(key));
    if (this.#facts && errors.length < facts.errors.length) await this.#update({ ...this.#facts, errors }, []);
    this.#watchLocks();
  }

  /** Puts locked settings among `keys` back. Returns those that had drifted. */
  async #enforce(keys: ReadonlySet<string>, evenContested: boolean): Promise<ReadonlySet<string>> {
    const route = this.#route;
    const facts = this.#facts;
    if (!route?.device || !facts?.applied) return new Set();
    const drift = lockedDrift(facts.applied, facts.locked, facts.values, keys);
    const now = this.#context.clock.monotonic();
    const allowed = new Map([...drift].filter(([key]) => evenContested || this.#locks.mayEnforce(key, now)));
    const contested = [...drift.keys()].filter((key) => !this.#locks.mayEnforce(key, now));
    if (allowed.size > 0) {
      const outcomes = await route.device.settings.apply(allowed);
      if (this.#route !== route) return new Set(drift.keys());
      const written = [...outcomes].flatMap(([key, { status }]) => (status === 'written' ? [key] : []));
      for (const key of written) this.#locks.enforced(key, now);
      const values: Values = Object.fromEntries([...outcomes].flatMap(([key, { value }]) => (value === null ? [] : [[key, value]])));
      const base = this.#facts ?? facts;
      const events = written.length > 0 ? [this.#event('settings.lock-enforced', { keys: written, revision: facts.applied.revision })] : [];
      await this.#update({ ...base, values: { ...base.values, ...values } }, events);
    }
    if (contested.length > 0 && this.#facts) await this.#update({ ...this.#facts, errors: driftOf(this.#facts.errors, contested) }, []);
    return new Set(drift.keys());
  }

  #event(type: Extract<EventDraft, { readonly deviceId: string }>['type'], data: EventData): EventDraft {
    return { type, deviceId: this.deviceId, data };
  }

  /** The one place where the document changes. */
  async #update(facts: DeviceFacts, events: readonly EventDraft[]): Promise<void> {
    const before = this.#document;
    const now = this.#context.clock.now();
    this.#facts = facts;
    // Above any revision that a lost state may have used (contract 3).
    const next = composeDocument(facts, this.#desired, before ? before.revision + 1 : now, now);
    const changed = !before || !saysTheSame(before, next);
    const appliedMoved = facts.applied?.revision !== this.#context.records.get(this.deviceId)?.applied?.revision;
    if (changed) this.#document = next;
    const document = this.#document ?? next;
    const writes = changed || appliedMoved ? [this.#context.records.put(this.deviceId, { document, applied: facts.applied })] : [];
    if (writes.length === 0 && events.length === 0) return;
    await this.#context.commit(writes, events);
    if (changed) this.#context.publish(this.deviceId, document);
  }
}
