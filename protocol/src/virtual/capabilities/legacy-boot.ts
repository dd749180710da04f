import { isDetachReport } from '../../families/legacy-speak/detach/index.ts';
import type { VirtualState } from '../state.ts';

/**
 * Whether a report restarts this device in its boot mode (facts E12). It is then a USB DFU device: no HID path is left, until it loses its power or DFU
 * is done. What DFU does to it is not modelled: that is the operating system's business.
 */
export function bootsFrom(report: Uint8Array, { productId, family }: VirtualState): boolean {
  const detach = family.products.find((product) => product.productId === productId)?.detach;
  return detach !== undefined && isDetachReport(report, detach);
}
