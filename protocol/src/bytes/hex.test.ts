import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from './hex.ts';

describe('hexadecimal digits', () => {
  test('stand for bytes in order', () => {
    expect(toHex(Uint8Array.of(0, 5, 0xb0, 0xff))).toBe('0005b0ff');
    expect(fromHex('0005B0ff')).toEqual(Uint8Array.of(0, 5, 0xb0, 0xff));
    expect(fromHex('')).toEqual(new Uint8Array(0));
  });

  test.each(['0', '05 0', '0x05', 'zz', '05\n'])('are not %j', (text) => {
    expect(fromHex(text)).toBeNull();
  });

  test('carry any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });
});
