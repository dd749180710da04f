import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { decodePayload, encodePayload } from '../messages/index.ts';
import { type OperatorEncoding, type OperatorMapping, operatorWire } from './operator-mapping.ts';
import type { SettingKey } from './catalogue.ts';
import type { SettingValue } from './types.ts';

const mapping = (setting: SettingKey, encoding: OperatorEncoding, offset = 0): OperatorMapping => ({
  setting,
  productIds: [0x24da],
  firmware: null,
  command: 0x13,
  subcommand: 0x44,
  offset,
  encoding,
  verified: 'by R. Hansen on 2026-01-05: seen on the device',
});

const encodings: readonly (readonly [string, SettingKey, OperatorEncoding, SettingValue, string])[] = [
  ['true or false', 'inCallBusylight', { type: 'boolean' }, true, '01'],
  ['a name', 'ringerVolume', { type: 'enum', values: { off: 0x10, low: 0x20, high: 0x40 } }, 'high', '40'],
  ['one byte', 'ancLevel', { type: 'integer', bytes: 1, signed: false, scale: 1 }, 5, '05'],
  ['one signed byte', 'sidetoneLevel', { type: 'integer', bytes: 1, signed: true, scale: 3 }, -9, 'FD  -3 steps of 3 dB'],
  ['two bytes', 'fieldOfView', { type: 'integer', bytes: 2, signed: false, scale: 1 }, 180, 'B4 00  00B4, low byte first'],
  ['two signed bytes', 'muteReminderSeconds', { type: 'integer', bytes: 2, signed: true, scale: 10 }, 30, '03 00  3 steps of 10 s'],
];

describe('an operator’s mapping', () => {
  test.each(encodings)('encodes %s', (_, setting, encoding, value, bytes) => {
    const { message } = operatorWire(mapping(setting, encoding));
    expect(encodePayload(message.write, { [setting]: value })).toEqual(annotated(bytes));
    expect(decodePayload(message.reply, annotated(bytes))[setting]).toBe(value);
  });

  test('keeps the bytes before and after its value', () => {
    const { message } = operatorWire(mapping('ancLevel', { type: 'integer', bytes: 1, signed: false, scale: 1 }, 3));
    const held = decodePayload(
      message.reply,
      annotated(`
        DE AD 01  another setting's
        02        level 2
        BE EF     another one's
      `),
    );
    expect(held.ancLevel).toBe(2);
    expect(encodePayload(message.write, { ...held, ancLevel: 5 })).toEqual(
      annotated(`
        DE AD 01  as they were
        05        level 5
        BE EF     as they were
      `),
    );
  });

  test('is not written without the bytes before its value', () => {
    const { message } = operatorWire(mapping('ancLevel', { type: 'integer', bytes: 1, signed: false, scale: 1 }, 3));
    expect(() => encodePayload(message.write, { ancLevel: 5 })).toThrow(expect.objectContaining({ name: 'DecodeError', code: 'unexpected-value' }));
  });

  test('writes nothing between two of its steps, and nothing beyond them', () => {
    const { message } = operatorWire(mapping('muteReminderSeconds', { type: 'integer', bytes: 1, signed: false, scale: 10 }));
    for (const seconds of [15, 2560, -10])
      expect(() => encodePayload(message.write, { muteReminderSeconds: seconds })).toThrow(expect.objectContaining({ code: 'out-of-range' }));
  });

  test('reads a byte that it doesn’t name as no value, and writes no such name', () => {
    const { message } = operatorWire(mapping('ringerVolume', { type: 'enum', values: { off: 0x10, low: 0x20 } }));
    expect(decodePayload(message.reply, Uint8Array.of(0x30)).ringerVolume).toBeNull();
    expect(() => encodePayload(message.write, { ringerVolume: 'medium' })).toThrow(expect.objectContaining({ code: 'unexpected-value' }));
  });

  test('carries the operator’s word as its source', () => {
    const wire = operatorWire(mapping('inCallBusylight', { type: 'boolean' }));
    expect(wire.message.provenance).toEqual([{ trust: 'operator', source: 'by R. Hansen on 2026-01-05: seen on the device' }]);
    expect(wire.synthetic).toBe(false);
    expect(wire.keys).toEqual(['inCallBusylight']);
  });
});
