import type { ShortItem } from './items.ts';

/** Pairs a minimum with its maximum, whichever comes first. */
export class BoundPair {
  #minimum: ShortItem | null = null;
  #maximum: ShortItem | null = null;

  get isHalf(): boolean {
    return this.#minimum !== null || this.#maximum !== null;
  }

  lower(item: ShortItem, complete: (minimum: ShortItem, maximum: ShortItem) => void): void {
    this.#minimum = item;
    this.#close(complete);
  }

  upper(item: ShortItem, complete: (minimum: ShortItem, maximum: ShortItem) => void): void {
    this.#maximum = item;
    this.#close(complete);
  }

  #close(complete: (minimum: ShortItem, maximum: ShortItem) => void): void {
    const minimum = this.#minimum;
    const maximum = this.#maximum;
    if (minimum === null || maximum === null) return;
    this.#minimum = null;
    this.#maximum = null;
    complete(minimum, maximum);
  }
}
