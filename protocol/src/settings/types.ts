/** A setting's value on the wire of the platform: what JSON scalars can say. */
export type SettingValue = boolean | number | string;

/** Values by key. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** What values a setting takes. */
export type SettingType =
  | { readonly kind: 'boolean' }
  | {
      readonly kind: 'integer';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly zero: 'off' | 'never' | null;
      readonly unit: string | null;
    }
  | { readonly kind: 'integer-list'; readonly values: readonly number[]; readonly unit: string | null }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'integer-or-enum'; readonly min: number; readonly max: number; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly minLength: number; readonly maxLength: number }
  | { readonly kind: 'language-tag' };

export const boolean: SettingType = { kind: 'boolean' };
export const oneOf = (...values: readonly string[]): SettingType => ({ kind: 'enum', values });
