import { expect, test } from 'vitest';
import { type Packet, PacketType } from '../frames/index.ts';
import { dfuProductId } from '../messages/index.ts';
import { matchReply, type PendingRequest } from './request.ts';

const request: PendingRequest = { message: dfuProductId, address: 8, sequence: 5, type: PacketType.read, reply: dfuProductId.reply };
const reply: Packet = {
  destination: 0,
  source: 8,
  sequence: 5,
  type: PacketType.reply,
  command: 0x02,
  subcommand: 0x13,
  payload: Uint8Array.of(0x10, 0x30),
};
const refusal: Packet = { ...reply, command: 0xfe, subcommand: 0xf4, payload: new Uint8Array(0) };

test('a reply matches by source, sequence, command and subcommand', () => {
  expect(matchReply(request, reply)).toEqual({ kind: 'answer', value: 0x3010 });
  for (const other of [{ source: 4 }, { sequence: 6 }, { command: 0x12 }, { subcommand: 0x03 }, { subcommand: null }])
    expect(matchReply(request, { ...reply, ...other })).toBeNull();
});

test('a refusal matches by source and sequence, since it names no command', () => {
  expect(matchReply(request, refusal)).toMatchObject({ kind: 'error', error: { code: 'rejected', reason: 'no-child' } });
  for (const other of [{ source: 4 }, { sequence: 6 }]) expect(matchReply(request, { ...refusal, ...other })).toBeNull();
});

test('an acknowledgement answers a write, and no read', () => {
  const acknowledgement: Packet = { ...refusal, command: 0xff, subcommand: null };
  expect(matchReply(request, acknowledgement)).toBeNull();
  expect(matchReply({ ...request, type: PacketType.write }, acknowledgement)).toEqual({ kind: 'answer', value: undefined });
  expect(matchReply({ ...request, type: PacketType.write }, reply)).toBeNull();
});

test('only a reply replies', () => {
  for (const type of [PacketType.event, PacketType.read, PacketType.write]) {
    expect(matchReply(request, { ...reply, type })).toBeNull();
    expect(matchReply(request, { ...refusal, type })).toBeNull();
  }
});
