import type { ValueOf } from '../../bytes/index.ts';
import { FirmwarePackageError } from '../../images/index.ts';
import { endRecord, endRecordBytes, recordAt, signatureAt, signatures, zip64LocatorBytes } from './records.ts';

const longestComment = 0xffff;

/** Where the directory is, and how many entries it has. */
export interface DirectoryPlace {
  readonly offset: number;
  readonly end: number;
  readonly entries: number;
}

const malformed = (message: string): FirmwarePackageError => new FirmwarePackageError('malformed-zip', message);

/**
 * Finds the one end record. Readers look for it from the end, and differ in what they take for one: a comment that holds another, with another directory,
 * would make them see different packages. Such a zip is refused.
 */
export function findDirectory(zip: Uint8Array): DirectoryPlace {
  const found = endRecords(zip);
  const [end] = found;
  if (!end) {
    if (signatureAt(zip, 0) === signatures.local) throw malformed('the zip has no end: it was cut off, download it again');
    throw new FirmwarePackageError('not-a-zip', 'this is no zip, so no firmware package (a bare .dfu, .bin or .hex is none either)');
  }
  if (found.length > 1 || hasSignature(zip, end.offset + endRecordBytes)) throw malformed('the zip has more than one end, and each might be meant');
  const { record } = end;
  if (signatureAt(zip, end.offset - zip64LocatorBytes) === signatures.zip64Locator)
    throw new FirmwarePackageError('unsupported-zip', 'this is a zip64');
  if (record.disk !== 0 || record.directoryDisk !== 0 || record.entriesHere !== record.entries)
    throw new FirmwarePackageError('unsupported-zip', 'this is one part of a zip in several parts');
  if (record.directoryOffset + record.directoryBytes !== end.offset) throw malformed('the directory of the zip is not where its end says');
  return { offset: record.directoryOffset, end: end.offset, entries: record.entries };
}

function endRecords(zip: Uint8Array): { readonly offset: number; readonly record: ValueOf<typeof endRecord> }[] {
  const found = [];
  const last = zip.length - endRecordBytes;
  for (let offset = last; offset >= 0 && offset >= last - longestComment; offset -= 1) {
    if (signatureAt(zip, offset) !== signatures.end) continue;
    const record = recordAt(endRecord, zip, offset, 'its end record');
    if (offset + endRecordBytes + record.commentBytes === zip.length) found.push({ offset, record });
  }
  return found;
}

function hasSignature(zip: Uint8Array, from: number): boolean {
  for (let offset = from; offset < zip.length; offset += 1) if (signatureAt(zip, offset) === signatures.end) return true;
  return false;
}
