import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacketSplitter } from './packet-splitter.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A packet of type `type` with `size` bytes after its fixed header, built the way MQTT 5 section 1.5.5 describes. */
function packet(type: number, size: number): Buffer {
  const length: number[] = [];
  let rest = size;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([type << 4, ...length]), Buffer.alloc(size, type)]);
}

describe('PacketSplitter', () => {
  test('cuts a CONNACK, a PINGRESP and the beginning of a PUBLISH', () => {
    const splitter = new PacketSplitter();
    expect(splitter.push(hex('20 02 00 00 d0 00 30 05 00'))).toEqual([hex('20 02 00 00'), hex('d0 00')]);
    expect(splitter.push(hex('01 61'))).toEqual([]);
    expect(splitter.push(hex('7b 7d'))).toEqual([hex('30 05 00 01 61 7b 7d')]);
  });

  test('gives the same packets however the bytes are cut', () => {
    const sizes = fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 16_383, 16_384, 70_000));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 15 }), sizes), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 5000 })),
        (shapes, cuts) => {
          const packets = shapes.map(([type, size]) => packet(type, size));
          const bytes = Buffer.concat(packets);
          const splitter = new PacketSplitter();
          const found: Buffer[] = [];
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            found.push(...splitter.push(bytes.subarray(at, at + cut)));
            at = Math.min(at + cut, bytes.length);
          }
          // Not toEqual: it walks large buffers byte by byte.
          expect(found.map((one) => one.length)).toEqual(packets.map((one) => one.length));
          expect(Buffer.concat(found).equals(bytes)).toBe(true);
        },
      ),
    );
  });

  test.each(['30 ff ff ff ff', '30 80 80 80 80 01'])('a length of more than four bytes is malformed: %s', (bytes) => {
    expect(() => new PacketSplitter().push(hex(bytes))).toThrow(expect.objectContaining({ name: 'ProtocolError', code: 'malformed' }));
  });

  test('a packet above 16 MiB is refused before it is kept', () => {
    expect(new PacketSplitter().push(hex('30 80 80 80 08'))).toEqual([]);
    expect(() => new PacketSplitter().push(hex('30 81 80 80 08'))).toThrow('too large');
  });
});
