import { expect, test } from 'vitest';
import { Address } from './address.ts';
import { Command } from './command.ts';
import { PacketType } from './packet.ts';

test('addresses are those of facts E2', () => {
  expect(Address).toEqual({
    pc: 0,
    base: 1,
    secondary: 2,
    deskStand: 3,
    headset1: 4,
    headset2: 5,
    headset3: 6,
    headset4: 7,
    headsetViaUsb: 8,
    mobile: 9,
    headsetViaCradle: 10,
    cradle: 21,
    deskHub: 48,
    secondaryPc: 49,
    externalChip1: 50,
    externalChip2: 51,
    undefined: 255,
  });
});

test('types are the upper two bits of facts E1', () => {
  const bits = Object.fromEntries(Object.entries(PacketType).map(([name, type]) => [name, type << 6]));
  expect(bits).toEqual({ event: 0x00, read: 0x40, write: 0x80, reply: 0xc0 });
});

test('command groups are those of facts E3, and the synthetic one is none of them', () => {
  const { synthetic, ...real } = Command;
  expect(real).toEqual({
    ident: 0x02,
    file: 0x03,
    fileUpdate: 0x07,
    bluetoothClear: 0x0c,
    bluetooth: 0x0d,
    firmware: 0x0f,
    status: 0x12,
    config: 0x13,
    video: 0x26,
    nack: 0xfe,
    ack: 0xff,
  });
  expect(Object.values(real)).not.toContain(synthetic);
});
