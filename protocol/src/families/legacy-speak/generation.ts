import type { FoundProduct, Generation, UpdateWay } from '../types.ts';
import { legacySpeakFamilies } from './products.ts';

function updateWay({ family, product: { detach, productId } }: FoundProduct): UpdateWay {
  if (detach) return { kind: 'usb-dfu', detach };
  const isBootMode = family.products.some((other) => other.detach?.bootProductId === productId);
  return isBootMode ? { kind: 'usb-dfu', detach: null } : { kind: 'none', reason: 'not-vouched' };
}

/** Speakerphones that take firmware over USB DFU, in a boot mode that they have to be told to restart in. */
export const legacySpeak: Generation = { families: legacySpeakFamilies, updateWay };
