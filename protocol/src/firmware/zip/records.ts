import { ByteReader, DecodeError, type Field, mapped, struct, u16le } from '../../bytes/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';

/** Records of a zip (PKWARE APPNOTE 6.3, sections 4.3 and 4.4). All numbers are little endian. */
const u16 = u16le();
const u32: Field<number> = mapped(
  struct({ low: u16, high: u16 }),
  'u32 LE',
  ({ low, high }) => high * 0x1_0000 + low,
  (value) => ({ low: value & 0xffff, high: value >>> 16 }),
);

export const signatures = { local: 0x0403_4b50, directory: 0x0201_4b50, end: 0x0605_4b50, zip64Locator: 0x0706_4b50 } as const;

/** 4.3.16, without its comment. */
export const endRecord = struct({
  signature: u32,
  disk: u16,
  directoryDisk: u16,
  entriesHere: u16,
  entries: u16,
  directoryBytes: u32,
  directoryOffset: u32,
  commentBytes: u16,
});
export const endRecordBytes = 22;
export const zip64LocatorBytes = 20;

const common = { flags: u16, method: u16, time: u16, date: u16, crc32: u32, packedBytes: u32, unpackedBytes: u32, nameBytes: u16, extraBytes: u16 };

/** 4.3.12, without name, extra field and comment. */
export const directoryHeader = struct({
  signature: u32,
  madeBy: u16,
  needed: u16,
  ...common,
  commentBytes: u16,
  disk: u16,
  internalAttributes: u16,
  externalAttributes: u32,
  offset: u32,
});
export const directoryHeaderBytes = 46;

/** 4.3.7, without name and extra field. */
export const localHeader = struct({ signature: u32, needed: u16, ...common });
export const localHeaderBytes = 30;

/** 4.4.4: bits of `flags`. */
export const flagBits = { encrypted: 0x0001, sizesFollow: 0x0008, patch: 0x0020, strongEncryption: 0x0040, maskedHeaders: 0x2000 } as const;

/** 4.4.5. */
export const methods = { stored: 0, deflated: 8 } as const;

/** A record at a place; throws `FirmwarePackageError` `malformed-zip` where it isn't all there. */
export function recordAt<T>(record: Field<T>, zip: Uint8Array, offset: number, what: string): T {
  try {
    return record.decode(new ByteReader(zip, offset));
  } catch (error) {
    if (error instanceof DecodeError) throw new FirmwarePackageError('malformed-zip', `the zip ends inside ${what}: download it again`, error);
    throw error;
  }
}

export function signatureAt(zip: Uint8Array, offset: number): number {
  return offset < 0 || offset + 4 > zip.length ? 0 : u32.decode(new ByteReader(zip, offset));
}
