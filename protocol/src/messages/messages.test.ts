import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, type Field } from '../bytes/index.ts';
import { annotated } from '../bytes/testing/annotated.ts';
import { connectionState } from './bluetooth.ts';
import { dfuProductId, firmwareVersion, productName, serialNumber, updateProtocol } from './identity.ts';
import { decodePayload, encodePayload, idText, mayReachRealDevices, type Message, tryDecodePayload } from './message.ts';
import { fwupd, headsetControl, synthetic } from './message.ts';
import { batteryStatus } from './status.ts';

/** One payload of a message, its bytes written by hand. */
const golden: readonly (readonly [string, Message, string, Field<unknown>, string, unknown])[] = [
  [
    'product name (recorded, facts E8)',
    productName,
    '02/00',
    productName.reply,
    `
      11                                17 characters
      4A 61 62 72 61 20                 "Jabra "
      50 61 6E 61 43 61 73 74 20 35 30  "PanaCast 50"
    `,
    'Jabra PanaCast 50',
  ],
  [
    'serial number',
    serialNumber,
    '02/01',
    serialNumber.reply,
    `
      0C                                   12 characters
      37 30 42 46 39 32 30 30 30 30 30 31  "70BF92000001"
    `,
    '70BF92000001',
  ],
  [
    'firmware version (recorded, facts E8)',
    firmwareVersion,
    '02/03',
    firmwareVersion.reply,
    `
      05              5 characters
      38 2E 30 2E 37  "8.0.7"
    `,
    '8.0.7',
  ],
  ['DFU product id (recorded, facts E8)', dfuProductId, '02/13', dfuProductId.reply, '10 30  3010, low byte first', 0x3010],
  ['update protocol', updateProtocol, '02/14', updateProtocol.reply, '10  16: over the air, extended', 16],
  [
    'battery status',
    batteryStatus,
    '12/02',
    batteryStatus.reply,
    `
      01  bit 0: charging
      50  80 %
    `,
    { state: { charging: true, low: false, fastCharging: false }, level: 80 },
  ],
  [
    'battery event',
    batteryStatus,
    '12/02',
    batteryStatus.event,
    `
      02  bit 1: low
      0F  15 %
    `,
    { state: { charging: false, low: true, fastCharging: false }, level: 15 },
  ],
];

describe('the payload of', () => {
  test.each(golden)('%s is as it is written by hand', (_, message, id, field, bytes, value) => {
    expect(idText(message.command, message.subcommand)).toBe(id);
    expect(decodePayload(field, annotated(bytes))).toEqual(value);
    expect(encodePayload(field, value)).toEqual(annotated(bytes));
  });
});

describe('a battery', () => {
  const levelOf = (byte: number): number | null => decodePayload(batteryStatus.reply, Uint8Array.of(0, byte)).level;

  test('that says 0 doesn’t know its level, which is not an empty one', () => {
    expect(levelOf(0)).toBeNull();
    expect(levelOf(1)).toBe(1);
    expect([...encodePayload(batteryStatus.reply, { state: { charging: false, low: false, fastCharging: false }, level: null })]).toEqual([0, 0]);
  });

  test('has no more than 100 %', () => {
    expect(levelOf(100)).toBe(100);
    expect(levelOf(101)).toBeNull();
    expect(levelOf(255)).toBeNull();
  });

  test('charges fast where bit 6 is set; bits without a known meaning say nothing', () => {
    expect(decodePayload(batteryStatus.reply, Uint8Array.of(0x41, 50)).state).toEqual({ charging: true, low: false, fastCharging: true });
    expect(decodePayload(batteryStatus.reply, Uint8Array.of(0xbc, 50)).state).toEqual({ charging: false, low: false, fastCharging: false });
  });

  test('may be followed by raw readings', () => {
    expect(decodePayload(batteryStatus.event, Uint8Array.of(0x00, 99, 0x0f, 0xa0, 0x01)).level).toBe(99);
  });

  test('without its level is malformed', () => {
    expect(tryDecodePayload(batteryStatus.reply, Uint8Array.of(0x01))).toBeNull();
  });
});

describe('a declaration', () => {
  const declared = [productName, serialNumber, firmwareVersion, dfuProductId, updateProtocol, batteryStatus, connectionState] as const;

  test('decodes any payload, or throws a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 57 }), (payload) => {
        for (const message of declared) {
          for (const field of Object.values(message).filter((part): part is Field<unknown> => typeof part === 'object' && 'decode' in part)) {
            try {
              decodePayload(field, payload);
            } catch (error) {
              expect(error).toBeInstanceOf(DecodeError);
            }
          }
        }
      }),
    );
  });

  test('has an id of its own, and a source that vouches for it', () => {
    expect(new Set(declared.map(({ command, subcommand }) => idText(command, subcommand))).size).toBe(declared.length);
    expect(declared.filter((message) => !mayReachRealDevices(message))).toEqual([]);
  });

  test('cannot be changed afterwards', () => {
    expect(Object.isFrozen(batteryStatus)).toBe(true);
  });
});

test('a message reaches real devices where somebody vouches for it, and nothing of it was made up', () => {
  expect(mayReachRealDevices({ provenance: [fwupd] })).toBe(true);
  expect(mayReachRealDevices({ provenance: [{ trust: 'operator', source: 'measured on 2026-01-05' }] })).toBe(true);
  expect(mayReachRealDevices({ provenance: [] })).toBe(false);
  expect(mayReachRealDevices({ provenance: [synthetic] })).toBe(false);
  expect(mayReachRealDevices({ provenance: [headsetControl, synthetic] })).toBe(false);
});

test('a programming error in a field is not taken for a malformed payload', () => {
  const broken: Field<never> = {
    layout: 'broken',
    decode: () => {
      throw new TypeError('a slip');
    },
    encode: () => undefined,
  };
  expect(() => tryDecodePayload(broken, Uint8Array.of(1))).toThrow(TypeError);
});

test('ids are written as the facts write them', () => {
  expect(idText(0x0f, 0x1a)).toBe('0F/1A');
  expect(idText(0xff, null)).toBe('FF');
});
