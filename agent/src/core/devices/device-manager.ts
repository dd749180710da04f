import type { Timer } from '@jpd/protocol';
import { type Desired, type DeviceDocument, timestampMs } from '../../contract/index.ts';
import type { StoreWrite } from '../../ports/index.ts';
import type { DeviceContext } from './device-context.ts';
import { DeviceIds } from './device-ids.ts';
import { ManagedDevice } from './managed-device.ts';
import type { Route, RouteListener } from './route.ts';

const dayMs = 24 * 3_600_000;
const forgetAfterMs = 90 * dayMs;
/** Desired documents of devices that were never here. */
const maxUnknownDesired = 500;

export interface DeviceManagerContext extends Omit<DeviceContext, 'deviceIdOfRoute'> {
  readonly sha256: (text: string) => string;
}

/** Every device this PC knows: gives routes their device, and desired documents theirs. */
export class DeviceManager implements RouteListener {
  readonly #context: DeviceContext;
  readonly #devices = new Map<string, ManagedDevice>();
  readonly #deviceIds: DeviceIds;
  readonly #routes = new Map<string, Route>();
  /** Device id by route. */
  readonly #ids = new Map<string, string>();
  /** Routes of devices that were forgotten while they were there. */
  readonly #ignored = new Set<string>();
  #oldTimer: Timer | null = null;
  #isSettled = false;
  #stopped = false;

  constructor({ sha256, ...context }: DeviceManagerContext) {
    this.#context = { ...context, deviceIdOfRoute: (key) => this.#ids.get(key) ?? null };
    this.#deviceIds = new DeviceIds(() => this.documents(), sha256);
    for (const [deviceId] of context.records.entries()) this.#devices.set(deviceId, new ManagedDevice(this.#context, deviceId));
  }

  /** What is known of every device, the disconnected included. */
  documents(): readonly DeviceDocument[] {
    return [...this.#devices.values()].flatMap(({ document }) => (document ? [document] : []));
  }

  /** Devices that are reached over what is plugged in as `key`: the one itself, and what is behind it. */
  reachedBy(key: string): readonly ManagedDevice[] {
    const isBy = (route: Route): boolean => route.key === key || route.parentKey === key;
    return [...this.#devices.values()].filter((device) => [...device.routes.values()].some(isBy));
  }

  device(deviceId: string): ManagedDevice | undefined {
    return this.#devices.get(deviceId);
  }

  routeUp(route: Route): void {
    if (this.#stopped || this.#ignored.has(route.key)) return;
    this.#routes.set(route.key, route);
    const { deviceId, displaced } = this.#deviceIds.idOf(route, this.#identified());
    this.#assign(route, deviceId);
    for (const other of displaced) this.routeUp(other);
  }

  routeDown(key: string): void {
    this.#ignored.delete(key);
    const deviceId = this.#ids.get(key);
    this.#ids.delete(key);
    this.#routes.delete(key);
    if (!this.#stopped && deviceId !== undefined) void this.#devices.get(deviceId)?.routeDown(key);
  }

  /** Everything plugged in at start was examined: what was reported as connected and isn't there is not. Old devices are forgotten, from now on daily. */
  async settle(): Promise<void> {
    this.#isSettled = true;
    await Promise.all([...this.#devices.values()].map((device) => device.missing()));
    await this.#forgetOld();
    await this.idle();
  }

  /** A desired document newer than the one held: kept when this resolves, worked on after it. `waitsForLogin` names the login session whose end it waits for, null for none. */
  async desiredReceived(deviceId: string, document: Desired, waitsForLogin: string | null): Promise<void> {
    const receivedAt = this.#context.clock.now();
    const writes: StoreWrite[] = [this.#context.desired.put(deviceId, { document, waitsForLogin, receivedAt }), ...this.#dropUnknown(deviceId)];
    await this.#context.commit(writes, []);
    void this.#devices.get(deviceId)?.desiredChanged();
  }

  /** The document was deleted: locks are released, values stay. */
  async desiredForgotten(deviceId: string): Promise<void> {
    if (this.#context.desired.get(deviceId)) await this.#context.commit([this.#context.desired.remove(deviceId)], []);
    void this.#devices.get(deviceId)?.desiredChanged();
  }

  /** Lets go what waits for another login than `currentLogin`; everything where that is null. */
  async release(currentLogin: string | null): Promise<void> {
    const released = [...this.#context.desired.entries()].filter(([, { waitsForLogin }]) => waitsForLogin !== null && waitsForLogin !== currentLogin);
    if (released.length === 0) return;
    await this.#context.commit(
      released.map(([deviceId, record]) => this.#context.desired.put(deviceId, { ...record, waitsForLogin: null })),
      [],
    );
    // At the start nobody knows yet whether a device is away: one that isn't is served when it is found, `settle` tells of the others.
    for (const [deviceId] of released) {
      const device = this.#devices.get(deviceId);
      if (device && (this.#isSettled || device.isReachable)) void device.desiredChanged();
    }
  }

  /** Forgets a device and what was desired of it; one that is connected comes back at its next connect. Says whether it was known. */
  async forget(deviceId: string): Promise<boolean> {
    const known = this.#devices.has(deviceId);
    const writes = this.#context.desired.get(deviceId) ? [this.#context.desired.remove(deviceId)] : [];
    await (known ? this.#forget(deviceId, writes) : this.#context.commit(writes, []));
    return known;
  }

  /** Waits for the work that was posted, and until what came of it was handed on. */
  async idle(): Promise<void> {
    await Promise.all([...this.#devices.values()].map((device) => device.idle()));
  }

  /** Writes nothing to any device from now on and reports nothing any more: what was connected was connected to the end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#oldTimer?.cancel();
    await Promise.all([...this.#devices.values()].map((device) => device.stop()));
  }

  #identified(): { route: Route; deviceId: string }[] {
    return [...this.#ids].flatMap(([key, deviceId]) => {
      const route = this.#routes.get(key);
      return route ? [{ route, deviceId }] : [];
    });
  }

  #assign(route: Route, deviceId: string): void {
    const before = this.#ids.get(route.key);
    this.#ids.set(route.key, deviceId);
    if (before !== undefined && before !== deviceId) void this.#devices.get(before)?.routeDown(route.key);
    void this.#ensure(deviceId).routeUp(route);
    if (before === undefined || before === deviceId) return;
    // What is behind it names it as its parent.
    for (const child of [...this.#routes.values()].filter(({ parentKey }) => parentKey === route.key)) this.routeUp({ ...child });
  }

  #ensure(deviceId: string): ManagedDevice {
    const known = this.#devices.get(deviceId);
    if (known) return known;
    const device = new ManagedDevice(this.#context, deviceId);
    this.#devices.set(deviceId, device);
    return device;
  }

  /** What was desired of them stays: should they come back, they get it. */
  async #forgetOld(): Promise<void> {
    if (this.#stopped) return;
    this.#oldTimer = this.#context.clock.setTimer(dayMs, () => void this.#forgetOld());
    const oldest = this.#context.clock.now() - forgetAfterMs;
    const old = this.documents().filter(({ connection }) => connection.status === 'disconnected' && timestampMs(connection.lastSeenAt) < oldest);
    await Promise.all(old.map(({ deviceId }) => this.#forget(deviceId, [])));
  }

  async #forget(deviceId: string, writes: readonly StoreWrite[]): Promise<void> {
    const device = this.#devices.get(deviceId);
    if (!device) return;
    this.#devices.delete(deviceId);
    for (const key of device.routes.keys()) this.#ignored.add(key);
    const stopped = device.stop();
    const kept = this.#context.firmware?.forgotten(deviceId) ?? [];
    const durable = this.#context.commit([this.#context.records.remove(deviceId), ...kept, ...writes], []);
    await Promise.all([stopped, durable]);
    await device.idle();
    // It may have come back meanwhile: then its new document takes the old one's place.
    if (!this.#devices.has(deviceId)) this.#context.publish(deviceId, null);
  }

  #dropUnknown(keep: string): StoreWrite[] {
    const unknown = [...this.#context.desired.entries()].filter(([deviceId]) => deviceId !== keep && !this.#devices.has(deviceId));
    const tooMany = unknown.length - (this.#devices.has(keep) ? maxUnknownDesired : maxUnknownDesired - 1);
    const oldest = unknown.toSorted(([, a], [, b]) => a.document.revision - b.document.revision);
    return oldest.slice(0, Math.max(0, tooMany)).map(([deviceId]) => this.#context.desired.remove(deviceId));
  }
}
