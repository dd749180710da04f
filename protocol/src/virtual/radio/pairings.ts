import { bluetoothAddressOf, sameAddress } from './address.ts';
import type { RadioHeadset } from './headset.ts';

/** How many a virtual dongle remembers; how many real ones do is not public. */
export const pairingPlaces = 8;

/**
 * The headsets that a dongle remembers, each in a place of its own. A place that was given up stays empty until the next pairing, so that what reads the
 * list by "next index" has something to skip. It outlasts unplugging and power cuts.
 */
export class Pairings<H extends RadioHeadset> {
  readonly #places: (H | null)[] = [];
  /** The newest last. */
  #byUse: H[] = [];

  /** In the order of their places. */
  get headsets(): readonly H[] {
    return this.#places.filter((headset) => headset !== null);
  }

  /** The headset that was connected last. */
  get latest(): H | null {
    return this.#byUse.at(-1) ?? null;
  }

  has(headset: H): boolean {
    return this.#byUse.includes(headset);
  }

  at(index: number): H | null {
    return this.#places[index] ?? null;
  }

  withAddress(address: Uint8Array): H | null {
    return this.headsets.find(({ serial }) => sameAddress(bluetoothAddressOf(serial), address)) ?? null;
  }

  /** The first place behind `index` that somebody is in, null where there is none. */
  after(index: number): number | null {
    const next = this.#places.findIndex((headset, place) => place > index && headset !== null);
    return next < 0 ? null : next;
  }

  /** Remembers a headset as the one that was used last; the one that wasn't for the longest time gives way. */
  use(headset: H): void {
    if (!this.has(headset)) {
      const oldest = this.#byUse.length >= pairingPlaces ? this.#byUse[0] : undefined;
      if (oldest) this.remove(oldest);
      const free = this.#places.indexOf(null);
      this.#places[free < 0 ? this.#places.length : free] = headset;
    }
    this.#byUse = [...this.#byUse.filter((other) => other !== headset), headset];
  }

  remove(headset: H): void {
    this.#byUse = this.#byUse.filter((other) => other !== headset);
    const place = this.#places.indexOf(headset);
    if (place >= 0) this.#places[place] = null;
  }

  clear(): void {
    this.#byUse = [];
    this.#places.length = 0;
  }
}
