import { type Desired, type DeviceDocument, timestampMs } from '../../contract/index.ts';
import type { StoreWrite } from '../../ports/index.ts';
import type { DeviceContext } from './device-context.ts';
import { plainSerial, portDeviceId, serialDeviceId } from './device-id.ts';
import { ManagedDevice } from './managed-device.ts';
import type { Route, RouteListener } from './route.ts';

const forgetAfterMs = 90 * 24 * 3_600_000;
/** Desired documents of devices that were never here. */
const maxUnknownDesired = 500;

export interface DeviceManagerContext extends Omit<DeviceContext, 'deviceIdOfRoute'> {
  readonly sha256: (text: string) => string;
}

/** Every device this PC knows: gives routes their device, and desired documents theirs. */
export class DeviceManager implements RouteListener {
  readonly #context: DeviceContext & Pick<DeviceManagerContext, 'sha256'>;
  readonly #devices = new Map<string, ManagedDevice>();
  readonly #routes = new Map<string, Route>();
  readonly #ids = new Map<string, string>();
  /** Ids that two connected devices of a product would share: their serial counts as none. */
  readonly #shared = new Set<string>();
  #stopped = false;

  constructor(context: DeviceManagerContext) {
    this.#context = { ...context, deviceIdOfRoute: (key) => this.#ids.get(key) ?? null };
    for (const [deviceId] of context.records.entries()) this.#devices.set(deviceId, new ManagedDevice(this.#context, deviceId));
  }

  /** What is known of every device, the disconnected included. */
  documents(): readonly DeviceDocument[] {
    return [...this.#devices.values()].flatMap(({ document }) => (document ? [document] : []));
  }

  device(deviceId: string): ManagedDevice | undefined {
    return this.#devices.get(deviceId);
  }

  routeUp(route: Route): void {
    if (this.#stopped) return;
    this.#routes.set(route.key, route);
    const deviceId = this.#identify(route);
    const before = this.#ids.get(route.key);
    if (before !== undefined && before !== deviceId) void this.#devices.get(before)?.routeDown(route.key);
    this.#ids.set(route.key, deviceId);
    void this.#ensure(deviceId).routeUp(route);
  }

  routeDown(key: string): void {
    if (this.#stopped) return;
    const deviceId = this.#ids.get(key);
    this.#ids.delete(key);
    this.#routes.delete(key);
    if (deviceId !== undefined) void this.#devices.get(deviceId)?.routeDown(key);
  }

  /** Everything plugged in at start was examined: what was reported as connected and isn't there is not. Old devices are forgotten. */
  async settle(): Promise<void> {
    const now = this.#context.clock.now();
    await Promise.all([...this.#devices.values()].map((device) => device.missing()));
    for (const device of [...this.#devices.values()]) {
      const { document } = device;
      if (document?.connection.status === 'disconnected' && timestampMs(document.connection.lastSeenAt) < now - forgetAfterMs)
        await this.forget(device.deviceId);
    }
    await this.idle();
  }

  /** A desired document newer than the one held: kept when this resolves, worked on after it. `waitsForLogin` names the login session whose end it waits for, null for none. */
  async desiredReceived(deviceId: string, document: Desired, waitsForLogin: string | null): Promise<void> {
    const writes: StoreWrite[] = [this.#context.desired.put(deviceId, { document, waitsForLogin }), ...this.#dropUnknown(deviceId)];
    await this.#context.commit(writes, []);
    void this.#devices.get(deviceId)?.desiredChanged();
  }

  /** The document was deleted: locks are released, values stay. */
  async desiredForgotten(deviceId: string): Promise<void> {
    if (!this.#context.desired.get(deviceId)) return;
    await this.#context.commit([this.#context.desired.remove(deviceId)], []);
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
    for (const [deviceId] of released) void this.#devices.get(deviceId)?.desiredChanged();
  }

  /** Forgets a device and what was desired of it; one that is connected comes back at its next connect. */
  async forget(deviceId: string): Promise<boolean> {
    const device = this.#devices.get(deviceId);
    if (!device) return false;
    await device.stop();
    this.#devices.delete(deviceId);
    await this.#context.commit([this.#context.records.remove(deviceId), this.#context.desired.remove(deviceId)], []);
    this.#context.publish(deviceId, null);
    return true;
  }

  /** Enrolled anew: nothing that was desired or applied under the old name holds. */
  writesOfFreshStart(): readonly StoreWrite[] {
    return [...this.#context.records.clear(), ...this.#context.desired.clear()];
  }

  async idle(): Promise<void> {
    await Promise.all([...this.#devices.values()].map((device) => device.idle()));
  }

  /** Writes nothing to any device from now on and reports nothing any more: what was connected was connected to the end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#devices.values()].map((device) => device.stop()));
  }

  #ensure(deviceId: string): ManagedDevice {
    const known = this.#devices.get(deviceId);
    if (known) return known;
    const device = new ManagedDevice(this.#context, deviceId);
    this.#devices.set(deviceId, device);
    return device;
  }

  #identify(route: Route): string {
    const plain = plainSerial(route.identity.serial);
    const productId = route.identity.dfuProductId ?? this.#lastKnownProductId(plain) ?? route.productId;
    const byPort = portDeviceId(productId, route.physicalPort, this.#context.sha256);
    if (plain === null) return byPort;
    const bySerial = serialDeviceId(productId, plain);
    const twins = this.#directRoutes(bySerial, route);
    if (route.parentKey === null && twins.length > 0) {
      this.#shared.add(bySerial);
      for (const twin of twins) this.routeUp(twin);
    }
    return this.#shared.has(bySerial) && route.parentKey === null ? byPort : bySerial;
  }

  /** The same id plugged in elsewhere by itself: not the same headset over two ways, but two with one serial. */
  #directRoutes(deviceId: string, except: Route): readonly Route[] {
    return [...this.#routes.values()].filter(
      ({ key, parentKey, transport }) =>
        key !== except.key && parentKey === null && transport === except.transport && this.#ids.get(key) === deviceId,
    );
  }

  /** A device that refuses its DFU product id keeps the one it once told. */
  #lastKnownProductId(plain: string | null): number | null {
    if (plain === null) return null;
    const known = this.documents().find(({ electronicSerialNumber }) => plainSerial(electronicSerialNumber) === plain);
    return known?.model.dfuProductId ?? null;
  }

  #dropUnknown(keep: string): StoreWrite[] {
    const unknown = [...this.#context.desired.entries()].filter(([deviceId]) => deviceId !== keep && !this.#devices.has(deviceId));
    const tooMany = unknown.length - (this.#devices.has(keep) ? maxUnknownDesired : maxUnknownDesired - 1);
    const oldest = unknown.toSorted(([, a], [, b]) => a.document.revision - b.document.revision);
    return oldest.slice(0, Math.max(0, tooMany)).map(([deviceId]) => this.#context.desired.remove(deviceId));
  }
}
