import type { Family, FoundProduct, Generation, GenerationId, UpdateWay } from './types.ts';

/** Every product that is known, found by its ids. */
export interface Catalogue {
  /** Every family, those without an id in the contract included. */
  readonly families: readonly Family[];
  /** Looks a USB or DFU product id up; null for a product that the catalogue doesn't know. */
  findProduct(productId: number): FoundProduct | null;
  /** Looks a family up by its id in settings-v1. */
  findFamily(id: string): Family | null;
  /** How firmware gets onto a product. */
  updateWayOf(found: FoundProduct): UpdateWay;
}

/** Every generation, by type: one that is missing doesn't compile. */
export type Generations = Readonly<Record<GenerationId, Generation>>;

/** Builds a catalogue of generations. Throws `RangeError` where an id stands in two rows: what it names would depend on their order. */
export function buildCatalogue(generations: Generations): Catalogue {
  const families = Object.values(generations).flatMap((generation) => generation.families);
  const byProductId = new Map<number, FoundProduct>();
  const byId = new Map<string, Family>();
  for (const family of families) {
    if (family.id !== 'unknown') {
      if (byId.has(family.id)) throw new RangeError(`the family ${family.id} has two rows`);
      byId.set(family.id, family);
    }
    for (const product of family.products) {
      const { productId } = product;
      if (byProductId.has(productId)) throw new RangeError(`the product id ${productId.toString(16).padStart(4, '0')} has two rows`);
      byProductId.set(productId, { family, product });
    }
  }
  return {
    families,
    findProduct: (productId) => byProductId.get(productId) ?? null,
    findFamily: (id) => byId.get(id) ?? null,
    updateWayOf: (found) =>
      found.family.id === 'unknown' ? { kind: 'none', reason: 'not-in-contract' } : generations[found.family.generation].updateWay(found),
  };
}
