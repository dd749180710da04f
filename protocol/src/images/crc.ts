/** What stands in front of the image, as flash that nobody has written. */
const erased = 0xff;
const erasedBytes = 4;

/** Highest bit first, without its own x^32 (facts E9). */
const polynomial = 0xdb710641;

/** What leaves the register at its top comes back in as this. Written here and nowhere else. */
const table: { readonly [byte: number]: number } = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder < 0 ? (remainder << 1) ^ polynomial : remainder << 1;
  return remainder;
});

/** The byte enters at the low end: the remainder isn't multiplied by x^32 as that of most CRCs is. */
const next = (crc: number, byte: number): number => (crc << 8) ^ (table[crc >>> 24] ?? 0) ^ byte;

/**
 * The check number of a firmware image, 32 bit unsigned (facts E9, fwupd jabra-gnp): what a package states per image and the device is told in GNP 0F/19.
 * Initial value 0, no final xor. The input is four bytes FF and the image, walked from the end in pairs, in each pair the lower index first; of an odd
 * number of bytes the first is alone.
 */
export function firmwareCrc(content: Uint8Array): number {
  let crc = 0;
  let index = content.length;
  for (; index >= 2; index -= 2) {
    crc = next(crc, content[index - 2] ?? 0);
    crc = next(crc, content[index - 1] ?? 0);
  }
  for (let left = erasedBytes; left > 0; left -= 1) {
    crc = next(crc, erased);
    // The image's first byte is the higher half of a pair whose lower one stands in front of the image.
    if (left === erasedBytes && index === 1) crc = next(crc, content[0] ?? 0);
  }
  return crc >>> 0;
}
