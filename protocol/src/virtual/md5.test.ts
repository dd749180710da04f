import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeUtf8, toHex } from '../bytes/index.ts';
import { md5 } from './md5.ts';

// The test suite of RFC 1321, A.5.
test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['a', '0cc175b9c0f1b6a831c399e269772661'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
  ['12345678901234567890123456789012345678901234567890123456789012345678901234567890', '57edf4a22be3c955ac49da2e2107b67a'],
])('MD5 of "%s" is the RFC’s', (text, digest) => {
  expect(toHex(md5(encodeUtf8(text)))).toBe(digest);
});

test('MD5 of any bytes is the platform’s, also of a view into others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      const view = bytes.subarray(1);
      expect(toHex(md5(view))).toBe(createHash('md5').update(view).digest('hex'));
    }),
  );
});
