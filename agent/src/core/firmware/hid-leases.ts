import { type Clock, type HidChannel, type HidPathInfo, type HidPort, jabraVendorId, type Timer } from '@jpd/protocol';
import { groupPaths } from '../devices/grouping.ts';

/** How long others may take to let a device go. What a system can't close is gone, or held by nobody who writes. */
const letGoMs = 5000;

/** A device that belongs to an update, wherever it is plugged. */
export interface HidLease {
  /** How it was listed; `serial` is null where the port says which device is meant. */
  readonly info: HidPathInfo;
  /** The bus with nothing on it but this device. */
  readonly port: HidPort;
  /** Whether it is listed now. */
  isPlugged(): Promise<boolean>;
  /** Others find it again. */
  release(): void;
}

interface Tracked {
  readonly info: HidPathInfo;
  readonly onClosed: Set<() => void>;
}

/** Another way than a cable is no way to update it: a radio link of this PC is another path of the same device. */
const isMeant = (info: HidPathInfo, { serial, physicalPort }: HidPathInfo): boolean =>
  info.bus !== 'bluetooth' && (serial === null ? info.physicalPort === physicalPort : info.serial === serial);

/**
 * The HID bus as the rest of the agent sees it: a device that is leased to an update isn't there. So whoever talks to it lets it go by himself, and finds
 * it again afterwards.
 */
export class HidLeases implements HidPort {
  readonly #port: HidPort;
  readonly #clock: Clock;
  readonly #leased = new Set<HidPathInfo>();
  readonly #open = new Set<Tracked>();
  readonly #listeners = new Set<() => void>();

  constructor(port: HidPort, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  async list(vendorId: number): Promise<HidPathInfo[]> {
    const listed = await this.#port.list(vendorId);
    return this.#leased.size === 0 ? listed : listed.filter((info) => ![...this.#leased].some((leased) => isMeant(info, leased)));
  }

  onChange(listener: () => void): () => void {
    const own = (): void => {
      listener();
    };
    this.#listeners.add(own);
    const end = this.#port.onChange(own);
    return () => {
      this.#listeners.delete(own);
      end();
    };
  }

  async open(info: HidPathInfo): Promise<HidChannel> {
    const channel = await this.#port.open(info);
    const tracked: Tracked = { info, onClosed: new Set() };
    this.#open.add(tracked);
    const closed = (): void => {
      this.#open.delete(tracked);
      for (const tell of tracked.onClosed) tell();
    };
    channel.onClosed(closed);
    return {
      descriptor: channel.descriptor,
      ...(channel.isVirtual === undefined ? {} : { isVirtual: channel.isVirtual }),
      write: (report) => channel.write(report),
      onReport: (listener) => channel.onReport(listener),
      onClosed: (listener) => channel.onClosed(listener),
      close: async () => {
        try {
          await channel.close();
        } finally {
          closed();
        }
      },
    };
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  /**
   * Takes the device whose paths are the group `key` away from everybody else; null where it isn't listed. Resolves when nobody has it open.
   * `byPort`: its serial number isn't its own.
   */
  async lease(key: string, byPort: boolean): Promise<HidLease | null> {
    const [listed] = groupPaths(await this.#port.list(jabraVendorId)).find((group) => group.key === key)?.paths ?? [];
    if (!listed) return null;
    const info: HidPathInfo = byPort ? { ...listed, serial: null } : listed;
    this.#leased.add(info);
    this.#changed();
    await this.#letGo(info);
    return {
      info,
      port: this.#only(info),
      isPlugged: async () => (await this.#port.list(info.vendorId)).some((other) => isMeant(other, info)),
      release: () => {
        if (this.#leased.delete(info)) this.#changed();
      },
    };
  }

  #only(info: HidPathInfo): HidPort {
    return {
      list: async (vendorId) => (await this.#port.list(vendorId)).filter((other) => isMeant(other, info)),
      onChange: (listener) => this.#port.onChange(listener),
      open: (path) => this.#port.open(path),
      // What is open belongs to the update.
      close: () => Promise.resolve(),
    };
  }

  #letGo(info: HidPathInfo): Promise<void> {
    const held = new Set([...this.#open].filter((tracked) => isMeant(tracked.info, info)));
    if (held.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.setTimer(letGoMs, resolve);
      for (const tracked of held) {
        tracked.onClosed.add(() => {
          held.delete(tracked);
          if (held.size > 0) return;
          timer.cancel();
          resolve();
        });
      }
    });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
