import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Texts by the names of the places where they were found. */
export type Places = ReadonlyMap<string, string>;

/** The characters of base64 that are the value's own, at each alignment to three bytes that it can have within a longer text. */
function base64Within(value: string): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'?'.repeat(shift)}${value}`)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((shift * 8) / 6), -1);
  });
}

/** How a value may be written where it must not be. */
export function spellings(value: string): readonly string[] {
  const hex = Buffer.from(value).toString('hex');
  const base64 = base64Within(value);
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const utf16 = Buffer.from(value, 'utf16le').toString('latin1').slice(0, -1);
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), hex, ...base64, ...url, utf16])];
}

/** Sentences: which of the values stands where, in whatever spelling and case. */
export function whereFound(values: Readonly<Record<string, string>>, places: Places): readonly string[] {
  const found: string[] = [];
  for (const [place, text] of places) {
    const lower = text.toLowerCase();
    for (const [name, value] of Object.entries(values)) {
      const at = spellings(value)
        .map((spelling) => lower.indexOf(spelling.toLowerCase()))
        .find((index) => index >= 0);
      if (at !== undefined) found.push(`${name} in ${place}: …${text.slice(Math.max(0, at - 80), at + 80)}…`);
    }
  }
  return found;
}

/** Every file below a folder, byte for byte as Latin-1. */
export async function filesBelow(folder: string): Promise<Places> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path, 'latin1')] as const)));
}
