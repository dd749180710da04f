import { bool8, DecodeError, i8, i16le, mapped, nameOf8, text, u8 } from '../bytes/index.ts';
import type { Field } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { bluetoothTool, headsetControl, synthetic } from '../messages/message.ts';
import { settingKeys, settingsCatalogue, type SettingKey } from './catalogue.ts';
import type { SettingType, SettingValue } from './types.ts';
import { type SettingsWire, settingsWire } from './wire.ts';

/** The byte says "muted"; the setting says "enabled". */
const notMuted = mapped(
  bool8(),
  'bool, 01 muted',
  (muted) => !muted,
  (enabled) => !enabled,
);

const fiveMinutes = mapped(
  u8(),
  'u8 × 5 min, 0 never',
  (steps) => steps * 5,
  (minutes) => minutes / 5,
);

/** Bytes that vendor-written or independently tested open source documents: allowed on real devices (facts E4). */
export const verifiedWires: readonly SettingsWire[] = [
  settingsWire({
    name: 'sidetone',
    command: Command.config,
    subcommand: 0x7c,
    provenance: [headsetControl],
    keys: ['sidetoneEnabled', 'sidetoneLevel'],
    fields: { sidetoneEnabled: notMuted, sidetoneLevel: i8() },
  }),
  settingsWire({
    name: 'audio protection',
    command: Command.config,
    subcommand: 0x01,
    provenance: [headsetControl],
    keys: ['audioProtection'],
    fields: { audioProtection: nameOf8({ peakstop: 0x00, intellitone: 0x03, g616: 0x05 }) },
  }),
  settingsWire({
    name: 'voice guidance',
    command: Command.config,
    subcommand: 0x3a,
    provenance: [headsetControl],
    keys: ['voiceGuidance'],
    fields: { voiceGuidance: nameOf8({ tones: 0x00, voice: 0x01, off: 0x02 }) },
  }),
  settingsWire({
    name: 'inactivity interval',
    command: Command.config,
    subcommand: 0x90,
    provenance: [headsetControl],
    keys: ['autoPowerOffMinutes'],
    fields: { autoPowerOffMinutes: fiveMinutes },
  }),
  settingsWire({
    name: 'auto pairing',
    command: Command.config,
    subcommand: 0x40,
    provenance: [bluetoothTool],
    keys: ['autoPairing'],
    fields: { autoPairing: bool8() },
  }),
];

const verifiedKeys: ReadonlySet<string> = new Set(verifiedWires.flatMap(({ keys }) => keys));

const enumField = (values: readonly string[]): Field<string | null> => nameOf8(Object.fromEntries(values.map((value, index) => [value, index])));

/** Numbers and names in one register: names from 0x100 up. */
const numberOrName = (values: readonly string[]): Field<SettingValue | null> =>
  mapped(
    i16le(),
    `i16 LE, or ${values.map((value, index) => `${(0x100 + index).toString(16)} ${value}`).join(', ')}`,
    (raw) => (raw < 0x100 ? raw : (values[raw - 0x100] ?? null)),
    (value) => {
      if (typeof value === 'number') return value;
      const index = values.indexOf(String(value));
      if (index < 0) throw new DecodeError('unexpected-value', `${String(value)} is none of ${values.join(', ')}`);
      return 0x100 + index;
    },
  );

function syntheticField(type: SettingType): Field<unknown> {
  switch (type.kind) {
    case 'boolean':
      return bool8();
    case 'integer':
    case 'integer-list':
      return i16le();
    case 'enum':
      return enumField(type.values);
    case 'integer-or-enum':
      return numberOrName(type.values);
    case 'text':
    case 'language-tag':
      return text();
  }
}

const syntheticWire = (key: SettingKey): SettingsWire =>
  settingsWire({
    name: key,
    command: Command.synthetic,
    subcommand: settingKeys.indexOf(key),
    provenance: [synthetic],
    keys: [key],
    fields: { [key]: syntheticField(settingsCatalogue[key].type) },
  });

/** Every setting that has no verified bytes, under ids that no real device has: virtual devices carry them, any other transport refuses them. */
export const syntheticWires: readonly SettingsWire[] = settingKeys.filter((key) => !verifiedKeys.has(key)).map(syntheticWire);
