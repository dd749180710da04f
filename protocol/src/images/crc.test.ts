import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firmwareCrc } from './crc.ts';

/** The bytes in the order in which facts E9 walks them, written with the FF in place instead of special cases. */
function walked(content: Uint8Array): number[] {
  const bytes = [0xff, 0xff, 0xff, 0xff, ...content];
  const order: number[] = [];
  while (bytes.length >= 2) order.push(...bytes.splice(-2));
  return [...order, ...bytes];
}

/** Division of the whole message by the polynomial x^32 + 0xDB710641, bit by bit, in arbitrary precision. */
function longDivision(order: readonly number[]): number {
  let remainder = 0n;
  for (const byte of order)
    for (let bit = 7; bit >= 0; bit -= 1) {
      remainder = (remainder << 1n) | BigInt((byte >> bit) & 1);
      if (remainder >> 32n === 1n) remainder ^= 0x1_db710641n;
    }
  return Number(remainder);
}

describe('the check number of an image', () => {
  test.each([
    // Four bytes FF and nothing to divide.
    [[], 0xffffffff],
    // 00 01 FF FF FF FF: the 1 leaves at the top, FF FF FF FF xor DB710641.
    [[0x00, 0x01], 0x248ef9be],
    // 00 02 …: twice the polynomial is 1 B6E20C82, reduced once 6D930AC3; FF FF FF FF xor that.
    [[0x00, 0x02], 0x926cf53c],
    // Pairs from the end, lower index first: 00 01 and then 00 00, so the 1 has 48 bits behind it.
    [[0x00, 0x00, 0x00, 0x01], longDivision([0x00, 0x01, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff])],
    // Odd: FF is the lower half of the pair that holds the image's first byte, and one FF is alone.
    [[0x31], longDivision([0xff, 0x31, 0xff, 0xff, 0xff])],
    [[0x31, 0x32, 0x33], longDivision([0x32, 0x33, 0xff, 0x31, 0xff, 0xff, 0xff])],
  ])('of %j is what the division by hand gives', (content, expected) => {
    expect(firmwareCrc(Uint8Array.from(content))).toBe(expected);
  });

  test('is the remainder of a long division, whatever the image', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        expect(firmwareCrc(content)).toBe(longDivision(walked(content)));
      }),
    );
  });

  test('sees every single flipped bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (content, at) => {
        const flipped = content.map((byte, index) => (index === (at >> 3) % content.length ? byte ^ (1 << (at & 7)) : byte));
        expect(firmwareCrc(flipped)).not.toBe(firmwareCrc(content));
      }),
    );
  });
});
