import { createHash } from 'node:crypto';
import { buildFirmwarePackage, type PackageDescription } from '@jpd/protocol/firmware';

/** A package as it lies on a server, and what a desired document says of it but for its address. */
export interface BuiltPackage {
  readonly version: string;
  readonly content: Uint8Array;
  readonly sha256: string;
  readonly size: number;
}

interface PackageWish extends Partial<Omit<PackageDescription, 'images' | 'version'>> {
  readonly version: string;
  /** Of its one image. Small by default: virtual devices take a few hundred kilobytes a second. */
  readonly bytes?: number;
  /** Of the image. */
  readonly crc?: number;
}

/** DFU product ids of the virtual devices of the labs. */
export const dfuProductIds = { evolve275: 0x24da, evolve265: 0x24b3, link380: 0x24c7, speak510: 0x0420 } as const;

/** Builds a package that a virtual device takes; the same wish gives the same bytes. */
export function firmwarePackage({ version, bytes = 2000, crc, ...description }: PackageWish): BuiltPackage {
  const image = noise(bytes);
  const content = buildFirmwarePackage({
    version,
    dfuProductIds: [dfuProductIds.evolve275],
    images: [{ partition: 1, content: image, ...(crc === undefined ? {} : { crc }) }],
    ...description,
  });
  return described(content, version);
}

/** Bytes that no zip makes smaller, the same each time (xorshift32 by Marsaglia). */
function noise(length: number): Uint8Array {
  let state = 0x9e3779b9;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

/** Anything as a package, what it may be. */
export function described(content: Uint8Array, version = '2.3.4'): BuiltPackage {
  return { version, content, sha256: createHash('sha256').update(content).digest('hex'), size: content.length };
}
