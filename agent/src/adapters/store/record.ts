import { createHash } from 'node:crypto';
import type { Json, StoreWrite } from '../../ports/store.ts';
import { StoreError } from './errors.ts';

/** A record as it is kept in memory. */
export interface StoredRecord {
  readonly section: string;
  readonly key: string;
  /** The value as JSON text. */
  readonly text: string;
  /** First 8 bytes of SHA-256 over key and text, as an unsigned number. */
  readonly digest: bigint;
}

/** A checked write; `record: null` deletes. */
export interface RecordWrite {
  readonly section: string;
  readonly key: string;
  readonly record: StoredRecord | null;
}

const DIGEST_BYTES = 8;
const SEPARATOR = '\u0000';

/** Names a record among all sections. */
export function recordId(section: string, key: string): string {
  return section + SEPARATOR + key;
}

/**
 * Key of the database: section, U+0000, key in UTF-16 big-endian, whose order of bytes is the order of code units, and in which a lone
 * surrogate is not folded into U+FFFD as it would be in UTF-8.
 */
export function encodeKey(section: string, key: string): Buffer {
  return Buffer.from(recordId(section, key), 'utf16le').swap16();
}

function decodeKey(bytes: Uint8Array): { readonly section: string; readonly key: string } | null {
  if (bytes.length % 2 !== 0) return null;
  const id = Buffer.from(bytes).swap16().toString('utf16le');
  const at = id.indexOf(SEPARATOR);
  return at < 0 ? null : { section: id.slice(0, at), key: id.slice(at + 1) };
}

function digestOf(key: Uint8Array, text: Uint8Array): bigint {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(key.length);
  return createHash('sha256').update(length).update(key).update(text).digest().readBigUInt64BE();
}

export function makeRecord(section: string, key: string, text: string): StoredRecord {
  return { section, key, text, digest: digestOf(encodeKey(section, key), Buffer.from(text)) };
}

/** Value of the database: digest (8 bytes, big-endian), JSON text in UTF-8. The digest covers the key as well, so that no record can stand in for another. */
export function encodeRecord(record: StoredRecord): Buffer {
  const digest = Buffer.alloc(DIGEST_BYTES);
  digest.writeBigUInt64BE(record.digest);
  return Buffer.concat([digest, Buffer.from(record.text)]);
}

/** Null where key or value are not what was written. LevelDB's own checksums don't tell: compaction gives rotten records new ones. */
export function decodeRecord(keyBytes: Uint8Array, value: Uint8Array): StoredRecord | null {
  const name = decodeKey(keyBytes);
  if (name === null || value.length < DIGEST_BYTES) return null;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const text = bytes.subarray(DIGEST_BYTES);
  const digest = digestOf(keyBytes, text);
  return digest === bytes.readBigUInt64BE() ? { ...name, text: text.toString(), digest } : null;
}

export function parseRecord(record: StoredRecord): Json {
  const value: Json = JSON.parse(record.text);
  return value;
}

/** Takes the value as it is now; what the caller does to it later has no effect. Throws StoreError `invalid-write`. */
export function checkWrite({ section, key, value }: StoreWrite): RecordWrite {
  if (section === '' || section.includes(SEPARATOR)) {
    throw new StoreError('invalid-write', `${JSON.stringify(section)} is no name for a section: it must not be empty nor contain U+0000`);
  }
  return { section, key, record: value === undefined ? null : makeRecord(section, key, jsonText(section, key, value)) };
}

function jsonText(section: string, key: string, value: Json): string {
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new StoreError('invalid-write', `The value of ${section}/${key} is no JSON`, cause);
  }
  if (typeof text !== 'string') throw new StoreError('invalid-write', `The value of ${section}/${key} is no JSON`);
  return text;
}
