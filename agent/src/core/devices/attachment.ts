import {
  CancelSource,
  type Clock,
  DeviceError,
  type DeviceIdentity,
  Dongle,
  findProduct,
  type GnpDevice,
  hasPairing,
  type HidPathInfo,
  type HidPort,
  type OperatorMapping,
  type RequestOptions,
  Session,
  type Timer,
} from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import { Mailbox } from '../mailbox.ts';
import type { Calls } from './calls.ts';
import { ChildWatch } from './child-watch.ts';
import type { DeviceGroup } from './grouping.ts';
import { gnpDevice, identify, identityRetryMs, isIdentified, probeAddress, withEarlier } from './identification.ts';
import { type OpenPath, openGnpPath } from './open-session.ts';
import type { Route, RouteListener } from './route.ts';

/** udev rules, other programs' exclusive handles and slow firmware settle within seconds of plugging; the last wait is repeated. */
const openRetryMs: readonly number[] = [250, 1000, 3000, 10_000, 30_000, 60_000];

export interface AttachmentContext {
  readonly hid: HidPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly listener: RouteListener;
  /** Whoever wants to know of calls. */
  readonly calls?: Calls;
}

interface Conversation {
  readonly path: string;
  readonly session: Session;
  /** One for all who pair: it knows what the adapter still does. */
  readonly pairing: { readonly dongle?: Dongle };
}

/**
 * One physical device as long as it is plugged in: its open session, its route, and the route of a child behind it.
 *
 * INVARIANT: everything it asks of the device runs in its mailbox; once `stop` was called no route is announced any more and every announced one was
 * taken back.
 */
export class Attachment {
  readonly #context: AttachmentContext;
  readonly #group: DeviceGroup;
  readonly #onLost: () => void;
  readonly #mailbox: Mailbox;
  readonly #cancel = new CancelSource();
  readonly #timers = new Set<Timer>();
  readonly #routes = new Set<string>();
  #conversation: Conversation | null = null;
  #children: ChildWatch | null = null;
  #isTooEarly = false;

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

  /** Whether it stands for what is listed now: the same paths, or others around the one that is open (systems make them one after another). */
  covers(group: DeviceGroup): boolean {
    const listed = new Set(group.paths.map(({ path }) => path));
    if (this.#conversation) return listed.has(this.#conversation.path);
    if (this.#isTooEarly) return false;
    const mine = new Set(this.#group.paths.map(({ path }) => path));
    return mine.size === listed.size && [...mine].every((path) => listed.has(path));
  }

  /** Resolves when the first attempt to identify the device has ended, well or not. */
  start(): Promise<void> {
    return this.#mailbox.post(() => this.#open(0));
  }

  /**
   * The same in the first moments of a device, when some of its paths may be missing and rights not be given yet: where no conversation can be had it
   * says nothing and covers nothing, so that the next pass begins anew.
   */
  startEarly(): Promise<void> {
    return this.#mailbox.post(async () => {
      this.#isTooEarly = true;
      const path = await openGnpPath(this.#context.hid, this.#group).catch(() => null);
      if (!path) return;
      this.#isTooEarly = false;
      await this.#converse(path, 0);
    });
  }

  /** The device is gone, or the agent ends. Never rejects. */
  async stop(): Promise<void> {
    this.#cancel.cancel();
    for (const timer of this.#timers) timer.cancel();
    await this.#hangUp();
    await this.#mailbox.idle();
  }

  get #options(): RequestOptions {
    return { signal: this.#cancel.signal };
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
    const { hid } = this.#context;
    let path: OpenPath | null;
    try {
      path = await openGnpPath(hid, this.#group);
    } catch (error) {
      this.#openLater(attempt, error);
      return;
    }
    if (!path) {
      this.#announce({ ...this.#place, ...this.#asListed, device: null });
      return;
    }
    await this.#converse(path, attempt);
  }

  async #converse(path: OpenPath, attempt: number): Promise<void> {
    const { clock } = this.#context;
    const session = new Session(path.channel, clock);
    this.#conversation = { path: path.info.path, session, pairing: this.#pairingOver(session) };
    this.#context.calls?.begin(this.#group, path.info, path.channel);
    try {
      session.onClosed(this.#onLost);
      if (this.#cancel.aborted) await this.#hangUp();
      else await this.#round(session, 0, null);
    } catch (error) {
      if (this.#cancel.aborted || !(error instanceof DeviceError) || error.code !== 'disconnected') throw error;
      // It takes nothing, though nobody said that the path failed.
      await this.#hangUp();
      this.#openLater(attempt, error);
    }
  }

  #openLater(attempt: number, error: unknown): void {
    const retryMs = openRetryMs[attempt] ?? openRetryMs.at(-1);
    this.#context.log[attempt === 0 ? 'warn' : 'debug']('a device could not be opened', { device: this.#group.key, retryMs, error });
    this.#later(retryMs, () => this.#open(attempt + 1));
  }

  async #hangUp(): Promise<void> {
    for (const key of this.#routes) this.#withdraw(key);
    this.#children?.end();
    this.#children = null;
    const conversation = this.#conversation;
    this.#conversation = null;
    conversation?.pairing.dongle?.close();
    // What cannot be closed is gone.
    await Promise.allSettled([conversation?.session.close(), this.#context.calls?.end(this.#group.key)]);
  }

  /** Asks the device who it is, and later again what it left unanswered. */
  async #round(session: Session, round: number, before: DeviceIdentity | null): Promise<void> {
    const [info] = this.#group.paths;
    if (!info || this.#conversation?.session !== session) return;
    const { bus, productId } = info;
    const { operatorMappings, clock } = this.#context;
    const { family, identity: listed } = this.#asListed;
    const address = family?.address ?? (await probeAddress(session, this.#options));
    const identity = withEarlier(await identify(session, address, clock, this.#options), before);
    if (this.#cancel.aborted) return;
    if (!identity.complete) this.#later(identityRetryMs[round], () => this.#round(session, round + 1, identity));
    if (!isIdentified(identity, round, false)) return;
    const device = gnpDevice(session, { address, family, bus, productId, identity, operatorMappings });
    const named = { ...identity, name: identity.name ?? listed.name, serial: identity.serial ?? listed.serial };
    this.#announce({ ...this.#place, ...this.#conversation.pairing, productId, family, identity: named, device });
    if (family?.hasChildren && !this.#children) await this.#watchChildren(session, device, info);
  }

  #watchChildren(session: Session, dongle: GnpDevice, info: HidPathInfo): Promise<void> {
    const { operatorMappings, clock, log } = this.#context;
    this.#children = new ChildWatch({
      session,
      dongle,
      info,
      key: this.#group.key,
      operatorMappings,
      clock,
      log,
      options: this.#options,
      post: (task) => this.#mailbox.post(task),
      later: (milliseconds, task) => {
        this.#later(milliseconds, task);
      },
      announce: (route) => {
        this.#announce(route);
      },
      withdraw: (key) => {
        this.#withdraw(key);
      },
    });
    return this.#children.start();
  }

  #pairingOver(session: Session): Conversation['pairing'] {
    const { family } = this.#asListed;
    const [info] = this.#group.paths;
    return family && info && hasPairing({ family, bus: info.bus })
      ? { dongle: new Dongle(session, this.#context.clock, { address: family.address }) }
      : {};
  }

  /** What is the same for a device however much it tells. */
  get #place(): Pick<Route, 'key' | 'transport' | 'parentKey' | 'physicalPort' | 'arrival'> {
    const [info] = this.#group.paths;
    const transport = info?.bus === 'bluetooth' ? 'bluetooth' : 'usb';
    return { key: this.#group.key, transport, parentKey: null, physicalPort: info?.physicalPort ?? '', arrival: 0 };
  }

  /** What the system says of it. */
  get #asListed(): Pick<Route, 'productId' | 'family' | 'identity'> {
    const [info] = this.#group.paths;
    const productId = info?.productId ?? 0;
    const identity = { version: null, dfuProductId: null, updateProtocol: null, complete: true };
    return {
      productId,
      family: findProduct(productId)?.family ?? null,
      identity: { ...identity, name: info?.product ?? null, serial: info?.serial ?? null },
    };
  }

  #announce(route: Route): void {
    if (this.#cancel.aborted) return;
    this.#routes.add(route.key);
    this.#context.listener.routeUp(route);
  }

  #withdraw(key: string): void {
    if (this.#routes.delete(key)) this.#context.listener.routeDown(key);
  }
}
