import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { decodePacket, encodePacket, PacketType } from '../frames/index.ts';
import { acknowledgementOf } from './acknowledgement.ts';

const of = (text: string): ReturnType<typeof acknowledgementOf> => acknowledgementOf(decodePacket(annotated(text)));

describe('a reply packet', () => {
  test('with command FF acknowledges, without a subcommand', () => {
    expect(
      of(`
        05 00 08 2A  report id, to the PC, from the headset, sequence
        C5           reply, length 5
        FF           ACK
      `),
    ).toEqual({ kind: 'ack' });
  });

  test('with command FF acknowledges, with a subcommand', () => {
    expect(
      of(`
        05 00 08 2A  report id, to the PC, from the headset, sequence
        C6           reply, length 6
        FF 00        ACK, and a byte that says nothing
      `),
    ).toEqual({ kind: 'ack' });
  });

  test('with command FE refuses, with the reason in the byte after it', () => {
    expect(
      of(`
        05 00 04 07  report id, to the PC, from the headset behind the dongle, sequence
        C6           reply, length 6
        FE F3        NACK: not reachable
      `),
    ).toEqual({ kind: 'nack', reason: 0xf3 });
  });

  test('with command FE refuses, also where its reason was cut off', () => {
    expect(
      of(`
        05 00 08 07  report id, to the PC, from the headset, sequence
        C5           reply, length 5
        FE           NACK
      `),
    ).toEqual({ kind: 'nack', reason: 0 });
  });

  test('with another command is neither', () => {
    expect(of('05 00 01 01 CC 02 03 05 38 2E 30 2E 37')).toBeNull();
  });

  test('is the only type that answers', () => {
    for (const type of [PacketType.event, PacketType.read, PacketType.write])
      for (const command of [0xfe, 0xff]) {
        const packet = { destination: 0, source: 8, sequence: 1, type, command, subcommand: 0xf4, payload: new Uint8Array(0) };
        expect(acknowledgementOf(decodePacket(encodePacket(packet)))).toBeNull();
      }
  });
});
