import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

// The platform's own, which the product code of this layer cannot see.
const oracle = {
  decode: (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  encode: (text: string) => new TextEncoder().encode(text),
};

/** Bytes that make well-formed and nearly well-formed sequences likely: leads, continuations, and the bounds between them. */
const edges = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5,
  0xff,
];
const edgeByte = fc.constantFrom(...edges);
const nearlyUtf8 = fc.array(edgeByte, { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes));

describe('UTF-8', () => {
  test.each([
    ['one byte', 'A~', [0x41, 0x7e]],
    ['two bytes', 'ø', [0xc3, 0xb8]],
    ['three bytes', '€', [0xe2, 0x82, 0xac]],
    ['four bytes', '🎧', [0xf0, 0x9f, 0x8e, 0xa7]],
    ['the last character of each length', '\u007f\u07ff\uffff\u{10ffff}', [0x7f, 0xdf, 0xbf, 0xef, 0xbf, 0xbf, 0xf4, 0x8f, 0xbf, 0xbf]],
  ])('has characters of %s', (_, text, bytes) => {
    expect([...encodeUtf8(text)]).toEqual(bytes);
    expect(decodeUtf8(Uint8Array.from(bytes))).toBe(text);
  });

  test.each([
    ['a continuation byte alone', [0x80], '\ufffd'],
    ['a character that the end cuts off', [0xe2, 0x82], '\ufffd'],
    ['a character that another one cuts off', [0xe2, 0x82, 0x41], '\ufffdA'],
    ['an overlong form, byte by byte', [0xe0, 0x80, 0xaf], '\ufffd\ufffd\ufffd'],
    ['a surrogate, byte by byte', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['what lies above U+10FFFF, byte by byte', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
  ])('becomes U+FFFD for %s', (_, bytes, text) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBe(text);
  });

  test('has a U+FFFD for a lone surrogate', () => {
    expect([...encodeUtf8('a\ud800b')]).toEqual([0x61, 0xef, 0xbf, 0xbd, 0x62]);
  });

  test('decodes any bytes as the platform does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), nearlyUtf8), (bytes) => {
        expect(decodeUtf8(bytes)).toBe(oracle.decode(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('encodes any text as the platform does, lone surrogates included', () => {
    const unit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7fe, max: 0xe001 }));
    const anyText = fc.array(unit, { maxLength: 20 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(anyText, (text) => {
        expect([...encodeUtf8(text)]).toEqual([...oracle.encode(text)]);
      }),
      { numRuns: 500 },
    );
  });

  test('gives text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toBe(text);
      }),
    );
  });
});

test('a character at the edge of a length has the length of its own', () => {
  for (const character of ['\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\u{10000}']) {
    expect(encodeUtf8(character)).toEqual(oracle.encode(character));
    expect(decodeUtf8(oracle.encode(character))).toBe(character);
  }
});
