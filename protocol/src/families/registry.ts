import { gnpFileFamilies } from './gnp-file/products.ts';
import { gnpOtaFamilies } from './gnp-ota/products.ts';
import { legacySpeakFamilies } from './legacy-speak/products.ts';
import type { Family, GenerationId, Product } from './types.ts';

/** GN Audio's USB vendor id. */
export const jabraVendorId = 0x0b0e;

/** Adding a generation is a folder and a line here. */
const generations = {
  'gnp-ota': gnpOtaFamilies,
  'gnp-file': gnpFileFamilies,
  'legacy-speak': legacySpeakFamilies,
} as const satisfies Readonly<Record<GenerationId, readonly Family[]>>;

/** Every family, those without an id in the contract included. */
export const families: readonly Family[] = Object.values(generations).flat();

const byProductId: ReadonlyMap<number, { readonly family: Family; readonly product: Product }> = new Map(
  families.flatMap((family) => family.products.map((product) => [product.productId, { family, product }] as const)),
);

/** Looks a USB or DFU product id up; null for a product that the catalogue doesn't know. */
export function findProduct(productId: number): { readonly family: Family; readonly product: Product } | null {
  return byProductId.get(productId) ?? null;
}

/** Looks a family up by its id in settings-v1. */
export function findFamily(id: string): Family | null {
  return id === 'unknown' ? null : (families.find((family) => family.id === id) ?? null);
}
