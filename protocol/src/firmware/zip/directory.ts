import type { ValueOf } from '../../bytes/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';
import type { FirmwareLimits } from '../limits.ts';
import { findDirectory } from './end-of-directory.ts';
import { entryName, folded } from './names.ts';
import { directoryHeader, directoryHeaderBytes, flagBits, localHeader, localHeaderBytes, methods, recordAt, signatures } from './records.ts';

/** An entry as directory and local header agree on it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc32: number;
  readonly unpackedBytes: number;
  /** Where its packed bytes are. */
  readonly from: number;
  readonly to: number;
}

type Header = ValueOf<typeof directoryHeader>;

const malformed = (message: string): FirmwarePackageError => new FirmwarePackageError('malformed-zip', message);
const tooLarge = (message: string): FirmwarePackageError => new FirmwarePackageError('too-large', message);
const unsupported = (message: string): FirmwarePackageError => new FirmwarePackageError('unsupported-zip', message);

const hidden = flagBits.encrypted | flagBits.strongEncryption | flagBits.maskedHeaders;
/** Sizes and offsets of this value are elsewhere, in a zip64. */
const elsewhere = 0xffff_ffff;

/**
 * The files of a zip by name, folders left out. The directory alone says what there is; local headers must agree with it, and no two entries may share
 * bytes (which is how small zips unpack to petabytes). Sizes are held to the limits as they are declared; unpacking holds them to what was declared.
 * Throws `FirmwarePackageError`.
 */
export function readDirectory(zip: Uint8Array, limits: FirmwareLimits): ReadonlyMap<string, ZipEntry> {
  if (zip.length > limits.packageBytes) throw tooLarge(`the package has ${zip.length} bytes, more than ${limits.packageBytes}`);
  const { offset, end, entries: count } = findDirectory(zip);
  if (count > limits.entries) throw tooLarge(`the zip has ${count} entries, more than ${limits.entries}`);
  const entries = new Map<string, ZipEntry>();
  const names = new Set<string>();
  const places: { name: string; start: number; to: number }[] = [];
  let unpackedBytes = 0;
  let at = offset;
  for (let index = 0; index < count; index += 1) {
    const header = recordAt(directoryHeader, zip, at, 'its directory');
    if (header.signature !== signatures.directory) throw malformed(`entry ${index} of the zip’s directory is none`);
    const nameAt = at + directoryHeaderBytes;
    at = nameAt + header.nameBytes + header.extraBytes + header.commentBytes;
    const name = entryName(zip.subarray(nameAt, nameAt + header.nameBytes));
    if (names.has(folded(name))) throw new FirmwarePackageError('duplicate-name', `the zip has ${JSON.stringify(name)} twice`);
    names.add(folded(name));
    checkHeader(name, header, limits);
    unpackedBytes += header.unpackedBytes;
    if (unpackedBytes > limits.unpackedBytes) throw tooLarge(`the zip unpacks to more than ${limits.unpackedBytes} bytes`);
    const from = contentOf(zip, name, header, offset);
    const to = from + header.packedBytes;
    places.push({ name, start: header.offset, to });
    if (!name.endsWith('/')) entries.set(name, { name, method: header.method, crc32: header.crc32, unpackedBytes: header.unpackedBytes, from, to });
  }
  if (at !== end) throw malformed('the zip’s directory doesn’t end with its last entry');
  checkPlaces(places);
  return entries;
}

function checkHeader(name: string, header: Header, limits: FirmwareLimits): void {
  const quoted = JSON.stringify(name);
  if ((header.flags & hidden) !== 0) throw unsupported(`${quoted} is encrypted: unpack it and pack it again without a password`);
  if ((header.flags & flagBits.patch) !== 0 || (header.method !== methods.stored && header.method !== methods.deflated))
    throw unsupported(`${quoted} is packed by method ${header.method}; only stored and deflated files can be read`);
  if (header.disk !== 0) throw unsupported(`${quoted} is in another part of the zip`);
  if (header.packedBytes === elsewhere || header.unpackedBytes === elsewhere || header.offset === elsewhere)
    throw unsupported(`${quoted} has its sizes in zip64 form`);
  if (header.method === methods.stored && header.packedBytes !== header.unpackedBytes) throw malformed(`${quoted} is stored, and has two sizes`);
  if (name.endsWith('/') && header.unpackedBytes !== 0) throw malformed(`${quoted} is a folder with content`);
  if (header.unpackedBytes > limits.ratioFreeBytes && header.unpackedBytes > header.packedBytes * limits.ratio)
    throw tooLarge(`${quoted} unpacks to more than ${limits.ratio} times its size`);
}

/** Where an entry's packed bytes begin. */
function contentOf(zip: Uint8Array, name: string, header: Header, directoryOffset: number): number {
  const quoted = JSON.stringify(name);
  const local = recordAt(localHeader, zip, header.offset, `the header of ${quoted}`);
  const nameAt = header.offset + localHeaderBytes;
  const from = nameAt + local.nameBytes + local.extraBytes;
  if (from + header.packedBytes > directoryOffset) throw malformed(`${quoted} runs into the zip’s directory`);
  // A writer that streams leaves the sizes of the local header empty and appends them to the content; the directory has them.
  const sizesFollow = (header.flags & local.flags & flagBits.sizesFollow) !== 0;
  // One that is ready for more than 4 GiB writes them in zip64 form there, and again as they are in the directory.
  const sizesElsewhere = local.packedBytes === elsewhere && local.unpackedBytes === elsewhere;
  const same = sizesElsewhere || (local.packedBytes === header.packedBytes && local.unpackedBytes === header.unpackedBytes);
  if (
    local.signature !== signatures.local ||
    (local.flags & hidden) !== 0 ||
    local.method !== header.method ||
    !((same && local.crc32 === header.crc32) || sizesFollow) ||
    entryName(zip.subarray(nameAt, nameAt + local.nameBytes)) !== name
  )
    throw malformed(`the two headers of ${quoted} contradict each other`);
  return from;
}

function checkPlaces(places: readonly { readonly name: string; readonly start: number; readonly to: number }[]): void {
  let before = { name: '', to: 0 };
  for (const place of places.toSorted((a, b) => a.start - b.start)) {
    if (place.start < before.to) throw malformed(`${JSON.stringify(before.name)} and ${JSON.stringify(place.name)} share bytes`);
    before = place;
  }
}
