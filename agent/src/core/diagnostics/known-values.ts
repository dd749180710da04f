import { encodedSpellings, readableSpellings, wordEnd, wordStart } from './spellings.ts';

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** What can only be found by the pattern that knows escapes; everything else is found, or ruled out, far faster. */
const escapes = /[%\\]/;

/**
 * Values that are known, found in a text in any of their spellings. Without case: what is known of an account may have been written in another.
 */
export class KnownValues {
  readonly #lower: readonly string[];
  readonly #plain: RegExp | null;
  readonly #escaped: RegExp | null;
  readonly #hasSpace: boolean;
  readonly #encoded: readonly string[];

  /** A value of at least `minWithin` characters is found within words too; a shorter one would be found by chance in other words. */
  constructor(values: readonly string[], minWithin: number) {
    const wanted = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))].toSorted((a, b) => b.length - a.length);
    const source = (value: string, pattern: string): string => (value.length >= minWithin ? pattern : wordStart + pattern + wordEnd);
    this.#lower = wanted.map((value) => value.toLowerCase());
    this.#plain = wanted.length === 0 ? null : new RegExp(wanted.map((value) => source(value, escaped(value))).join('|'), 'giu');
    this.#escaped = wanted.length === 0 ? null : new RegExp(wanted.map((value) => source(value, readableSpellings(value))).join('|'), 'giu');
    this.#hasSpace = wanted.some((value) => value.includes(' '));
    // Case counts in base64: the usual ways of writing a value are all that can be looked for.
    const cases = wanted.flatMap((value) => [value, value.toLowerCase(), value.toUpperCase()]);
    this.#encoded = [...new Set(cases.flatMap(encodedSpellings))].toSorted((a, b) => b.length - a.length);
  }

  /** As they are, percent-encoded, or escaped as in JSON. */
  replaceReadable(text: string, replacement: () => string): string {
    if (this.#plain === null || this.#escaped === null) return text;
    if (escapes.test(text) || (this.#hasSpace && text.includes('+'))) return text.replaceAll(this.#escaped, replacement);
    const lower = text.toLowerCase();
    return this.#lower.some((value) => lower.includes(value)) ? text.replaceAll(this.#plain, replacement) : text;
  }

  /** In base64 or hexadecimal digits. */
  replaceEncoded(text: string, replacement: () => string): string {
    return this.#encoded.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, replacement) : rest), text);
  }
}
