const replacement = 0xfffd;

/** How many bytes follow a lead byte, and the smallest code point such a sequence may stand for. */
function sequenceOf(lead: number): { readonly following: number; readonly smallest: number; readonly bits: number } | null {
  if (lead < 0x80) return { following: 0, smallest: 0, bits: lead };
  if (lead >= 0xc2 && lead < 0xe0) return { following: 1, smallest: 0x80, bits: lead & 0x1f };
  if (lead >= 0xe0 && lead < 0xf0) return { following: 2, smallest: 0x800, bits: lead & 0x0f };
  if (lead >= 0xf0 && lead < 0xf5) return { following: 3, smallest: 0x10000, bits: lead & 0x07 };
  return null;
}

/** Decodes UTF-8; what is not UTF-8 becomes U+FFFD. Never throws. (This layer has no TextDecoder.) */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const sequence = sequenceOf(bytes[index] ?? 0);
    index += 1;
    let point = sequence?.bits ?? replacement;
    for (let left = sequence?.following ?? 0; left > 0; left -= 1) {
      const next = bytes[index] ?? 0;
      if ((next & 0xc0) !== 0x80) {
        point = replacement;
        break;
      }
      point = (point << 6) | (next & 0x3f);
      index += 1;
    }
    const valid = point >= (sequence?.smallest ?? 0) && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    text += String.fromCodePoint(valid ? point : replacement);
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
