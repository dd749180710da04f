/** Reflected form of 0x04C11DB7 (APPNOTE 4.4.7). */
const polynomial = 0xedb8_8320;

const table: { readonly [byte: number]: number } = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1;
  return remainder;
});

/** The check number of a zip's entries, 32 bit unsigned; not that of firmware images. */
export function crc32(content: Uint8Array): number {
  let crc = -1;
  for (const byte of content) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
