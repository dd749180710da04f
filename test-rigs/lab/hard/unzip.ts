import { inflateRawSync } from 'node:zlib';

/** APPNOTE.TXT 4.3.16, 4.3.12, 4.3.7: end of central directory, its entries, and what stands before the data of a file. */
const endSignature = 0x06054b50;
const endSize = 22;
const entrySize = 46;
const localSize = 30;
const stored = 0;

/** The files of a small zip (no zip64, no encryption), by their names. Reads the directory at the end, as every reader does. */
export function unzip(zip: Buffer): ReadonlyMap<string, Buffer> {
  let end = zip.length - endSize;
  while (end >= 0 && zip.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw new Error('this is no zip');
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const data = local + localSize + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(data, data + size);
    files.set(zip.toString('utf8', at + entrySize, at + entrySize + nameLength), method === stored ? bytes : inflateRawSync(bytes));
    at += entrySize + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}
