/** What a package may ask of us. Each figure is checked before it costs memory or time, and again while bytes come out. */
export interface FirmwareLimits {
  readonly packageBytes: number;
  /** Entries of the zip, folders included. */
  readonly entries: number;
  /** All entries unpacked. */
  readonly unpackedBytes: number;
  /** Unpacked to packed, of an entry that is larger than `ratioFreeBytes`. */
  readonly ratio: number;
  readonly ratioFreeBytes: number;
  readonly infoBytes: number;
  /** Files that `info.xml` names. */
  readonly images: number;
}

const MiB = 1_048_576;

/**
 * Far above what is sent over GNP: an image of 16 MiB would take hours. Deflate makes at most 1:1032 of anything, and 1:50 of an image that is half empty;
 * the `info.xml` that is public has 603 bytes.
 */
export const defaultFirmwareLimits: FirmwareLimits = {
  packageBytes: 128 * MiB,
  entries: 1024,
  unpackedBytes: 256 * MiB,
  ratio: 200,
  ratioFreeBytes: MiB,
  infoBytes: MiB / 4,
  images: 512,
};

/** Of `info.xml`; not for callers to change, since nothing of the format comes near. */
export const xmlLimits = { depth: 16, elements: 10_000, attributes: 32, nameLength: 256, valueLength: 4096 } as const;
