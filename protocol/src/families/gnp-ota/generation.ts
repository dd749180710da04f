import type { Generation } from '../types.ts';
import { gnpOtaFamilies } from './products.ts';

/** Devices that take firmware over GN Protocol, in blocks, while they go on working. */
export const gnpOta: Generation = {
  families: gnpOtaFamilies,
  updateWay: () => ({ kind: 'over-the-air' }),
};
