/** Castagnoli polynomial, reflected (RFC 3720 B.4). */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
  return crc;
});

/** State before the first byte. */
export const CRC_START = 0xffffffff;

export function crcStep(state: number, byte: number): number {
  return (TABLE[(state ^ byte) & 0xff] ?? 0) ^ (state >>> 8);
}

export function crcEnd(state: number): number {
  return (state ^ 0xffffffff) >>> 0;
}

/** CRC-32C of bytes[start..end). */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let state = CRC_START;
  for (let at = start; at < end; at += 1) state = crcStep(state, bytes[at] ?? 0);
  return crcEnd(state);
}

/** LevelDB keeps checksums masked, so that a checksum of data that holds checksums stays meaningful (leveldb util/crc32c.h). */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
