import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, type Field } from '../bytes/index.ts';
import { annotated } from '../bytes/testing/annotated.ts';
import { Address, encodePacket, PacketType } from '../frames/index.ts';
import { deleteFile, fileBlockLength, fileChecksum, fileChecksumRequest, fileFirstBlock, fileNextBlock, startFileUpdate } from './file.ts';
import { decodePayload, encodePayload, idText, mayReachRealDevices, type Message } from './message.ts';

const name = 'upgrade.zip';
const md5 = Uint8Array.from({ length: 16 }, (_, index) => 0xd0 + index);

interface Golden {
  readonly what: string;
  readonly message: Message;
  readonly id: string;
  readonly type: PacketType;
  readonly field: Field<unknown> | undefined;
  readonly value: unknown;
  /** The whole report up to its padding, sequence number 7. */
  readonly report: string;
}

// Layouts of fwupd jabra-file (vendor-written), its length sums included; fwupd 2.0.20 itself takes an emulated update of these bytes, and none with other ids.
const golden: readonly Golden[] = [
  {
    what: 'file checksum, asked',
    message: fileChecksumRequest,
    id: '03/03',
    type: PacketType.read,
    field: fileChecksumRequest.request,
    value: undefined,
    report: `
      05 01 00 07  report 5, to the video bar, from the PC, sequence
      47           read, length 6 + 1
      03 03        file, checksum
      00           first block, nothing in it
    `,
  },
  {
    what: 'file checksum',
    message: fileChecksum,
    id: '03/03',
    type: PacketType.read,
    field: fileChecksum.request,
    value: undefined,
    report: `
      05 01 00 07 47 03 03
      40           next block, nothing in it
    `,
  },
  {
    what: 'file removal',
    message: deleteFile,
    id: '03/04',
    type: PacketType.write,
    field: deleteFile.write,
    value: name,
    report: `
      05 01 00 07
      92                                write, length 6 + 12
      03 04                             file, removal
      0B                                first block, 11 bytes
      75 70 67 72 61 64 65 2E 7A 69 70  "upgrade.zip"
    `,
  },
  {
    what: 'first block of a file',
    message: fileFirstBlock,
    id: '03/00',
    type: PacketType.write,
    field: fileFirstBlock.write,
    value: { size: 0x0102_0304, name },
    report: `
      05 01 00 07
      96                                write, length 6 + 16
      03 00                             file, block
      0F                                first block, 15 bytes
      01 02 03 04                       16,909,060 bytes, high byte first
      75 70 67 72 61 64 65 2E 7A 69 70  "upgrade.zip"
    `,
  },
  {
    what: 'next block of a file, posted',
    message: fileNextBlock,
    id: '03/00',
    type: PacketType.event,
    field: fileNextBlock.post,
    value: { id: 0x63, data: Uint8Array.of(0xaa, 0xbb, 0xcc) },
    report: `
      05 01 00 07
      0B           type 0, length 8 + 3
      03 00
      44           next block, 4 bytes
      63           the 100th
      AA BB CC
    `,
  },
  {
    what: 'next block of a file, full, with an ACK asked for',
    message: fileNextBlock,
    id: '03/00',
    type: PacketType.write,
    field: fileNextBlock.write,
    value: { id: 0x64, data: new Uint8Array(fileBlockLength).fill(0xee) },
    report: `
      05 01 00 07
      BF           write, length 8 + 55
      03 00
      78           next block, 56 bytes
      64           the 101st
      ${'EE '.repeat(54)}EE
    `,
  },
  {
    what: 'start of a file update',
    message: startFileUpdate,
    id: '07/03',
    type: PacketType.write,
    field: startFileUpdate.write,
    value: undefined,
    report: `
      05 01 00 07
      87           write, length 6 + 1
      07 03        file update, start
      02
    `,
  },
];

describe('the report of', () => {
  test.each(golden)('$what is as fwupd sends it', ({ message, id, type, field, value, report }) => {
    expect(idText(message.command, message.subcommand)).toBe(id);
    expect(mayReachRealDevices(message)).toBe(true);
    if (!field) throw new TypeError('the part is not declared');
    const written = annotated(report);
    const payload = encodePayload(field, value);
    const head = { destination: Address.base, source: Address.pc, sequence: 7, type };
    const encoded = encodePacket({ ...head, command: message.command, subcommand: message.subcommand, payload });
    expect(encoded).toHaveLength(64);
    expect([...encoded]).toEqual([...written, ...new Uint8Array(64 - written.length)]);
    expect(decodePayload(field, payload)).toEqual(value);
  });
});

describe('the checksum of a file', () => {
  test('is at bytes 12 to 27 of the reply', () => {
    const report = annotated(`
      05 00 01 07 DB 03 03
      00 00 00 00 00                                   not public
      D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 DA DB DC DD DE DF  MD5
    `);
    expect(report.subarray(12, 28)).toEqual(md5);
    expect(decodePayload(fileChecksum.reply, report.subarray(7)).md5).toEqual(md5);
  });

  test('may be followed by more, and not be cut', () => {
    expect(decodePayload(fileChecksum.reply, Uint8Array.from([...new Uint8Array(5), ...md5, 1, 2, 3])).md5).toEqual(md5);
    expect(() => decodePayload(fileChecksum.reply, Uint8Array.from([...new Uint8Array(5), ...md5.subarray(1)]))).toThrow(DecodeError);
  });

  test('is first asked with a message whose reply may be anything', () => {
    for (const length of [0, 1, 57]) expect(decodePayload(fileChecksumRequest.reply, new Uint8Array(length))).toHaveLength(length);
  });
});

test('a block of a file is of its own kind: the first is no next one', () => {
  const firstPayload = encodePayload(fileFirstBlock.write, { size: 1, name });
  const nextPayload = encodePayload(fileNextBlock.post, { id: 0, data: Uint8Array.of(1) });
  expect(() => decodePayload(fileNextBlock.post, firstPayload)).toThrow(expect.objectContaining({ code: 'unexpected-value' }));
  expect(() => decodePayload(fileFirstBlock.write, nextPayload)).toThrow(expect.objectContaining({ code: 'unexpected-value' }));
});

test('any piece of a file comes back as it was, and its id is one byte', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.uint8Array({ minLength: 1, maxLength: fileBlockLength }), (id, data) => {
      expect(decodePayload(fileNextBlock.post, encodePayload(fileNextBlock.post, { id, data }))).toEqual({ id, data });
    }),
  );
  expect(() => encodePayload(fileNextBlock.post, { id: 256, data: Uint8Array.of(1) })).toThrow(DecodeError);
  expect(() => encodePayload(fileNextBlock.post, { id: 0, data: new Uint8Array(fileBlockLength + 1) })).toThrow(DecodeError);
});
