const zero = '000000000000';

/** FNV-1a, 32 bit. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

/**
 * The Bluetooth address of a virtual headset, 6 bytes: its serial where that has as many hexadecimal digits, else made of it. Never six zeros, which stand
 * for an empty place in a dongle's list.
 */
export function bluetoothAddressOf(serial: string): Uint8Array {
  const isAddress = /^[0-9A-Fa-f]{12}$/.test(serial) && serial !== zero;
  const digits = isAddress
    ? serial
    : // 02: an address that is administered locally, as Bluetooth and Ethernet have it.
      `02${hash(serial, 0x811c9dc5).toString(16).padStart(8, '0')}${(hash(serial, 0x01000193) & 0xff).toString(16).padStart(2, '0')}`;
  return Uint8Array.from({ length: 6 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

export const sameAddress = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
