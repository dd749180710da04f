import { BLOCK_TRAILER, blockAt, blockEntries, readHandle, type BlockHandle } from './block.ts';
import { CRC_START, crcEnd, crcStep, maskCrc } from './crc32c.ts';
import { Cursor } from './cursor.ts';
import { DELETION, VALUE, type FileContents, type LevelEntry } from './entry.ts';

/** The last 48 bytes: handles of the block of meta blocks and of the index, filling, magic (leveldb table/format.h). */
const FOOTER = 48;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
/** The last 8 bytes of a key in a table: sequence << 8 | type. */
const KEY_TRAILER = 8;
/** Bytes that are looked at in search of blocks in a file without an index, over all attempts; 2 s on a slow machine. */
const SEARCH_BUDGET = 100_000_000;

/**
 * Reads a sorted table (NNNNNN.ldb) and checks every block, which LevelDB doesn't do: it hands out what a flipped bit made of a record, and
 * may end the whole process by an assertion when it later compacts such a file, or is told to repair it.
 *
 * Of a damaged block the entries are read all the same; the caller can tell by a record's own digest which ones are what was written. Without
 * a readable index the blocks are found by their checksums.
 */
export function readTableFile(file: Uint8Array): FileContents {
  const contents = tableOfContents(file);
  if (contents === null) return { entries: carve(file), fault: 'has no readable index' };
  const entries: LevelEntry[] = [];
  const bad = [...contents.data, ...contents.meta].filter((handle) => blockAt(file, handle) === null).length;
  for (const { offset, size } of contents.data) for (const entry of tableEntries(file.subarray(offset, offset + size))) entries.push(entry);
  return { entries, fault: bad === 0 ? null : `has ${bad} block${bad === 1 ? '' : 's'} with a wrong checksum` };
}

function tableOfContents(file: Uint8Array): { readonly data: readonly BlockHandle[]; readonly meta: readonly BlockHandle[] } | null {
  if (file.length < FOOTER || !MAGIC.every((byte, at) => file[file.length - MAGIC.length + at] === byte)) return null;
  const cursor = new Cursor(file, file.length - FOOTER);
  const metaIndex = readHandle(cursor);
  const index = readHandle(cursor);
  const data = index === null ? null : handlesIn(file, index);
  if (metaIndex === null || data === null) return null;
  return { data, meta: [metaIndex, ...(handlesIn(file, metaIndex) ?? [])] };
}

/** An index is a block whose values are handles. */
function handlesIn(file: Uint8Array, index: BlockHandle): readonly BlockHandle[] | null {
  const block = blockAt(file, index);
  if (block === null) return null;
  const handles: BlockHandle[] = [];
  for (const { value } of blockEntries(block)) {
    const handle = readHandle(new Cursor(value));
    if (handle === null) return null;
    handles.push(handle);
  }
  return handles;
}

function tableEntries(block: Uint8Array): readonly LevelEntry[] {
  const entries: LevelEntry[] = [];
  for (const { key, value } of blockEntries(block)) {
    const type = key[key.length - KEY_TRAILER];
    const sequence = new Cursor(key, key.length - KEY_TRAILER + 1).u56();
    if (sequence === null || (type !== VALUE && type !== DELETION)) continue;
    entries.push({ key: key.subarray(0, key.length - KEY_TRAILER), sequence, value: type === VALUE ? value : null });
  }
  return entries;
}

/** Blocks lie one behind the other from the start of the file. The index itself is found too; its entries are no records, which the caller sees. */
function carve(file: Uint8Array): readonly LevelEntry[] {
  const entries: LevelEntry[] = [];
  let budget = SEARCH_BUDGET;
  for (let start = 0; start < file.length && budget > 0;) {
    const end = blockEnd(file, start, budget);
    budget -= (end ?? file.length) - start;
    for (const entry of end === null ? [] : tableEntries(file.subarray(start, end))) entries.push(entry);
    start = end === null ? start + 1 : end + BLOCK_TRAILER;
  }
  return entries;
}

function blockEnd(file: Uint8Array, start: number, budget: number): number | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const last = Math.min(file.length - BLOCK_TRAILER, start + budget);
  let state = CRC_START;
  for (let end = start; end <= last; end += 1) {
    const next = file[end] ?? 0;
    if (next === 0 && end > start && view.getUint32(end + 1, true) === maskCrc(crcEnd(crcStep(state, 0)))) return end;
    state = crcStep(state, next);
  }
  return null;
}
