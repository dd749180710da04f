/** Payload of GNP 0D/26, a headset that came or left: only its "connected" (04) is known, 00 stands for all else; then the headset's address. */
export function connectionPayload(serial: string, connected: boolean): Uint8Array {
  // A Bluetooth address has as many digits as a serial, so that each headset has its own.
  const digits = /^[0-9A-Fa-f]{12}$/.test(serial) ? serial : '000000000000';
  const address = Array.from({ length: 6 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
  return Uint8Array.from([connected ? 0x04 : 0x00, ...address]);
}
