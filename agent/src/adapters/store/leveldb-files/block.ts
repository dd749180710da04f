import { crc32c, maskCrc } from './crc32c.ts';
import { Cursor } from './cursor.ts';

/** Behind every block: compression u8, masked CRC-32C u32 over block and compression (leveldb table/format.h). */
export const BLOCK_TRAILER = 5;
const NOT_COMPRESSED = 0;

export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

export interface BlockEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export function readHandle(cursor: Cursor): BlockHandle | null {
  const offset = cursor.varint();
  const size = cursor.varint();
  return offset === null || size === null ? null : { offset, size };
}

/** The block if its checksum is right. Compressed ones are not read: the store is opened without compression. */
export function blockAt(file: Uint8Array, handle: BlockHandle): Uint8Array | null {
  const end = handle.offset + handle.size;
  if (end + BLOCK_TRAILER > file.length || file[end] !== NOT_COMPRESSED) return null;
  const stored = new DataView(file.buffer, file.byteOffset + end + 1, 4).getUint32(0, true);
  return stored === maskCrc(crc32c(file, handle.offset, end + 1)) ? file.subarray(handle.offset, end) : null;
}

/**
 * Entries of a block: length shared with the key before, length of the rest, length of the value (varints), rest of the key, value; at the
 * end an array of u32 restart offsets, at which nothing is shared, and its length (leveldb table/block_builder.cc).
 * Where an entry makes no sense, or reaches beyond the next restart, it is gone on there; whether an entry is what was written is left to the caller.
 */
export function blockEntries(block: Uint8Array): readonly BlockEntry[] {
  const { end, restarts } = restartsOf(block);
  const area = block.subarray(0, end);
  const entries: BlockEntry[] = [];
  let previous: Uint8Array = new Uint8Array();
  let at: number | undefined = 0;
  while (at !== undefined && at < end) {
    const start: number = at;
    const cursor = new Cursor(area, start);
    const entry = readEntry(cursor, previous);
    if (entry !== null) entries.push(entry);
    previous = entry?.key ?? new Uint8Array();
    const restart = restarts.find((offset) => offset > start);
    at = entry === null ? restart : Math.min(cursor.position, restart ?? end);
  }
  return entries;
}

function readEntry(cursor: Cursor, previous: Uint8Array): BlockEntry | null {
  const shared = cursor.varint();
  const rest = cursor.varint();
  const length = cursor.varint();
  const tail = rest === null ? null : cursor.bytes(rest);
  const value = length === null ? null : cursor.bytes(length);
  if (shared === null || shared > previous.length || tail === null || value === null) return null;
  return { key: Buffer.concat([previous.subarray(0, shared), tail]), value };
}

function restartsOf(block: Uint8Array): { readonly end: number; readonly restarts: readonly number[] } {
  const count = block.length < 4 ? null : new Cursor(block, block.length - 4).u32();
  const end = block.length - ((count ?? 0) + 1) * 4;
  if (count === null || end < 0) return { end: block.length, restarts: [] };
  const cursor = new Cursor(block, end);
  return { end, restarts: Array.from({ length: count }, () => cursor.u32() ?? 0) };
}
