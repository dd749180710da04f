const hex4 = (productId: number): string => productId.toString(16).padStart(4, '0');

/** The serial as it stands in an id: lower case, letters and digits only; null for none or one of zeros only. */
export function plainSerial(serial: string | null): string | null {
  const plain = (serial ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return plain === '' || /^0+$/.test(plain) ? null : plain;
}

/** Id of a device with a usable serial: the same on every PC, in every port, by cable and behind every dongle (contract 2). */
export function serialDeviceId(productId: number, plain: string): string {
  return `${hex4(productId)}-${plain}`.slice(0, 64);
}

/** What the ids of a product's devices without one begin with. */
export const portDeviceIdPrefix = (productId: number): string => `${hex4(productId)}-path-`;

/** Id of a device without one: bound to its physical port on this PC (contract 2). */
export function portDeviceId(productId: number, physicalPort: string, sha256: (text: string) => string): string {
  return `${portDeviceIdPrefix(productId)}${sha256(physicalPort).slice(0, 12)}`;
}

/** The product id that an id begins with. */
export function productIdOf(deviceId: string): number | null {
  const hex = /^[0-9a-f]{4}(?=-)/.exec(deviceId)?.[0];
  return hex === undefined ? null : Number.parseInt(hex, 16);
}
