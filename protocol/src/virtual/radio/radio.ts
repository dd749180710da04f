import { Address } from '../../frames/index.ts';
import type { Timer } from '../../session/clock.ts';
import type { CallControl } from '../capabilities/call-control.ts';
import type { DeviceHost } from '../device-host.ts';
import { VirtualError } from '../errors.ts';
import { bluetoothAddressOf, sameAddress } from './address.ts';
import { connectionEvent, endedEvent, foundEvent, nameEvent, type RadioEvent } from './events.ts';
import type { RadioHeadset } from './headset.ts';
import { Pairings } from './pairings.ts';
import { radioTiming } from './timing.ts';

/** How a headset is in range. */
export interface AirOptions {
  /** In pairing mode: a search finds it, and it lets itself be paired. Default: no. */
  readonly discoverable?: boolean;
  /** From its address to its name in a search, milliseconds; null: it never tells it. Default: 700. */
  readonly nameMs?: number | null;
}

/** What the radio needs of its dongle. */
export interface RadioDongle {
  readonly calls: CallControl;
  /** The setting `autoPairing`. */
  autoPairs(): boolean;
  event(event: RadioEvent): void;
}

/**
 * The radio of a dongle: the headsets near it, those that it remembers, and the one that is connected.
 *
 * INVARIANTS: at most one headset is connected, and it is remembered and in range. What was under way ends with the power; range, pairings and the
 * connection itself outlast it.
 */
export class VirtualRadio<H extends RadioHeadset> {
  readonly #dongle: RadioDongle;
  readonly #pairings = new Pairings<H>();
  readonly #nearby = new Map<H, Required<AirOptions>>();
  readonly #known = new Set<H>();
  /** Headsets without power for a moment. */
  readonly #comingBack = new Map<H, Timer>();
  readonly #timers = new Set<Timer>();
  #host: DeviceHost | null = null;
  #child: H | null = null;
  #linking: H | null = null;
  #linkTimer: Timer | null = null;
  #search: readonly Timer[] | null = null;

  constructor(dongle: RadioDongle) {
    this.#dongle = dongle;
  }

  /** The headset that is connected. */
  get child(): H | null {
    return this.#child;
  }

  /** What the dongle remembers. */
  get pairings(): Pairings<H> {
    return this.#pairings;
  }

  /** Every headset that ever was in range. */
  get known(): readonly H[] {
    return [...this.#known];
  }

  get isSearching(): boolean {
    return this.#search !== null;
  }

  isInRange(headset: H): boolean {
    return this.#nearby.has(headset);
  }

  isDiscoverable(headset: H): boolean {
    return this.#nearby.get(headset)?.discoverable ?? false;
  }

  /** The dongle was plugged in. With `autoPairing` it pairs with the first headset in pairing mode where none that it knows is there (the tool's words on 13/40). */
  powerOn(host: DeviceHost): void {
    this.#host = host;
    if (this.#child) {
      this.#reach(this.#child, host);
      return;
    }
    const { latest } = this.#pairings;
    if (latest && this.#nearby.has(latest)) this.#linkSoon(latest, radioTiming.connectMs);
    else if (this.#dongle.autoPairs() && this.#firstDiscoverable())
      this.#after(radioTiming.autoPairMs, () => {
        const first = this.#firstDiscoverable();
        if (first && !this.#child && !this.#linking) this.pair(bluetoothAddressOf(first.serial));
      });
  }

  powerOff(): void {
    this.#host = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#search = null;
    this.#linking = null;
    this.#child?.disconnect();
  }

  /** A headset comes into range, switched on; the one that was connected last is connected again. */
  bring(headset: H, { discoverable = false, nameMs = radioTiming.nameMs }: AirOptions = {}): void {
    this.#stopComingBack(headset);
    this.#known.add(headset);
    this.#nearby.set(headset, { discoverable, nameMs });
    if (!this.#host || this.#child === headset) return;
    if (this.#pairings.latest === headset && !this.#child && !this.#linking) this.#linkSoon(headset, radioTiming.connectMs);
    if (this.#search) this.#find(headset, radioTiming.foundMs);
  }

  /** A headset leaves the range, or is switched off. */
  take(headset: H): void {
    this.#stopComingBack(headset);
    this.#nearby.delete(headset);
    if (this.#child === headset) this.#drop(headset);
  }

  /** A headset comes, is paired and connected at once. Throws `VirtualError` where another one is connected. */
  attach(headset: H): void {
    if (this.#child === headset) return;
    if (this.#child) throw new VirtualError('not-supported', `${this.#child.serial} is on the dongle already`);
    this.#stopComingBack(headset);
    this.#known.add(headset);
    this.#nearby.set(headset, { discoverable: false, nameMs: this.#nearby.get(headset)?.nameMs ?? radioTiming.nameMs });
    this.#linking = null;
    this.#pairings.use(headset);
    this.#child = headset;
    if (!this.#host) return;
    this.#reach(headset, this.#host);
    this.#dongle.event(connectionEvent(headset, true));
  }

  /** The connected headset leaves the range; one that is without power for a moment stays away. */
  detach(): void {
    for (const headset of this.#comingBack.keys()) this.#stopComingBack(headset);
    if (this.#child) this.take(this.#child);
  }

  /** Starts to tell the headsets in pairing mode, and ends after `seconds`. A second search takes the place of the first. */
  search(seconds: number): void {
    for (const timer of this.#search ?? []) timer.cancel();
    this.#search = [
      this.#after(seconds * 1000, () => {
        this.#search = null;
        this.#dongle.event(endedEvent());
      }),
    ];
    let order = 1;
    for (const headset of this.#nearby.keys()) this.#find(headset, radioTiming.foundMs * order++);
  }

  /** Starts pairing; nothing comes of it where no such headset is in range and in pairing mode. The connected headset gives way to the new one. */
  pair(address: Uint8Array): void {
    const headset = [...this.#nearby.keys()].find((one) => this.isDiscoverable(one) && sameAddress(bluetoothAddressOf(one.serial), address));
    if (headset) this.#linkSoon(headset, radioTiming.pairMs, () => this.isDiscoverable(headset));
  }

  /** Starts to connect; nothing comes of it where the headset is out of range. False where the dongle doesn't know it, or is connected to another one. */
  connect(address: Uint8Array): boolean {
    const headset = this.#pairings.withAddress(address);
    if (!headset || (this.#child && this.#child !== headset)) return false;
    if (this.#child !== headset && this.#nearby.has(headset)) this.#linkSoon(headset, radioTiming.connectMs);
    return true;
  }

  /** The headset stays in range and paired. */
  disconnect(address: Uint8Array): void {
    const isMeant = (headset: H | null): headset is H => headset !== null && sameAddress(bluetoothAddressOf(headset.serial), address);
    if (isMeant(this.#linking)) this.#linking = null;
    const child = this.#child;
    if (isMeant(child)) this.#dropSoon(child);
  }

  /** False where nobody is in that place, or the headset is connected. */
  remove(index: number): boolean {
    const headset = this.#pairings.at(index);
    if (!headset || headset === this.#child) return false;
    this.#pairings.remove(headset);
    return true;
  }

  clear(): void {
    this.#pairings.clear();
    this.#linking = null;
    if (this.#child) this.#dropSoon(this.#child);
  }

  #firstDiscoverable(): H | null {
    return [...this.#nearby.keys()].find((headset) => this.isDiscoverable(headset)) ?? null;
  }

  #find(headset: H, foundMs: number): void {
    const stillThere = (): boolean => this.#search !== null && this.isDiscoverable(headset);
    const found = this.#after(foundMs, () => {
      if (!stillThere()) return;
      this.#dongle.event(foundEvent(headset));
      const { nameMs } = this.#nearby.get(headset) ?? { nameMs: null };
      if (nameMs === null) return;
      const named = this.#after(nameMs, () => {
        if (stillThere()) this.#dongle.event(nameEvent(headset));
      });
      this.#search = [...(this.#search ?? []), named];
    });
    this.#search = [...(this.#search ?? []), found];
  }

  #linkSoon(headset: H, milliseconds: number, isWilling: () => boolean = () => true): void {
    this.#linkTimer?.cancel();
    this.#linking = headset;
    this.#linkTimer = this.#after(milliseconds, () => {
      if (this.#linking !== headset) return;
      this.#linking = null;
      if (!this.#nearby.has(headset) || !isWilling() || this.#child === headset || headset.connected) return;
      if (this.#child) this.#drop(this.#child);
      this.attach(headset);
    });
  }

  #dropSoon(child: H): void {
    this.#after(radioTiming.disconnectMs, () => {
      if (this.#child === child) this.#drop(child);
    });
  }

  #drop(child: H): void {
    this.#child = null;
    child.disconnect();
    this.#dongle.event(connectionEvent(child, false));
  }

  #reach(child: H, host: DeviceHost): void {
    const viaDongle: DeviceHost = {
      clock: host.clock,
      calls: this.#dongle.calls,
      send: (report) => {
        if (this.#host === host) host.send(report);
      },
      leave: (backAfterMs) => {
        if (this.#child !== child) return;
        this.take(child);
        if (backAfterMs === null) return;
        this.#comingBack.set(
          child,
          host.clock.setTimer(backAfterMs, () => {
            this.#comingBack.delete(child);
            if (this.#child === null && this.#pairings.has(child)) this.attach(child);
            else this.bring(child);
          }),
        );
      },
    };
    child.connect(viaDongle, Address.headset1);
  }

  #stopComingBack(headset: H): void {
    this.#comingBack.get(headset)?.cancel();
    this.#comingBack.delete(headset);
  }

  /** Only while the dongle has power. */
  #after(milliseconds: number, act: () => void): Timer {
    const clock = this.#host?.clock;
    if (!clock) return { cancel: () => undefined };
    const timer = clock.setTimer(milliseconds, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
    return timer;
  }
}
