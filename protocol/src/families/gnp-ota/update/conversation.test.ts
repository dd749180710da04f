import { expect, test } from 'vitest';
import { toHex } from '../../../bytes/index.ts';
import { packageOf, updateBench } from './testing/update-bench.ts';

/** 00 01, whose check number 248EF9BE is computed by hand in images/crc.test.ts, and 53 bytes: two blocks. */
const first = Uint8Array.of(0x00, 0x01);
const second = new Uint8Array(53).fill(0x5a);

/** A packet as it was received, without its padding. */
const bytesOf = (report: Uint8Array): string =>
  toHex(report.subarray(0, ((report[4] ?? 0) & 0x3f) + 1))
    .toUpperCase()
    .replaceAll(/../g, '$& ')
    .trim();

const fiftyTwo = Array.from({ length: 52 }, () => '5A').join(' ');

/** Everything that the host says to a headset, by hand from facts E9; the crc of the second image is the only computed one. */
const conversation = (announceFirst: string, announceSecond: (crc: string) => string, crc: string): readonly string[] => [
  '05 08 00 00 46 02 13', // which firmware it takes
  '05 08 00 01 46 02 01', // its serial number
  '05 08 00 02 46 02 03', // its version
  '05 08 00 03 46 02 14', // its update protocol
  '05 08 00 04 46 12 02', // its battery
  '05 08 00 05 87 0F 2D 01', // partition 1
  '05 08 00 06 86 0F 17', // start
  announceFirst,
  '05 08 00 00 0C 0F 1A 00 00 02 00 00 01', // block 0: 2 bytes
  '05 08 00 08 89 0F 1E 02 03 04', // version 2.3.4
  '05 08 00 09 87 0F 2D 02', // partition 2
  '05 08 00 0A 86 0F 17',
  announceSecond(crc),
  `05 08 00 00 3E 0F 1A 00 00 34 00 ${fiftyTwo}`, // block 0: 52 bytes
  '05 08 00 00 0B 0F 1A 01 00 01 00 5A', // block 1: 1 byte
  '05 08 00 0C 89 0F 1E 02 03 04',
  '05 08 00 0D 86 0F 1D', // commit
  '05 08 00 00 46 02 03', // the proof, in a new session: its version
  '05 08 00 01 46 02 01', // and that it is the same device
];

test.each([
  ['7', 7, '05 08 00 07 8E 0F 19 BE F9 8E 24 01 00 0A 00', (crc: string) => `05 08 00 0B 8E 0F 19 ${crc} 02 00 0A 00`],
  ['16', 16, '05 08 00 07 92 0F 19 BE F9 8E 24 00 00 0A 00 01 00 00 00', (crc: string) => `05 08 00 0B 92 0F 19 ${crc} 00 00 0A 00 02 00 00 00`],
])('an update of two images under protocol %s is this, byte for byte', async (_, updateProtocol, announceFirst, announceSecond) => {
  const { update, device } = updateBench({ updateProtocol });
  const firmware = packageOf([first, second]);
  expect(await update(firmware)).toMatchObject({ status: 'updated' });
  const crc = firmware.images[1]?.crc ?? 0;
  const crcBytes = [crc, crc >>> 8, crc >>> 16, crc >>> 24].map((byte) => (byte & 0xff).toString(16).toUpperCase().padStart(2, '0')).join(' ');
  expect(device.received.map(({ report }) => bytesOf(report))).toEqual(conversation(announceFirst, announceSecond, crcBytes));
});
