import { bool8, bytes, type Field, i8, i16le, mapped, nameOf8, u8, u16le } from '../bytes/index.ts';
import type { SettingKey } from './catalogue.ts';
import { type SettingsWire, settingsWire } from './wire.ts';

/** How an operator's mapping encodes its value. */
export type OperatorEncoding =
  | { readonly type: 'boolean' }
  | { readonly type: 'enum'; readonly values: Readonly<Record<string, number>> }
  | {
      readonly type: 'integer';
      readonly bytes: 1 | 2;
      readonly signed: boolean;
      /** Units of the setting that one step of the wire stands for. */ readonly scale: number;
    };

/** A wire mapping that an operator verified on own hardware and takes responsibility for (definitions file). */
export interface OperatorMapping {
  readonly setting: SettingKey;
  /** USB or DFU product ids it was verified on; it is used on no other. */
  readonly productIds: readonly number[];
  /** Firmware versions it holds for, both ends included, null for an open end; null: every version. */
  readonly firmware: { readonly from: string | null; readonly to: string | null } | null;
  /** Group 13 (config), the only one in which an operator can map anything. */
  readonly command: number;
  readonly subcommand: number;
  /** Bytes before the value; they are written back as they were read. */
  readonly offset: number;
  readonly encoding: OperatorEncoding;
  /** Who, when and how, for the log and the device's page. */
  readonly verified: string;
}

function integerField(width: 1 | 2, signed: boolean, scale: number): Field<number> {
  const raw = width === 1 ? (signed ? i8() : u8()) : signed ? i16le() : u16le();
  return mapped(
    raw,
    `${raw.layout} × ${scale}`,
    (steps) => steps * scale,
    (value) => value / scale,
  );
}

function fieldOf(encoding: OperatorEncoding): Field<unknown> {
  switch (encoding.type) {
    case 'boolean':
      return bool8();
    case 'enum':
      return nameOf8(encoding.values);
    case 'integer':
      return integerField(encoding.bytes, encoding.signed, encoding.scale);
  }
}

/** The wire of an operator's mapping. */
export function operatorWire(mapping: OperatorMapping): SettingsWire {
  const before = mapping.offset > 0 ? { before: bytes(mapping.offset) } : {};
  return settingsWire({
    name: `${mapping.setting} (operator's mapping)`,
    command: mapping.command,
    subcommand: mapping.subcommand,
    provenance: [{ trust: 'operator', source: mapping.verified }],
    keys: [mapping.setting],
    fields: { ...before, [mapping.setting]: fieldOf(mapping.encoding) },
  });
}
