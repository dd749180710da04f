import type { Generation, Product, UpdateWay } from '../types.ts';
import { gnpFileFamilies } from './products.ts';

/**
 * Only products of fwupd's table take files for certain: its plug-in names the PanaCast 50 (and ThinkSmart Bar 180), and the catalogue of third parties gives
 * the other video bars other protocol numbers (facts F). Products with an id of their own exist on virtual buses only.
 */
export const takesFiles = ({ source }: Product): boolean => source === 'vendor' || source === 'synthetic';

/** Video bars, which take firmware as one file. */
export const gnpFile: Generation = {
  families: gnpFileFamilies,
  updateWay: ({ product }): UpdateWay => (takesFiles(product) ? { kind: 'file-transfer' } : { kind: 'none', reason: 'not-vouched' }),
};
