import { imagesFor } from './choice.ts';
import { FirmwarePackageError } from './errors.ts';
import type { FirmwarePackage } from './image.ts';

/** What counts when a package meets a device. */
export interface PackageTarget {
  /** What the device answers to GNP 02/13; null where it didn't answer. Its USB product id says nothing: UC and MS siblings share one package. */
  readonly dfuProductId: number | null;
  /** Windows language id, English by default. */
  readonly language?: number;
}

/**
 * Why a package must not be sent to a device.
 * `other-product`: it is for others. `unknown-product`: the device didn't say what it is. `no-image`, `ambiguous-image`: see `imagesFor`.
 */
export interface PackageProblem {
  readonly reason: 'other-product' | 'unknown-product' | 'no-image' | 'ambiguous-image';
  /** For a person. */
  readonly message: string;
}

const productName = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

/**
 * Whether a package is for a device: null where it is. Devices of one design that are sold under several USB product ids (UC and MS siblings) have one
 * DFU product id, the one that the package names; fwupd compares these two as well.
 */
export function packageProblem(firmware: FirmwarePackage, { dfuProductId, language }: PackageTarget): PackageProblem | null {
  const title = `${firmware.productName} ${firmware.version}`;
  if (dfuProductId === null)
    return { reason: 'unknown-product', message: `the device doesn't say which firmware it takes, so ${title} can't be checked against it` };
  if (!firmware.dfuProductIds.includes(dfuProductId)) {
    const others = firmware.dfuProductIds.map(productName).join(', ');
    return { reason: 'other-product', message: `${title} is for DFU product ${others}, the device takes ${productName(dfuProductId)}` };
  }
  try {
    imagesFor(firmware, language === undefined ? {} : { language });
    return null;
  } catch (error) {
    if (error instanceof FirmwarePackageError && (error.code === 'no-image' || error.code === 'ambiguous-image'))
      return { reason: error.code, message: error.message };
    throw error;
  }
}
