import { buildFirmwarePackage } from '@jpd/protocol/firmware';
import type { VirtualDevice } from '@jpd/protocol/virtual';

/** Some firmware, and what of it is to run on the device, by partition. */
export interface BuiltPackage {
  readonly zip: Uint8Array;
  readonly version: string;
  readonly images: ReadonlyMap<number, Uint8Array>;
}

const content = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * seed + (index >> 8)) & 0xff);

/** Builds a package for a device: an image for each of `lengths`, the first for partition 1. */
export function packageFor({ state }: VirtualDevice, version: string, lengths: readonly number[] = [3000, 1111]): BuiltPackage {
  const images = new Map(lengths.map((length, index) => [index + 1, content(length, 7 + 4 * index)]));
  const zip = buildFirmwarePackage({
    productName: state.family.name,
    version,
    dfuProductIds: [state.dfuProductId],
    images: [...images].map(([partition, bytes]) => ({ partition, content: bytes })),
  });
  return { zip, version, images };
}
