import { describe, expect, test } from 'vitest';
import { descriptorType } from './descriptor.ts';
import { configurationDescriptor, deviceDescriptor, releaseOf, stringDescriptor, type UsbIdentity } from './descriptors.ts';

const identity: UsbIdentity = {
  vendorId: 0x0b0e,
  productId: 0x24da,
  release: 0x0108,
  manufacturer: 'GN Audio A/S',
  product: 'Jabra Evolve2 75',
  serial: '70BF92000001',
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The descriptors that follow each other in a configuration. */
function parts(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += bytes[offset] ?? 0) {
    expect(bytes[offset]).toBeGreaterThan(1);
    found.push(bytes.subarray(offset, offset + (bytes[offset] ?? 0)));
  }
  return found;
}

describe('what a device says of itself on USB', () => {
  test('is its ids, its release and three strings', () => {
    // 18 bytes, device, USB 2.0, class by interface, 64 bytes, 0B0E:24DA, 1.08, strings 1 2 3, one configuration.
    expect(hex(deviceDescriptor(identity))).toBe('12010002000000400e0bda24080101020301');
    expect(hex(stringDescriptor(0, identity) ?? new Uint8Array(0))).toBe('04030904');
    expect(hex(stringDescriptor(2, { ...identity, product: 'Aé' }) ?? new Uint8Array(0))).toBe('06034100e900');
    expect(stringDescriptor(3, identity)?.length).toBe(2 + 2 * identity.serial.length);
    expect(stringDescriptor(4, identity)).toBeNull();
    expect(stringDescriptor(1, { ...identity, manufacturer: 'x'.repeat(300) })?.length).toBe(254);
  });

  test('is an audio function with HID beside it as interface 3', () => {
    const configuration = configurationDescriptor(343, { in: 0x82, out: 0x02 });
    const found = parts(configuration);
    expect(hex(found[0] ?? configuration)).toBe('0902' + hex(Uint8Array.of(configuration.length & 0xff, configuration.length >> 8)) + '0401008032');
    const interfaces = found.filter((part) => part[1] === descriptorType.interface);
    // Number, alternate, endpoints, class, subclass.
    expect(interfaces.map((part) => [...part.subarray(2, 7)])).toEqual([
      [0, 0, 0, 1, 1],
      [1, 0, 0, 1, 2],
      [1, 1, 1, 1, 2],
      [2, 0, 0, 1, 2],
      [2, 1, 1, 1, 2],
      [3, 0, 2, 3, 0],
    ]);
    const endpoints = found.filter((part) => part[1] === descriptorType.endpoint);
    expect(endpoints.map((part) => [part[2], part[3]])).toEqual([
      [0x01, 0x09],
      [0x83, 0x05],
      [0x82, 0x03],
      [0x02, 0x03],
    ]);
    // HID 1.11, no country, one report descriptor of 343 bytes.
    expect(found.filter((part) => part[1] === descriptorType.hid).map(hex)).toEqual(['092111010001225701']);
  });

  test('has no output endpoint where it takes reports over the control endpoint', () => {
    const endpoints = parts(configurationDescriptor(10, { in: 0x81, out: null })).filter((part) => part[1] === descriptorType.endpoint);
    expect(endpoints.map((part) => part[2])).toEqual([0x01, 0x83, 0x81]);
  });

  test('says how long its audio control part is', () => {
    const found = parts(configurationDescriptor(10, { in: 0x81, out: null }));
    const header = found.findIndex((part) => part[1] === 0x24 && part[2] === 0x01);
    const rest = found.slice(header);
    const end = rest.findIndex((part) => part[1] !== 0x24);
    const length = rest.slice(0, end).reduce((sum, part) => sum + part.length, 0);
    expect(rest[0]?.[5]).toBe(length);
  });

  test('counts its release in decimal digits', () => {
    expect(['8.0.7', '1.8.13', '12.34.5', '140.1.0', 'none'].map((version) => releaseOf(version).toString(16))).toEqual([
      '800',
      '108',
      '1234',
      '9901',
      '0',
    ]);
  });
});
