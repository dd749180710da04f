import { buildCatalogue, type Generations } from './catalogue.ts';
import { gnpFile } from './gnp-file/generation.ts';
import { gnpOta } from './gnp-ota/generation.ts';
import { legacySpeak } from './legacy-speak/generation.ts';
import type { Family, FoundProduct, UpdateWay } from './types.ts';

/** GN Audio's USB vendor id. */
export const jabraVendorId = 0x0b0e;

/** Adding a generation is a folder and a line here. */
export const generations = {
  'gnp-ota': gnpOta,
  'gnp-file': gnpFile,
  'legacy-speak': legacySpeak,
} as const satisfies Generations;

/** Every product that this library knows. */
export const catalogue = buildCatalogue(generations);

/** Every family, those without an id in the contract included. */
export const families: readonly Family[] = catalogue.families;

/** Looks a USB or DFU product id up; null for a product that the catalogue doesn't know. */
export const findProduct = (productId: number): FoundProduct | null => catalogue.findProduct(productId);

/** Looks a family up by its id in settings-v1. */
export const findFamily = (id: string): Family | null => catalogue.findFamily(id);

/** How firmware gets onto a product. */
export const updateWayOf = (found: FoundProduct): UpdateWay => catalogue.updateWayOf(found);
