import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, nothing, rest, u16le } from '../bytes/index.ts';
import { annotated } from '../bytes/testing/annotated.ts';
import { Address } from './address.ts';
import { Command } from './command.ts';
import { decodePacket, encodePacket, encodePacketOf, maxPayloadLength, type Packet, PacketType } from './packet.ts';

/** A report of 64 bytes that begins with these. */
const report = (...begin: number[]): Uint8Array => {
  const bytes = new Uint8Array(64);
  bytes.set(begin);
  return bytes;
};
const ascii = (text: string): number[] => [...Buffer.from(text, 'ascii')];
const thrown = (code: string): unknown => expect.objectContaining({ name: 'DecodeError', code, message: expect.stringMatching(/./) });

const readName: Packet = {
  destination: Address.base,
  source: Address.pc,
  sequence: 0,
  type: PacketType.read,
  command: Command.ident,
  subcommand: 0x00,
  payload: new Uint8Array(0),
};

/** Every exchange of facts E8, recorded from a PanaCast 50 (fwupd's test data), and headers of facts E1 and E9. */
const golden: readonly (readonly [string, Packet, Uint8Array])[] = [
  [
    'a request for the name',
    readName,
    annotated(`
      05  report id
      01  to the device itself
      00  from the PC
      00  sequence
      46  type 1 (read), length 6: nothing after the subcommand
      02  ident
      00  name
    `),
  ],
  [
    'the recorded answer with the name',
    {
      ...readName,
      destination: Address.pc,
      source: Address.base,
      type: PacketType.reply,
      payload: Uint8Array.from([17, ...ascii('Jabra PanaCast 50')]),
    },
    annotated(`
      05                                report id
      00                                to the PC
      01                                from the device
      00                                the request's sequence
      D8                                type 3 (reply), length 24 = 6 + 1 + 17
      02                                ident
      00                                name
      11                                17 characters follow
      4A 61 62 72 61 20                 "Jabra "
      50 61 6E 61 43 61 73 74 20 35 30  "PanaCast 50"
    `),
  ],
  [
    'a request for the version',
    { ...readName, sequence: 1, subcommand: 0x03 },
    annotated(`
      05  report id
      01  to the device
      00  from the PC
      01  sequence
      46  read, length 6
      02  ident
      03  firmware version
    `),
  ],
  [
    'the recorded answer with the version',
    {
      ...readName,
      destination: Address.pc,
      source: Address.base,
      sequence: 1,
      type: PacketType.reply,
      subcommand: 0x03,
      payload: Uint8Array.from([5, ...ascii('8.0.7')]),
    },
    annotated(`
      05              report id
      00              to the PC
      01              from the device
      01              the request's sequence
      CC              reply, length 12 = 6 + 1 + 5
      02              ident
      03              firmware version
      05              5 characters follow
      38 2E 30 2E 37  "8.0.7"
    `),
  ],
  [
    'the recorded answer with the DFU product id',
    {
      ...readName,
      destination: Address.pc,
      source: Address.base,
      sequence: 2,
      type: PacketType.reply,
      subcommand: 0x13,
      payload: Uint8Array.of(0x10, 0x30),
    },
    annotated(`
      05     report id
      00     to the PC
      01     from the device
      02     the request's sequence
      C8     reply, length 8 = 6 + 2
      02     ident
      13     DFU product id
      10 30  3010, low byte first
    `),
  ],
  [
    'a write of one byte',
    {
      ...readName,
      destination: Address.headsetViaUsb,
      sequence: 0x21,
      type: PacketType.write,
      command: Command.firmware,
      subcommand: 0x2d,
      payload: Uint8Array.of(2),
    },
    annotated(`
      05  report id
      08  to a headset on its cable
      00  from the PC
      21  sequence
      87  type 2 (write), length 7
      0F  firmware
      2D  partition
      02  the second one
    `),
  ],
  [
    'an event that nobody asked for',
    {
      ...readName,
      destination: Address.pc,
      source: Address.headset1,
      type: PacketType.event,
      command: Command.status,
      subcommand: 0x02,
      payload: Uint8Array.of(0x01, 0x50, 0x0f, 0xa0),
    },
    annotated(`
      05     report id
      00     to the PC
      04     from the headset behind the dongle
      00     sequence
      0A     type 0 (event), length 10
      12     status
      02     battery
      01     charging
      50     80 %
      0F A0  raw voltage reading, which newer firmware adds
    `),
  ],
  [
    'an acknowledgement without a subcommand',
    {
      ...readName,
      destination: Address.pc,
      source: Address.headsetViaUsb,
      sequence: 0x21,
      type: PacketType.reply,
      command: Command.ack,
      subcommand: null,
    },
    annotated(`
      05  report id
      00  to the PC
      08  from the headset
      21  the request's sequence
      C5  reply, length 5: it ends with the command
      FF  ACK
    `),
  ],
  [
    'a refusal',
    {
      ...readName,
      destination: Address.pc,
      source: Address.headset1,
      sequence: 0xff,
      type: PacketType.reply,
      command: Command.nack,
      subcommand: 0xf4,
    },
    annotated(`
      05  report id
      00  to the PC
      04  from the headset's address
      FF  the request's sequence, the last one before 0
      C6  reply, length 6
      FE  NACK
      F4  no headset behind the dongle
    `),
  ],
];

describe('a packet on the wire', () => {
  test.each(golden)('is %s', (_, packet, bytes) => {
    expect([...encodePacket(packet)]).toEqual([...report(...bytes)]);
    expect(decodePacket(report(...bytes))).toEqual(packet);
  });

  test('has room for 57 bytes of payload', () => {
    const payload = new Uint8Array(57).fill(0xaa);
    const encoded = encodePacket({ ...readName, type: PacketType.write, payload });
    expect(encoded[4]).toBe(0xbf);
    expect(encoded[63]).toBe(0xaa);
    expect(decodePacket(encoded).payload).toEqual(payload);
    expect(() => encodePacket({ ...readName, payload: new Uint8Array(58) })).toThrow(thrown('too-long'));
  });
});

describe('what is no packet', () => {
  test.each([
    ['nothing', [], 'truncated'],
    ['a report that ends before the length', [0x05, 0x00, 0x01, 0x00], 'truncated'],
    ['a report that ends before the command', [0x05, 0x00, 0x01, 0x00, 0xc5], 'truncated'],
    ['a report of another id', [0x02, 0x00, 0x01, 0x00, 0xc6, 0x02, 0x00], 'unexpected-value'],
    ['a length that leaves the command out', [0x05, 0x00, 0x01, 0x00, 0xc4, 0x02, 0x00], 'out-of-range'],
    ['a length of 0', [0x05, 0x00, 0x01, 0x00, 0xc0, 0x02, 0x00], 'out-of-range'],
    ['a length beyond the report', [0x05, 0x00, 0x01, 0x00, 0xc8, 0x02, 0x13, 0x10], 'truncated'],
  ])('is %s', (_, bytes, code) => {
    expect(() => decodePacket(Uint8Array.from(bytes))).toThrow(thrown(code));
  });

  test('reads a report that was cut after the packet', () => {
    expect(decodePacket(Uint8Array.of(0x05, 0x00, 0x01, 0x02, 0xc8, 0x02, 0x13, 0x10, 0x30)).payload).toEqual(Uint8Array.of(0x10, 0x30));
  });

  test.each([
    ['an address of two bytes', { destination: 256 }, 'out-of-range'],
    ['a negative source', { source: -1 }, 'out-of-range'],
    ['a sequence that did not wrap', { sequence: 256 }, 'out-of-range'],
    ['half a command', { command: 2.5 }, 'out-of-range'],
    ['a subcommand of two bytes', { subcommand: 0x100 }, 'out-of-range'],
    ['a type that there is not', { type: 4 as PacketType }, 'out-of-range'],
    ['a payload without a subcommand', { subcommand: null, payload: Uint8Array.of(1) }, 'unexpected-value'],
  ])('is not built from %s', (_, part, code) => {
    expect(() => encodePacket({ ...readName, ...part })).toThrow(thrown(code));
  });

  test.each(['destination', 'source', 'sequence', 'command', 'subcommand'])('says that it was the %s which is no byte', (name) => {
    expect(() => encodePacket({ ...readName, [name]: 0x100 })).toThrow(`the ${name} 256 is not a byte`);
  });
});

describe('every packet', () => {
  const byte = fc.nat(255);
  const withSubcommand = fc.record<Packet>({
    destination: byte,
    source: byte,
    sequence: byte,
    type: fc.constantFrom(...Object.values(PacketType)),
    command: byte,
    subcommand: byte,
    payload: fc.uint8Array({ maxLength: 57 }),
  });
  const anyPacket = fc.oneof(
    withSubcommand,
    withSubcommand.map((packet): Packet => ({ ...packet, subcommand: null, payload: new Uint8Array(0) })),
  );

  test('comes back as it was, from 64 bytes with the GNP report id', () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const encoded = encodePacket(packet);
        expect(encoded).toHaveLength(64);
        expect(encoded[0]).toBe(0x05);
        expect(decodePacket(encoded)).toEqual(packet);
      }),
    );
  });

  test('is padded with zeros', () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        const used = packet.subcommand === null ? 6 : 7 + packet.payload.length;
        expect(
          encodePacket(packet)
            .subarray(used)
            .every((padding) => padding === 0),
        ).toBe(true);
      }),
    );
  });

  test('is a copy of the report: the operating system may use its buffer again', () => {
    const received = report(0x05, 0x00, 0x01, 0x02, 0xc8, 0x02, 0x13, 0x10, 0x30);
    const { payload } = decodePacket(received);
    received.fill(0);
    expect([...payload]).toEqual([0x10, 0x30]);

    const buffer = Buffer.from([0x05, 0x00, 0x01, 0x02, 0xc8, 0x02, 0x13, 0x10, 0x30]);
    const fromBuffer = decodePacket(buffer).payload;
    buffer.fill(0);
    expect([...fromBuffer]).toEqual([0x10, 0x30]);
  });
});

test('any bytes are a packet, or a DecodeError', () => {
  const seen = { packets: 0, errors: 0 };
  const likely = fc.uint8Array({ minLength: 63, maxLength: 63 }).map((bytes) => Uint8Array.from([0x05, ...bytes]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 70 }), likely), (bytes) => {
      try {
        const packet = decodePacket(bytes);
        expect(encodePacket(packet).subarray(0, 6)).toEqual(bytes.subarray(0, 6));
        seen.packets += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        seen.errors += 1;
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.packets, seen.errors)).toBeGreaterThan(50);
});

describe('a packet whose payload is written by a field', () => {
  const { payload: _, ...head } = { ...readName, type: PacketType.write, subcommand: 0x2d } as const;

  test('is the one that carries these bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: maxPayloadLength }), fc.nat(255), (payload, sequence) => {
        expect(encodePacketOf({ ...head, sequence }, rest(), payload)).toEqual(encodePacket({ ...head, sequence, payload }));
      }),
    );
  });

  test('has its length even where the field writes less than a neighbour would', () => {
    expect([...encodePacketOf(head, u16le(), 0x3010)]).toEqual([...report(0x05, 0x01, 0x00, 0x00, 0x88, 0x02, 0x2d, 0x10, 0x30)]);
    expect(encodePacketOf(head, nothing, undefined)[4]).toBe(0x86);
  });

  test('is not built from what a packet is not built from', () => {
    expect(() => encodePacketOf(head, rest(), new Uint8Array(58))).toThrow(thrown('too-long'));
    expect(() => encodePacketOf({ ...head, source: -1 }, nothing, undefined)).toThrow(thrown('out-of-range'));
    expect(() => encodePacketOf({ ...head, type: 4 as PacketType }, nothing, undefined)).toThrow(thrown('out-of-range'));
    expect(() => encodePacketOf(head, u16le(), 0x1_0000)).toThrow(thrown('out-of-range'));
  });
});
