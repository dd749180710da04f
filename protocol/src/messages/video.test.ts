import { expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { Address, encodePacket, PacketType } from '../frames/index.ts';
import { decodePayload, idText, mayReachRealDevices } from './message.ts';
import { videoIdle, videoStatus } from './video.ts';

test('the status of a video bar is asked as fwupd asks it', () => {
  expect(idText(videoStatus.command, videoStatus.subcommand)).toBe('26/1D');
  expect(mayReachRealDevices(videoStatus)).toBe(true);
  const { command, subcommand } = videoStatus;
  const head = { destination: Address.base, source: Address.pc, sequence: 9, type: PacketType.read };
  const written = annotated(`
    05 01 00 09  report 5, to the video bar, from the PC, sequence
    46           read, length 6
    26 1D        video, status
  `);
  const report = encodePacket({ ...head, command, subcommand, payload: new Uint8Array(0) });
  expect([...report]).toEqual([...written, ...new Uint8Array(64 - written.length)]);
});

test('a video bar is idle where it says 0, and busy with any other number', () => {
  expect(decodePayload(videoStatus.reply, annotated('00  idle'))).toBe(videoIdle);
  for (const byte of [1, 2, 0xff]) expect(decodePayload(videoStatus.reply, Uint8Array.of(byte))).not.toBe(videoIdle);
});
