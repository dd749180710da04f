import { Inflate } from 'fflate';
import { FirmwarePackageError } from '../../images/index.ts';
import { crc32 } from './crc32.ts';
import type { ZipEntry } from './directory.ts';
import { methods } from './records.ts';

/** Deflate makes at most 1032 bytes of one, so a piece that is pushed makes 16 MiB at most before the count is looked at. */
const pieceBytes = 16_384;

/** The content of an entry, a copy, exactly as long as declared and with its check number. Throws `FirmwarePackageError` `corrupt`. */
export function unpack(zip: Uint8Array, entry: ZipEntry): Uint8Array {
  const packed = zip.subarray(entry.from, entry.to);
  const content = entry.method === methods.stored ? packed.slice() : inflate(packed, entry);
  if (crc32(content) !== entry.crc32) throw corrupt(entry, 'its check number is another');
  return content;
}

const corrupt = ({ name }: ZipEntry, why: string, cause?: unknown): FirmwarePackageError =>
  new FirmwarePackageError('corrupt', `${JSON.stringify(name)} is damaged, ${why}: download the package again`, cause);

function inflate(packed: Uint8Array, entry: ZipEntry): Uint8Array {
  const content = new Uint8Array(entry.unpackedBytes);
  let length = 0;
  const inflating = new Inflate((piece) => {
    if (length + piece.length > content.length) throw corrupt(entry, 'it unpacks to more than it says');
    content.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at === 0 || at < packed.length; at += pieceBytes)
      inflating.push(packed.subarray(at, at + pieceBytes), at + pieceBytes >= packed.length);
  } catch (error) {
    if (error instanceof FirmwarePackageError) throw error;
    throw corrupt(entry, 'it can’t be unpacked', error);
  }
  if (length !== content.length) throw corrupt(entry, 'it unpacks to less than it says');
  return content;
}
