import { encodeUtf8 } from '@jpd/protocol';

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** A shorter piece of base64 or hexadecimal digits would be found by chance in what isn't one. */
const minEncodedLength = 5;

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** Base64 digits of the bytes without padding. */
function base64(bytes: readonly number[]): string {
  let digits = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(index, index + 3);
    const group = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) digits += base64Alphabet[(group >> shift) & 0x3f] ?? '';
  }
  return digits.slice(0, Math.ceil((bytes.length * 8) / 6));
}

/**
 * The digits that base64 makes of `value` wherever it stands in a longer text: one form for each alignment to three bytes, without the digits
 * that neighbouring bytes have a share in.
 */
function base64Forms(bytes: readonly number[]): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const digits = base64([...Array.from({ length: shift }, () => 0), ...bytes]);
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor(((shift + bytes.length) * 8) / 6);
    return digits.slice(first, last);
  });
}

/** One character as texts spell it: itself, percent-encoded (repeatedly too), `\u…`, or behind the backslashes of nested JSON. */
function characterPattern(character: string): string {
  const percent = [...encodeUtf8(character)].map((byte) => `%(?:25){0,2}${hexByte(byte)}`).join('');
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16).padStart(4, '0'));
  const unicode = units.map((unit) => String.raw`\\{1,8}u${unit}`).join('');
  const forms = [escaped(character), percent, unicode];
  if (character === ' ') forms.push(String.raw`\+`);
  if (character === '"' || character === '/') forms.push(String.raw`\\{1,8}${escaped(character)}`);
  if (character === '\\') forms.unshift(String.raw`\\{1,16}`);
  const short: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };
  const letter = short[character];
  if (letter !== undefined) forms.push(String.raw`\\{1,8}${letter}`);
  return `(?:${forms.join('|')})`;
}

/** Source of a regular expression (flags `iu`) for every readable spelling of `value`, each character for itself. */
export function readableSpellings(value: string): string {
  return Array.from(value, characterPattern).join('');
}

/** Base64 (both alphabets, every alignment) and hexadecimal forms of `value`, as they stand in a text; case counts in them. */
export function encodedSpellings(value: string): readonly string[] {
  const bytes = [...encodeUtf8(value)];
  const plain = base64Forms(bytes);
  const url = plain.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const hex = bytes.map(hexByte).join('');
  return [...new Set([...plain, ...url, hex, hex.toUpperCase()])].filter((form) => form.length >= minEncodedLength);
}

/** A word may begin behind a letter or digit that is the end of an escape: `%2F`, `\n`, `\u0020`. */
export const wordStart = String.raw`(?:(?<![\p{L}\p{N}])|(?<=\\[nrtbf])|(?<=%[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))`;
export const wordEnd = String.raw`(?![\p{L}\p{N}])`;
