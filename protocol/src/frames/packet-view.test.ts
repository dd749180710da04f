import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodeError, rest } from '../bytes/index.ts';
import { decodePacket, type Packet, type PacketHead } from './packet.ts';
import { PacketView } from './packet-view.ts';

const reply = Uint8Array.of(0x05, 0x00, 0x01, 0x02, 0xc8, 0x02, 0x13, 0x10, 0x30, 0xee);

function headOf({ destination, source, sequence, type, command, subcommand }: PacketView): PacketHead {
  return { destination, source, sequence, type, command, subcommand };
}

const copyOf = (view: PacketView): Packet => ({ ...headOf(view), payload: rest().decode(view.payload) });

function packetOf(report: Uint8Array): Packet | string {
  try {
    return decodePacket(report);
  } catch (error) {
    return error instanceof DecodeError ? error.code : String(error);
  }
}

test('a view says what the packet says, one report after another', () => {
  const view = new PacketView();
  const seen = { packets: 0, errors: 0 };
  const likely = fc.uint8Array({ minLength: 60, maxLength: 63 }).map((bytes) => Uint8Array.from([0x05, ...bytes]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 8 }), likely), (report) => {
      const expected = packetOf(report);
      if (typeof expected === 'string') {
        seen.errors += 1;
        const before = headOf(view);
        expect(() => view.read(report)).toThrow(expect.objectContaining({ name: 'DecodeError', code: expected }));
        expect(headOf(view)).toEqual(before);
      } else {
        seen.packets += 1;
        view.read(report);
        expect(copyOf(view)).toEqual(expected);
      }
    }),
  );
  expect(Math.min(seen.packets, seen.errors)).toBeGreaterThan(10);
});

test('a view reads no further than the packet', () => {
  const view = new PacketView();
  view.read(reply);
  expect(view.payload.remaining).toBe(2);
  expect([...view.payload.take(2)]).toEqual([0x10, 0x30]);
  expect(() => view.payload.u8()).toThrow(DecodeError);
  view.read(Uint8Array.of(0x05, 0x00, 0x08, 0x21, 0xc5, 0xff, 0x77, 0x77));
  expect([view.subcommand, view.payload.remaining]).toEqual([null, 0]);
});

test('a view of no report yet says nothing', () => {
  expect(copyOf(new PacketView())).toEqual({
    destination: 0,
    source: 0,
    sequence: 0,
    type: 0,
    command: 0,
    subcommand: null,
    payload: new Uint8Array(0),
  });
});
