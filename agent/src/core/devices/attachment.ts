import {
  Address,
  CancelSource,
  type Clock,
  DeviceError,
  type DeviceIdentity,
  dfuProductId,
  findProduct,
  GnpDevice,
  type HidPort,
  type OperatorMapping,
  readIdentity,
  type RequestOptions,
  selectWires,
  type Session,
  type Timer,
} from '@jpd/protocol';
import type { Transport } from '../../contract/index.ts';
import type { Log } from '../../ports/index.ts';
import { Mailbox } from '../mailbox.ts';
import type { DeviceGroup } from './grouping.ts';
import { openSession } from './open-session.ts';
import type { Route, RouteListener } from './route.ts';

/** udev rules, other programs' exclusive handles and slow firmware settle within seconds of plugging. */
const openRetryMs: readonly number[] = [250, 1000, 3000, 10_000, 30_000];
/** A device that left questions unanswered is asked again. */
const identityRetryMs: readonly number[] = [5000, 30_000, 120_000];
/** Dongles tell when a child comes or goes; this look finds what the telling missed. */
const childLookMs = 60_000;

export interface AttachmentContext {
  readonly hid: HidPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly listener: RouteListener;
}

/**
 * One physical device as long as it is plugged in: its open session, its route, and the route of a child behind it.
 *
 * INVARIANT: everything it asks of the device runs in its mailbox; after `stop` no route is announced any more and every announced one was taken back.
 */
export class Attachment {
  readonly #context: AttachmentContext;
  readonly #group: DeviceGroup;
  readonly #onLost: () => void;
  readonly #mailbox: Mailbox;
  readonly #cancel = new CancelSource();
  readonly #timers = new Set<Timer>();
  readonly #routes = new Map<string, Route>();
  #session: Session | null = null;

  /** `onLost` is called once when the open path failed: the device is gone, restarts, or was plugged anew faster than a pass could see. */
  constructor(context: AttachmentContext, group: DeviceGroup, onLost: () => void) {
    this.#context = context;
    this.#group = group;
    this.#onLost = onLost;
    this.#mailbox = new Mailbox((error) => {
      if (error instanceof DeviceError && (error.code === 'disconnected' || error.code === 'cancelled')) return;
      context.log.warn('a device could not be examined', { device: group.key, error });
    });
  }

  /** Resolves when the first attempt to identify the device has ended, well or not. */
  start(): Promise<void> {
    return this.#mailbox.post(() => this.#open(0));
  }

  /** The device is gone, or the agent ends. */
  async stop(): Promise<void> {
    this.#cancel.cancel();
    for (const timer of this.#timers) timer.cancel();
    for (const key of this.#routes.keys()) this.#context.listener.routeDown(key);
    this.#routes.clear();
    await this.#session?.close();
    await this.#mailbox.idle();
  }

  get #options(): RequestOptions {
    return { signal: this.#cancel.signal };
  }

  get #transport(): Transport {
    return this.#group.paths[0]?.bus === 'bluetooth' ? 'bluetooth' : 'usb';
  }

  #later(milliseconds: number | undefined, task: () => Promise<void>): void {
    if (milliseconds === undefined || this.#cancel.aborted) return;
    const timer = this.#context.clock.setTimer(milliseconds, () => {
      this.#timers.delete(timer);
      void this.#mailbox.post(task);
    });
    this.#timers.add(timer);
  }

  async #open(attempt: number): Promise<void> {
    if (this.#cancel.aborted) return;
    try {
      this.#session = await openSession(this.#context.hid, this.#group, this.#context.clock);
    } catch (error) {
      const retryMs = openRetryMs[attempt];
      this.#context.log.warn('a device could not be opened', { device: this.#group.key, retryMs, error });
      this.#later(retryMs, () => this.#open(attempt + 1));
      return;
    }
    if (this.#cancel.aborted) {
      await this.#session?.close();
      return;
    }
    if (this.#session) {
      this.#session.onClosed(this.#onLost);
      await this.#identify(this.#session);
    } else this.#announce(this.#routeWithoutGnp());
  }

  async #identify(session: Session): Promise<void> {
    const [info] = this.#group.paths;
    if (!info) return;
    const family = findProduct(info.productId)?.family ?? null;
    const address = family?.address ?? (await this.#probeAddress(session));
    const device = await this.#identifyRoute(session, address, 0, (identity) => ({
      key: this.#group.key,
      transport: this.#transport,
      parentKey: null,
      physicalPort: info.physicalPort,
      productId: info.productId,
      family,
      identity: { ...identity, name: identity.name ?? info.product, serial: identity.serial ?? info.serial },
    }));
    if (family?.hasChildren && device) await this.#watchChildren(session, device);
  }

  /** Where an unknown product answers: fwupd's default for headsets, then its address for dongles. */
  async #probeAddress(session: Session): Promise<number> {
    try {
      await session.read(dfuProductId, Address.headsetViaUsb, this.#options);
    } catch (error) {
      if (error instanceof DeviceError && (error.reason === 'no-device-at-address' || error.code === 'timeout')) return Address.base;
      if (!(error instanceof DeviceError) || error.code !== 'rejected') throw error;
    }
    return Address.headsetViaUsb;
  }

  /** Reads the identity at an address and announces the route; gives the device that was made for it. */
  async #identifyRoute(
    session: Session,
    address: number,
    attempt: number,
    toRoute: (identity: DeviceIdentity) => Omit<Route, 'device'>,
  ): Promise<GnpDevice | null> {
    const route = toRoute(await readIdentity(session, address, this.#options));
    if (this.#cancel.aborted) return null;
    const { family, identity, productId } = route;
    const productIds = identity.dfuProductId === null ? [productId] : [productId, identity.dfuProductId];
    const bus = this.#group.paths[0]?.bus ?? 'usb';
    const wires = selectWires({ family, bus, productIds, version: identity.version, operatorMappings: this.#context.operatorMappings });
    const device = new GnpDevice(session, address, family, wires);
    this.#announce({ ...route, device });
    if (!identity.complete) {
      this.#later(identityRetryMs[attempt], async () => {
        if (this.#routes.has(route.key)) await this.#identifyRoute(session, address, attempt + 1, toRoute);
      });
    }
    return device;
  }

  async #watchChildren(session: Session, dongle: GnpDevice): Promise<void> {
    const check = (): Promise<void> => this.#mailbox.post(() => this.#checkChild(session, dongle));
    dongle.onEvent((event) => {
      if (event.kind === 'children') void check();
    });
    session.onEvent((packet) => {
      if (packet.source === Address.headset1 && !this.#routes.has(this.#childKey)) void check();
    });
    const look = async (): Promise<void> => {
      this.#later(childLookMs, look);
      await this.#checkChild(session, dongle);
    };
    await look();
  }

  get #childKey(): string {
    return `${this.#group.key}/child`;
  }

  async #checkChild(session: Session, dongle: GnpDevice): Promise<void> {
    const [info] = this.#group.paths;
    const productId = await dongle.child(this.#options);
    const known = this.#routes.get(this.#childKey);
    if (known && known.productId !== productId) this.#withdraw(this.#childKey);
    if (productId === null || known?.productId === productId || !info) return;
    const family = findProduct(productId)?.family ?? null;
    await this.#identifyRoute(session, Address.headset1, 0, (identity) => ({
      key: this.#childKey,
      transport: 'dongle',
      parentKey: this.#group.key,
      physicalPort: info.physicalPort,
      productId,
      family,
      identity: { ...identity, dfuProductId: identity.dfuProductId ?? productId },
    }));
  }

  #routeWithoutGnp(): Route {
    const [info] = this.#group.paths;
    const productId = info?.productId ?? 0;
    return {
      key: this.#group.key,
      transport: this.#transport,
      parentKey: null,
      physicalPort: info?.physicalPort ?? '',
      productId,
      family: findProduct(productId)?.family ?? null,
      identity: {
        name: info?.product ?? null,
        serial: info?.serial ?? null,
        version: null,
        dfuProductId: null,
        updateProtocol: null,
        complete: true,
      },
      device: null,
    };
  }

  #announce(route: Route): void {
    if (this.#cancel.aborted) return;
    this.#routes.set(route.key, route);
    this.#context.listener.routeUp(route);
  }

  #withdraw(key: string): void {
    if (this.#routes.delete(key)) this.#context.listener.routeDown(key);
  }
}
