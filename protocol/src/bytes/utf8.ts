const replacement = 0xfffd;

/** What follows a lead byte: how many bytes, between which bounds the first of them lies, and the lead's own bits. */
interface Sequence {
  readonly following: number;
  readonly lowest: number;
  readonly highest: number;
  readonly bits: number;
}

/** Well-formed sequences (Unicode 15, table 3-7): the bounds of the second byte keep out overlong forms, surrogates and what lies above U+10FFFF. */
function sequenceOf(lead: number): Sequence | null {
  if (lead < 0x80) return { following: 0, lowest: 0x80, highest: 0xbf, bits: lead };
  if (lead >= 0xc2 && lead < 0xe0) return { following: 1, lowest: 0x80, highest: 0xbf, bits: lead & 0x1f };
  if (lead >= 0xe0 && lead < 0xf0)
    return { following: 2, lowest: lead === 0xe0 ? 0xa0 : 0x80, highest: lead === 0xed ? 0x9f : 0xbf, bits: lead & 0x0f };
  if (lead >= 0xf0 && lead < 0xf5)
    return { following: 3, lowest: lead === 0xf0 ? 0x90 : 0x80, highest: lead === 0xf4 ? 0x8f : 0xbf, bits: lead & 0x07 };
  return null;
}

/**
 * Decodes UTF-8 as TextDecoder does (this layer has none): every longest piece that could have begun a character, and every byte that couldn't,
 * becomes one U+FFFD. Never throws.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const sequence = sequenceOf(bytes[index] ?? 0);
    index += 1;
    let point = sequence?.bits ?? replacement;
    let lowest = sequence?.lowest ?? 0x80;
    let highest = sequence?.highest ?? 0xbf;
    for (let left = sequence?.following ?? 0; left > 0; left -= 1) {
      const next = bytes[index] ?? 0;
      if (next < lowest || next > highest) {
        point = replacement;
        break;
      }
      point = (point << 6) | (next & 0x3f);
      index += 1;
      lowest = 0x80;
      highest = 0xbf;
    }
    text += String.fromCodePoint(point);
  }
  return text;
}

/** Encodes UTF-8; a lone surrogate becomes U+FFFD. (This layer has no TextEncoder.) */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const raw = character.codePointAt(0) ?? replacement;
    const point = raw >= 0xd800 && raw <= 0xdfff ? replacement : raw;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
  }
  return Uint8Array.from(bytes);
}
