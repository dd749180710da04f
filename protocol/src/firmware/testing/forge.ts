import { deflateSync } from 'fflate';
import { ByteWriter, encodeUtf8, type Field, type ValueOf } from '../../bytes/index.ts';
import { crc32 } from '../zip/crc32.ts';
import {
  directoryHeader,
  directoryHeaderBytes,
  endRecord,
  endRecordBytes,
  localHeader,
  localHeaderBytes,
  methods,
  signatures,
} from '../zip/records.ts';

/** An entry of a forged zip: right in everything that isn't said otherwise. */
export interface ForgedEntry {
  readonly name: string | Uint8Array;
  readonly content?: Uint8Array;
  /** Stored by default. */
  readonly deflated?: boolean;
  /** What lies between the headers in place of the content. */
  readonly packed?: Uint8Array;
  /** What lies behind it, before the next entry. */
  readonly behind?: Uint8Array;
  /** The name in the local header. */
  readonly localName?: string;
  readonly extra?: Uint8Array;
  /** In the directory. */
  readonly comment?: Uint8Array;
  readonly both?: Partial<ValueOf<typeof localHeader>>;
  readonly local?: Partial<ValueOf<typeof localHeader>>;
  readonly directory?: Partial<ValueOf<typeof directoryHeader>>;
}

export interface ForgedEnd {
  readonly end?: Partial<ValueOf<typeof endRecord>>;
  readonly comment?: Uint8Array;
  /** What lies between the directory and the end record. */
  readonly before?: Uint8Array;
  /** The directory lists the last entry first. */
  readonly isReversed?: boolean;
}

const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? encodeUtf8(text) : text);

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new ByteWriter(new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0)));
  for (const part of parts) all.put(part);
  return all.bytes;
}

function encoded<T>(record: Field<T>, bytes: number, value: T): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(bytes));
  record.encode(writer, value);
  return writer.bytes;
}

export const endOf = (values: Partial<ValueOf<typeof endRecord>>): Uint8Array =>
  encoded(endRecord, endRecordBytes, {
    signature: signatures.end,
    disk: 0,
    directoryDisk: 0,
    entriesHere: 0,
    entries: 0,
    directoryBytes: 0,
    directoryOffset: 0,
    commentBytes: 0,
    ...values,
  });

/** Writes a zip by the letter, and wrong wherever it is told to be. */
export function forgeZip(
  entries: readonly ForgedEntry[],
  { end = {}, comment = new Uint8Array(), before = new Uint8Array(), isReversed = false }: ForgedEnd = {},
): Uint8Array {
  const files: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array();
    const packed = entry.packed ?? (entry.deflated ? deflateSync(content) : content);
    const extra = entry.extra ?? new Uint8Array();
    const name = bytesOf(entry.name);
    const localName = bytesOf(entry.localName ?? entry.name);
    const common = {
      needed: 20,
      flags: 0x0800,
      method: entry.deflated ? methods.deflated : methods.stored,
      time: 0,
      date: 0x21,
      crc32: crc32(content),
      packedBytes: packed.length,
      unpackedBytes: content.length,
      extraBytes: extra.length,
      ...entry.both,
    };
    const local = encoded(localHeader, localHeaderBytes, { signature: signatures.local, ...common, nameBytes: localName.length, ...entry.local });
    files.push(local, localName, extra, packed, entry.behind ?? new Uint8Array());
    const listing = joined(
      encoded(directoryHeader, directoryHeaderBytes, {
        signature: signatures.directory,
        madeBy: 20,
        ...common,
        nameBytes: name.length,
        commentBytes: entry.comment?.length ?? 0,
        disk: 0,
        internalAttributes: 0,
        externalAttributes: 0,
        offset,
        ...entry.directory,
      }),
      name,
      extra,
      entry.comment ?? new Uint8Array(),
    );
    directory.push(listing);
    offset += local.length + localName.length + extra.length + packed.length + (entry.behind?.length ?? 0);
  }
  const listed = joined(...(isReversed ? directory.toReversed() : directory));
  return joined(
    ...files,
    listed,
    before,
    endOf({
      entriesHere: entries.length,
      entries: entries.length,
      directoryBytes: listed.length + before.length,
      directoryOffset: offset,
      commentBytes: comment.length,
      ...end,
    }),
    comment,
  );
}
