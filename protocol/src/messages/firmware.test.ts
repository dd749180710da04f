import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, type Field } from '../bytes/index.ts';
import { annotated } from '../bytes/testing/annotated.ts';
import { encodePacket, PacketType } from '../frames/index.ts';
import {
  updateBlock,
  updateBlockAcknowledged,
  updateCommit,
  updateCrc,
  updateCrcExtended,
  updateErased,
  updatePartition,
  updateStart,
  updateVerified,
  updateVersion,
} from './firmware.ts';
import { decodePayload, encodePayload, idText, mayReachRealDevices, type Message, type MessageParts, tryDecodePayload } from './message.ts';

type Part = keyof MessageParts;

/** Whole packets up to their padding, to and from a headset on its cable (facts E9: headers and layouts). */
const golden: readonly (readonly [message: Message, part: Part, id: string, packet: string, value: unknown])[] = [
  [updatePartition, 'write', '0F/2D', '05 08 00 00 87 0F 2D 02  partition 2', 2],
  [updateStart, 'write', '0F/17', '05 08 00 00 86 0F 17', undefined],
  [updateErased, 'event', '0F/18', '05 00 08 00 06 0F 18', undefined],
  [
    updateCrc,
    'write',
    '0F/19',
    `
      05 08 00 00 8E 0F 19
      BE F9 8E 24  check number 248EF9BE, low byte first
      2C 01        300 blocks
      0A 00        every 10th is acknowledged
    `,
    { crc: 0x248ef9be, blocks: 300, window: 10 },
  ],
  [
    updateCrcExtended,
    'write',
    '0F/19',
    `
      05 08 00 00 92 0F 19
      BE F9 8E 24  check number
      00 00        where protocol 7 has its number of blocks
      0A 00        window
      71 11 01 00  70,001 blocks
    `,
    { crc: 0x248ef9be, noBlocks: undefined, window: 10, blocks: 70_001 },
  ],
  [
    updateBlock,
    'post',
    '0F/1A',
    `
      05 08 00 00
      0D     type 0, length 10 and 3
      0F 1A
      34 12  block 1234
      03 00  3 bytes
      AA BB CC
    `,
    { number: 0x1234, data: Uint8Array.of(0xaa, 0xbb, 0xcc) },
  ],
  [updateBlockAcknowledged, 'event', '0F/1B', '05 00 08 00 08 0F 1B 2A 01  block 298', 298],
  [updateVerified, 'event', '0F/1C', '05 00 08 00 06 0F 1C', undefined],
  [updateVersion, 'write', '0F/1E', '05 08 00 00 89 0F 1E 01 0B 07  1.11.7', { major: 1, minor: 11, micro: 7 }],
  [updateCommit, 'write', '0F/1D', '05 08 00 00 86 0F 1D', undefined],
];

function fieldOf(message: Message, part: Part): Field<unknown> {
  const field = message[part];
  if (!field) throw new TypeError(`${message.name} has no ${part}`);
  return field;
}

describe('the packet of', () => {
  test.each(golden.map(([message, ...others]) => [message.name, message, ...others] as const))(
    '%s is as it is written by hand',
    (_, message, part, id, packet, value) => {
      const bytes = annotated(packet);
      const field = fieldOf(message, part);
      expect(idText(message.command, message.subcommand)).toBe(id);
      expect(mayReachRealDevices(message)).toBe(true);
      const { command, subcommand } = message;
      const type = part === 'write' ? PacketType.write : PacketType.event;
      const [, destination = 0, source = 0] = bytes;
      const report = encodePacket({ destination, source, sequence: 0, type, command, subcommand, payload: encodePayload(field, value) });
      expect(report.subarray(0, bytes.length)).toEqual(bytes);
      expect(report.subarray(bytes.length).every((byte) => byte === 0)).toBe(true);
      expect(decodePayload(field, bytes.subarray(7))).toEqual(value);
    },
  );
});

describe('a block', () => {
  const data = (length: number): Uint8Array => new Uint8Array(length).fill(7);

  test('has 1 to 52 bytes, and says how many', () => {
    expect(encodePayload(updateBlock.post, { number: 0, data: data(52) })).toHaveLength(56);
    for (const length of [0, 53]) expect(() => encodePayload(updateBlock.post, { number: 0, data: data(length) })).toThrow(DecodeError);
    expect(tryDecodePayload(updateBlock.post, Uint8Array.of(0, 0, 0, 0))).toBeNull();
    expect(tryDecodePayload(updateBlock.post, Uint8Array.of(0, 0, 53, 0, ...data(53)))).toBeNull();
    expect(tryDecodePayload(updateBlock.post, Uint8Array.of(0, 0, 3, 0, 1, 2))).toBeNull();
  });

  test('has a number of 16 bits', () => {
    expect(() => encodePayload(updateBlock.post, { number: 0x1_0000, data: data(1) })).toThrow(DecodeError);
    expect([...encodePayload(updateBlock.post, { number: 0xffff, data: data(1) })]).toEqual([0xff, 0xff, 1, 0, 7]);
  });

  test('is read as it was written, padding or not', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.uint8Array({ minLength: 1, maxLength: 52 }), (number, bytes) => {
        const payload = encodePayload(updateBlock.post, { number, data: bytes });
        expect(decodePayload(updateBlock.post, payload)).toEqual({ number, data: bytes });
        expect(decodePayload(updateBlock.post, Uint8Array.of(...payload, 0))).toEqual({ number, data: bytes });
      }),
    );
  });
});

describe('a check number', () => {
  test.each([0, 1, 0xffff, 0x1_0000, 0xdb710641, 0xffff_ffff])('of %i keeps its 32 bits', (crc) => {
    const value = { crc, blocks: 1, window: 10 };
    const payload = encodePayload(updateCrc.write, value);
    expect(decodePayload(updateCrc.write, payload)).toEqual(value);
    expect(new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)).toBe(crc);
  });

  test.each([-1, 0.5, 0x1_0000_0000])('of %d is none', (crc) => {
    expect(() => encodePayload(updateCrc.write, { crc, blocks: 1, window: 10 })).toThrow(DecodeError);
  });
});

test('the number of blocks has 16 bits under protocol 7 and 32 under protocol 16', () => {
  expect(() => encodePayload(updateCrc.write, { crc: 0, blocks: 0x1_0000, window: 10 })).toThrow(DecodeError);
  const extended = { crc: 0, noBlocks: undefined, window: 10, blocks: 0xffff_ffff };
  expect(decodePayload(updateCrcExtended.write, encodePayload(updateCrcExtended.write, extended))).toEqual(extended);
});
