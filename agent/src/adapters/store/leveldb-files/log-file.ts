import { crc32c, maskCrc } from './crc32c.ts';
import type { FileContents, LevelEntry } from './entry.ts';
import { decodeWriteBatch } from './write-batch.ts';

/** leveldb db/log_format.h: blocks of 32 KiB; records of a header (masked CRC-32C u32, length u16, type u8) and a payload, none across two blocks. */
const BLOCK = 32_768;
const HEADER = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

interface PhysicalRecord {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly end: number;
}

/**
 * Reads a write-ahead log (NNNNNN.log) and goes on after what it cannot read. LevelDB itself drops, without a word, everything up to the
 * end of the 32 KiB block, which in a small store is all that was written since the last start.
 *
 * An end in the middle of a record, or garbage that nothing readable follows, is what a crash leaves of a write that was never
 * acknowledged: that is no fault. Whether acknowledged writes are missing is told by the seal and the mark.
 */
export function readLogFile(bytes: Uint8Array): FileContents {
  const entries: LevelEntry[] = [];
  let fault: string | null = null;
  let fragments: Uint8Array[] | null = null;
  let unread = false;

  const deliver = (parts: readonly Uint8Array[]): void => {
    const batch = decodeWriteBatch(Buffer.concat(parts));
    if (batch === null) fault = 'holds a transaction that makes no sense';
    else for (const entry of batch) entries.push(entry);
  };

  let at = 0;
  while (at < bytes.length) {
    const blockEnd = Math.min(at - (at % BLOCK) + BLOCK, bytes.length);
    const record = recordAt(bytes, at, blockEnd);
    if (record === null) {
      // Fewer bytes than a header are the filling at the end of a block.
      if (blockEnd - at >= HEADER) {
        unread = true;
        fragments = null;
      }
      at = nextRecord(bytes, at + 1, blockEnd);
      continue;
    }
    if (unread) fault = 'has unreadable parts in its middle';
    const started = record.type === FULL || record.type === FIRST;
    if (started && fragments !== null) fault = 'holds a transaction without its end';
    if (!started && fragments === null && !unread) fault = 'holds a transaction without its beginning';
    unread = false;
    if (record.type === FULL) deliver([record.payload]);
    if (started) fragments = record.type === FIRST ? [record.payload] : null;
    else fragments?.push(record.payload);
    if (record.type === LAST) {
      if (fragments !== null) deliver(fragments);
      fragments = null;
    }
    at = record.end;
  }
  return { entries, fault };
}

function recordAt(bytes: Uint8Array, at: number, blockEnd: number): PhysicalRecord | null {
  if (blockEnd - at < HEADER) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER);
  const type = header.getUint8(6);
  const end = at + HEADER + header.getUint16(4, true);
  if (type < FULL || type > LAST || end > blockEnd) return null;
  if (header.getUint32(0, true) !== maskCrc(crc32c(bytes, at + 6, end))) return null;
  return { type, payload: bytes.subarray(at + HEADER, end), end };
}

/** The next place in the block where a record with a right checksum begins, else the end of the block. */
function nextRecord(bytes: Uint8Array, from: number, blockEnd: number): number {
  for (let at = from; blockEnd - at >= HEADER; at += 1) if (recordAt(bytes, at, blockEnd) !== null) return at;
  return blockEnd;
}
