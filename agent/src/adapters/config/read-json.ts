import { readFile } from 'node:fs/promises';

import { findJsonError } from './json-error.ts';
import { systemCode } from '../node/index.ts';

/** A parsed JSON file, or why there is none as the end of a sentence that begins with the file's name. */
export type JsonFile = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly sentence: string };

export function errorCode(error: unknown): string {
  return systemCode(error) ?? 'unknown error';
}

function unreadable(code: string, ifMissing: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return `does not exist: ${ifMissing}`;
  if (code === 'EISDIR') return 'is a folder: name the file in it';
  if (code === 'EACCES' || code === 'EPERM') return 'cannot be read: give the account that runs the agent permission to read it';
  return `cannot be read (${code})`;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Parses the text of a JSON file. The sentence never repeats what stands in it. */
export function parseJson(text: string): JsonFile {
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    const place = findJsonError(text);
    if (place === null) throw new Error('JSON.parse and the JSON scanner disagree', { cause: error });
    return { ok: false, sentence: `is not valid JSON at line ${place.line}, column ${place.column}: ${place.reason}` };
  }
}

/** Reads a JSON file in UTF-8, with or without byte order mark. `ifMissing` says what to do where there is no such file. */
export async function readJsonFile(file: string, ifMissing: string): Promise<JsonFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { ok: false, sentence: unreadable(errorCode(error), ifMissing) };
  }
  const text = decode(bytes);
  // Windows PowerShell 5 writes UTF-16 unless it is told otherwise.
  if (text === null) return { ok: false, sentence: 'is not UTF-8: save it as UTF-8' };
  return parseJson(text);
}
