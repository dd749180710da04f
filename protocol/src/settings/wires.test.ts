import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { DecodeError } from '../bytes/index.ts';
import { Command, decodePacket, encodePacket, PacketType } from '../frames/index.ts';
import { decodePayload, encodePayload, mayReachRealDevices } from '../messages/index.ts';
import { type SettingKey, settingsCatalogue } from './catalogue.ts';
import type { SettingType, SettingValue } from './types.ts';
import { settingProblem } from './validate.ts';
import { announcedValues, type SettingsWire, type WireValues } from './wire.ts';
import { syntheticWires, verifiedWires } from './wires.ts';

function wireOf(key: SettingKey): SettingsWire {
  const wire = [...verifiedWires, ...syntheticWires].find(({ keys }) => keys.includes(key));
  if (!wire) throw new RangeError(`${key} has no wire`);
  return wire;
}
const read = (key: SettingKey, payload: Uint8Array): WireValues => decodePayload(wireOf(key).message.reply, payload);
const write = (key: SettingKey, values: WireValues): Uint8Array => encodePayload(wireOf(key).message.write, values);
const thrown = (code: string): unknown => expect.objectContaining({ name: 'DecodeError', code });

/** Facts E4: each verified message, its bytes by hand. */
const golden: readonly (readonly [string, SettingKey, WireValues, string])[] = [
  [
    'sidetone on, at -9 dB',
    'sidetoneLevel',
    { sidetoneEnabled: true, sidetoneLevel: -9 },
    `
      00  not muted
      F7  -9 dB
    `,
  ],
  [
    'sidetone off, its level kept at -6 dB',
    'sidetoneEnabled',
    { sidetoneEnabled: false, sidetoneLevel: -6 },
    `
      01  muted
      FA  -6 dB
    `,
  ],
  ['sidetone at -3 dB', 'sidetoneLevel', { sidetoneEnabled: true, sidetoneLevel: -3 }, '00 FD  not muted, -3 dB'],
  ['sidetone at 0 dB', 'sidetoneLevel', { sidetoneEnabled: true, sidetoneLevel: 0 }, '00 00  not muted, 0 dB'],
  ['sidetone at +3 dB', 'sidetoneLevel', { sidetoneEnabled: true, sidetoneLevel: 3 }, '00 03  not muted, +3 dB'],
  ['sidetone at +6 dB', 'sidetoneLevel', { sidetoneEnabled: true, sidetoneLevel: 6 }, '00 06  not muted, +6 dB'],
  ['PeakStop', 'audioProtection', { audioProtection: 'peakstop' }, '00  PeakStop'],
  ['IntelliTone', 'audioProtection', { audioProtection: 'intellitone' }, '03  IntelliTone'],
  ['G.616', 'audioProtection', { audioProtection: 'g616' }, '05  G.616'],
  ['tones', 'voiceGuidance', { voiceGuidance: 'tones' }, '00  tones'],
  ['voice', 'voiceGuidance', { voiceGuidance: 'voice' }, '01  voice'],
  ['neither tones nor voice', 'voiceGuidance', { voiceGuidance: 'off' }, '02  off'],
  ['never off by itself', 'autoPowerOffMinutes', { autoPowerOffMinutes: 0 }, '00  never'],
  ['off after half an hour', 'autoPowerOffMinutes', { autoPowerOffMinutes: 30 }, '06  6 × 5 minutes'],
  ['off after the longest time', 'autoPowerOffMinutes', { autoPowerOffMinutes: 1275 }, 'FF  255 × 5 minutes'],
  ['auto pairing', 'autoPairing', { autoPairing: true }, '01  on'],
  ['no auto pairing', 'autoPairing', { autoPairing: false }, '00  off'],
];

describe('verified bytes', () => {
  test.each(golden)('of %s', (_, key, values, bytes) => {
    expect(write(key, values)).toEqual(annotated(bytes));
    expect(read(key, annotated(bytes))).toMatchObject(values);
  });

  test('are a whole write of facts E1', () => {
    const { command, subcommand } = wireOf('sidetoneEnabled').message;
    const payload = write('sidetoneEnabled', { sidetoneEnabled: false, sidetoneLevel: 3 });
    const report = encodePacket({ destination: 8, source: 0, sequence: 9, type: PacketType.write, command, subcommand, payload });
    expect([...report.subarray(0, 10)]).toEqual([
      ...annotated(`
        05  report id
        08  to a headset on its cable
        00  from the PC
        09  sequence
        88  write, length 8 = 6 + 2
        13  config
        7C  sidetone
        01  muted
        03  +3 dB
        00  padding
      `),
    ]);
  });

  test('have a source each that is not ours', () => {
    for (const { message, synthetic } of verifiedWires) {
      expect(synthetic).toBe(false);
      expect(message.provenance.map(({ trust }) => trust)).toEqual(['independent']);
      expect(message.command).toBe(Command.config);
    }
  });

  test('that the tables don’t know are a value without a name, which is not written', () => {
    expect(read('audioProtection', Uint8Array.of(0x02))).toMatchObject({ audioProtection: null });
    expect(() => write('audioProtection', { audioProtection: null })).toThrow(thrown('unexpected-value'));
  });

  test('of a level that the contract doesn’t have are read as they are: other models have finer steps', () => {
    expect(read('sidetoneLevel', Uint8Array.of(0x00, 0x04))).toMatchObject({ sidetoneLevel: 4 });
  });
});

describe('a settings message', () => {
  test('keeps what a newer firmware appends', () => {
    const held = read('sidetoneLevel', Uint8Array.of(0x01, 0xfd, 0xaa, 0xbb));
    expect(write('sidetoneLevel', { ...held, sidetoneLevel: 6 })).toEqual(Uint8Array.of(0x01, 0x06, 0xaa, 0xbb));
  });

  test('is written as a whole or not at all: a missing part is not made up', () => {
    expect(() => write('sidetoneLevel', { sidetoneLevel: 6 })).toThrow(thrown('unexpected-value'));
    expect(() => write('sidetoneEnabled', { sidetoneEnabled: true })).toThrow(thrown('unexpected-value'));
    expect(() => write('autoPairing', {})).toThrow(thrown('unexpected-value'));
  });

  test('that is cut is none', () => {
    expect(() => read('sidetoneLevel', Uint8Array.of(0x00))).toThrow(thrown('truncated'));
    expect(() => read('autoPairing', new Uint8Array(0))).toThrow(thrown('truncated'));
  });

  test('decodes any payload, or throws a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 57 }), (payload) => {
        for (const { message } of [...verifiedWires, ...syntheticWires]) {
          try {
            decodePayload(message.reply, payload);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      }),
    );
  });

  test('is written back as it was read, whatever the firmware sends', () => {
    // Flags are normalised to 0 and 1; those that come as such stay what they are.
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 }), fc.uint8Array({ minLength: 1, maxLength: 56 }), (flag, more) => {
        const payload = Uint8Array.from([flag, ...more]);
        expect(write('sidetoneLevel', read('sidetoneLevel', payload))).toEqual(payload);
      }),
    );
  });
});

describe('an announcement', () => {
  const event = (subcommand: number, ...payload: number[]) =>
    decodePacket(
      encodePacket({
        destination: 0,
        source: 8,
        sequence: 0,
        type: PacketType.event,
        command: 0x13,
        subcommand,
        payload: Uint8Array.from(payload),
      }),
    );

  test('has the bytes of a reply', () => {
    expect(announcedValues(wireOf('sidetoneLevel'), event(0x7c, 0x01, 0xf7))).toMatchObject({ sidetoneEnabled: false, sidetoneLevel: -9 });
  });

  test('of another message says nothing, nor does one that is cut', () => {
    expect(announcedValues(wireOf('sidetoneLevel'), event(0x7d, 0x01, 0xf7))).toBeNull();
    expect(announcedValues(wireOf('sidetoneLevel'), event(0x7c, 0x01))).toBeNull();
  });
});

describe('a synthetic mapping', () => {
  /** Values that a setting takes, and that fit into a packet. */
  function valuesOf(type: SettingType): fc.Arbitrary<SettingValue> {
    switch (type.kind) {
      case 'boolean':
        return fc.boolean();
      case 'integer': {
        const steps = fc.integer({ min: type.min / type.step, max: type.max / type.step }).map((step) => step * type.step);
        return type.zero === null ? steps : fc.oneof(fc.constant(0), steps);
      }
      case 'integer-list':
        return fc.constantFrom(...type.values);
      case 'enum':
        return fc.constantFrom(...type.values);
      case 'integer-or-enum':
        return fc.oneof(fc.integer({ min: type.min, max: type.max }), fc.constantFrom(...type.values));
      case 'text':
        return fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => Buffer.byteLength(text) <= 56 && !text.includes('\0'));
      case 'language-tag':
        return fc.constantFrom('en-US', 'de', 'zh-Hant-TW', 'de-CH-1996');
    }
  }

  test.each(syntheticWires.flatMap(({ keys }) => keys))('carries every value of %s', (key) => {
    fc.assert(
      fc.property(valuesOf(settingsCatalogue[key].type), (value) => {
        fc.pre(settingProblem(key, value) === null);
        expect(read(key, write(key, { [key]: value }))[key]).toBe(value);
      }),
      { numRuns: 30 },
    );
  });

  test('has ids that no real device has, and says so', () => {
    for (const { message, synthetic } of syntheticWires) {
      expect(message.command).toBe(0x7e);
      expect(synthetic).toBe(true);
      expect(mayReachRealDevices(message)).toBe(false);
    }
  });

  test('writes no name that the setting lacks', () => {
    expect(() => write('ringtone', { ringtone: 'loud' })).toThrow(thrown('unexpected-value'));
    expect(() => write('ancMode', { ancMode: 'on' })).toThrow(thrown('unexpected-value'));
  });

  test('has numbers and names in one register', () => {
    expect(write('ringtone', { ringtone: 10 })).toEqual(annotated('0A 00  number 10'));
    expect(write('ringtone', { ringtone: 'random' })).toEqual(annotated('00 01  0100: the first name'));
    expect(write('ringtone', { ringtone: 'off' })).toEqual(annotated('01 01  0101: the second one'));
    expect(read('ringtone', annotated('02 01  0102: a third one')).ringtone).toBeNull();
  });

  test('refuses a name that is too long for a packet', () => {
    expect(() => write('deviceName', { deviceName: '🎧'.repeat(15) })).toThrow(thrown('too-long'));
    expect(write('deviceName', { deviceName: '🎧'.repeat(14) })).toHaveLength(57);
  });
});
