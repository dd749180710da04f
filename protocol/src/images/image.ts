/** One binary of a firmware package: what goes into one partition of one device. */
export interface FirmwareImage {
  /** Its name in the package. */
  readonly name: string;
  readonly content: Uint8Array;
  /** Partition of the device's flash, one byte (GNP 0F/2D). */
  readonly partition: number;
  /** The check number of `content`, 32 bit (facts E9): the package's own where it states one. The device computes it again. */
  readonly crc: number;
  /** "X.Y.Z", each 0 to 255. */
  readonly version: string;
  /** What it is for, e.g. "headset". */
  readonly target: string;
  /** Windows language id, e.g. 0x0409 for English, null where the package names none. */
  readonly language: number | null;
}

/** A firmware package as its `info.xml` describes it (facts E10). */
export interface FirmwarePackage {
  readonly productName: string;
  /** "X.Y.Z", each 0 to 255: what the device says after the update. */
  readonly version: string;
  readonly releaseDate: string | null;
  /** The DFU product ids that it is for; a device's own is GNP 02/13. */
  readonly dfuProductIds: readonly number[];
  /** In the order of the package; every language. */
  readonly images: readonly FirmwareImage[];
}
