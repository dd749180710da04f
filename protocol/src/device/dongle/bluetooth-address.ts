import { fromHex, toHex } from '../../bytes/index.ts';

/** Text of a Bluetooth device address, 6 bytes: `70:BF:92:00:00:02`. */
export function bluetoothAddressText(address: Uint8Array): string {
  return toHex(address)
    .toUpperCase()
    .replaceAll(/..(?=.)/g, '$&:');
}

/** The 6 bytes of such a text, in capitals or small letters, with colons, hyphens or nothing in between; null where it is none. */
export function parseBluetoothAddress(text: string): Uint8Array | null {
  return /^[0-9a-f]{2}([:-]?)(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text) ? fromHex(text.replaceAll(/[:-]/g, '')) : null;
}
