import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyEntropy } from '../testing/entropy.ts';
import { plainSerial, portDeviceId, portDeviceIdPrefix, productIdOf, serialDeviceId } from './device-id.ts';

const entropy = steadyEntropy();
const sha256 = (text: string): string => entropy.sha256(text);
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0, max: 0x10ffff })), { maxLength: 120 })
  .map((points) => String.fromCodePoint(...points));

describe('a serial in an id', () => {
  it.each([
    ['70BF92123456', '70bf92123456'],
    ['70:BF:92-12 34/56', '70bf92123456'],
    ['A_b-9', 'ab9'],
    ['0000000001', '0000000001'],
    ['Ærø1', 'r1'],
  ])('%s becomes %s', (serial, plain) => {
    expect(plainSerial(serial)).toBe(plain);
  });

  it.each([null, '', '0', '000000000000', '00-00:00', '--- ', '未知'])('counts %j as none', (serial) => {
    expect(plainSerial(serial)).toBeNull();
  });
});

describe('a device id', () => {
  it('is the product id in four lower-case digits and the plain serial', () => {
    expect(serialDeviceId(0x24da, '70bf92123456')).toBe('24da-70bf92123456');
    expect(serialDeviceId(0x0412, '70bf92123456')).toBe('0412-70bf92123456');
  });

  it('names the physical port by the first 12 digits of its SHA-256', () => {
    // printf '1-2' | sha256sum
    expect(portDeviceId(0x24da, '1-2', sha256)).toBe('24da-path-412a4789b02c');
    // printf 'hid#vid_0b0e&pid_24da&mi_03#8&1a2b3c4d&0' | sha256sum
    expect(portDeviceId(0x0a, 'hid#vid_0b0e&pid_24da&mi_03#8&1a2b3c4d&0', sha256)).toBe('000a-path-5a2768d6f76c');
    expect(portDeviceId(0x24da, '1-2', sha256).startsWith(portDeviceIdPrefix(0x24da))).toBe(true);
  });

  it('is always one that topics allow, and tells its product id', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), anyText, (productId, serial) => {
        const plain = plainSerial(serial);
        const deviceId = plain === null ? portDeviceId(productId, serial, sha256) : serialDeviceId(productId, plain);
        expect(deviceId).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(productIdOf(deviceId)).toBe(productId);
      }),
    );
  });

  it('tells no product id where it has none', () => {
    expect(productIdOf('client')).toBeNull();
    expect(productIdOf('24da')).toBeNull();
  });
});
