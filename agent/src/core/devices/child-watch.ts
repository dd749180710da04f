import {
  Address,
  type Clock,
  DeviceError,
  type DeviceIdentity,
  findProduct,
  type GnpDevice,
  type HidPathInfo,
  type OperatorMapping,
  type RequestOptions,
  serialNumber,
  type Session,
} from '@jpd/protocol';
import type { Log } from '../../ports/index.ts';
import { gnpDevice, identify, identityRetryMs, isIdentified, withEarlier } from './identification.ts';
import type { Route } from './route.ts';

/** Dongles tell when a child comes or goes; this look finds what the telling missed. */
const childLookMs = 60_000;

/** The dongle's side of its child. */
export interface ChildWatchHost {
  readonly session: Session;
  readonly dongle: GnpDevice;
  /** Of the dongle. */
  readonly key: string;
  readonly info: HidPathInfo;
  readonly operatorMappings: readonly OperatorMapping[];
  readonly clock: Clock;
  readonly log: Log;
  readonly options: RequestOptions;
  /** Runs what asks the device, one at a time. */
  readonly post: (task: () => Promise<void>) => Promise<void>;
  /** The same, later. */
  readonly later: (milliseconds: number | undefined, task: () => Promise<void>) => void;
  readonly announce: (route: Route) => void;
  readonly withdraw: (key: string) => void;
}

/** The headset that is behind the dongle now. */
interface Child {
  readonly productId: number;
  readonly identity: DeviceIdentity;
}

/** Watches the headset behind a dongle or base: a route of its own that comes and goes. Runs in the dongle's mailbox. */
export class ChildWatch {
  readonly #host: ChildWatchHost;
  readonly #key: string;
  #child: Child | null = null;
  #arrivals = 0;
  #unanswered = 0;
  #ended = false;

  constructor(host: ChildWatchHost) {
    this.#host = host;
    this.#key = `${host.key}/child`;
  }

  /** Resolves when the headset that is there was identified. Listens until the session ends. */
  async start(): Promise<void> {
    const { session, dongle, post } = this.#host;
    dongle.onEvent((event) => {
      if (event.kind === 'children') void post(() => this.#check(true));
    });
    session.onEvent(({ source }) => {
      if (source === Address.headset1 && !this.#child) void post(() => this.#check(false));
    });
    await this.#look();
  }

  /** The session ended. */
  end(): void {
    this.#ended = true;
  }

  async #look(): Promise<void> {
    if (this.#ended) return;
    this.#host.later(childLookMs, () => this.#look());
    await this.#check(false);
  }

  /** `wasTold`: the dongle said that a headset came or went, which can be over before it is asked. */
  async #check(wasTold: boolean): Promise<void> {
    if (this.#ended) return;
    const productId = await this.#present();
    if (productId === undefined) {
      this.#host.later(identityRetryMs[this.#unanswered], () => this.#check(wasTold));
      this.#unanswered += 1;
      return;
    }
    this.#unanswered = 0;
    const known = this.#child;
    if (known && (productId !== known.productId || !(await this.#isStill(known)))) this.#leave();
    if (productId === null) return;
    if (!this.#child || wasTold) await this.#identify(productId, 0, this.#child);
  }

  /** DFU product id of the headset, null where none is there, undefined where the dongle doesn't say. */
  async #present(): Promise<number | null | undefined> {
    try {
      return await this.#host.dongle.child(this.#host.options);
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code === 'disconnected' || error.code === 'cancelled') throw error;
      this.#host.log.debug('a dongle did not say what is behind it', { device: this.#host.key, error });
      return undefined;
    }
  }

  /** Whether it is the same headset, not another one of its model. */
  async #isStill({ identity }: Child): Promise<boolean> {
    if (identity.serial === null) return true;
    try {
      const serial = await this.#host.session.read(serialNumber, Address.headset1, this.#host.options);
      return serial.trim() === identity.serial;
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code === 'disconnected' || error.code === 'cancelled') throw error;
      return true;
    }
  }

  /** Reads who it is. `before`: the child this is about, null for one that just came. */
  async #identify(productId: number, round: number, before: Child | null): Promise<void> {
    const { session, clock, options, later } = this.#host;
    const read = await identify(session, Address.headset1, clock, options, ({ dfuProductId }) => dfuProductId === productId);
    if (this.#ended || before !== this.#child) return;
    // It answered this very question before: it left, or another one came, while it was asked.
    const isAnother = read.dfuProductId !== null && read.dfuProductId !== productId;
    if (isAnother || (read.complete && read.dfuProductId === null)) {
      this.#leave();
      if (isAnother) void this.#host.post(() => this.#check(false));
      return;
    }
    const identity = withEarlier(read, before?.identity ?? null);
    const child: Child = { productId, identity };
    this.#child = child;
    // Asked anew because the dongle told something: it may have been away.
    if (round === 0) this.#arrivals += 1;
    if (isIdentified(identity, round, true)) this.#announce(child);
    if (!identity.complete) {
      later(identityRetryMs[round], async () => {
        if (this.#child === child) await this.#identify(productId, round + 1, child);
      });
    }
  }

  #announce({ productId, identity }: Child): void {
    const { session, info, key, operatorMappings, announce } = this.#host;
    const family = findProduct(productId)?.family ?? null;
    announce({
      key: this.#key,
      transport: 'dongle',
      parentKey: key,
      physicalPort: info.physicalPort,
      productId,
      family,
      identity: { ...identity, dfuProductId: identity.dfuProductId ?? productId },
      device: gnpDevice(session, { address: Address.headset1, family, bus: info.bus, productId, identity, operatorMappings }),
      arrival: this.#arrivals,
    });
  }

  #leave(): void {
    this.#child = null;
    this.#host.withdraw(this.#key);
  }
}
