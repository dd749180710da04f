import { isSettingKey, settingProblem, settingsCatalogue, type SettingType, type SettingValue } from '@jpd/protocol';

/** How a person may change a setting: from what the device takes, never a free number. */
export type SettingControl =
  | { readonly kind: 'switch' }
  | { readonly kind: 'slider'; readonly values: readonly number[] }
  | { readonly kind: 'choice'; readonly values: readonly SettingValue[] }
  | { readonly kind: 'text'; readonly maxLength: number }
  /** Its value is shown, and nobody can say what else it could be. */
  | { readonly kind: 'none' };

/** Of the times that a device takes, those that have a name for people. */
const namedTimes: Readonly<Record<string, readonly number[]>> = {
  min: [0, 15, 30, 60, 120, 240, 480],
  s: [0, 10, 20, 30, 60],
};

const steps = (min: number, max: number, step: number): number[] =>
  Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, index) => min + index * step);

/** What it holds can be chosen again, where it is none of those that are offered. */
function withHeld(values: readonly SettingValue[], held: SettingValue): readonly SettingValue[] {
  if (values.includes(held)) return values;
  const all = [...values, held];
  return all.every((value): value is number => typeof value === 'number') ? all.toSorted((a, b) => a - b) : all;
}

function controlOfType(type: SettingType, offered: (value: SettingValue) => boolean): SettingControl {
  switch (type.kind) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer-list':
      return { kind: 'slider', values: type.values };
    case 'integer':
      if (type.zero !== null) return { kind: 'choice', values: (namedTimes[type.unit ?? ''] ?? [0, type.min, type.max]).filter(offered) };
      return { kind: 'slider', values: steps(type.min, type.max, type.step) };
    case 'enum':
      return { kind: 'choice', values: type.values };
    case 'integer-or-enum':
      return { kind: 'choice', values: [...type.values, ...steps(type.min, type.max, 1)] };
    case 'text':
      return { kind: 'text', maxLength: type.maxLength };
    case 'language-tag':
      // Which languages are in a headset no public source tells, and asking it is not among its verified messages.
      return { kind: 'none' };
  }
}

/** The control of a setting that a device holds as `held`, null where it does not have it. */
export function settingControl(key: string, held: SettingValue | null): SettingControl {
  if (held === null || !isSettingKey(key)) return { kind: 'none' };
  const control = controlOfType(settingsCatalogue[key].type, (value) => settingProblem(key, value) === null);
  if (control.kind === 'choice') return { kind: 'choice', values: withHeld(control.values, held) };
  // A slider that can't stand where the device is would lie about it.
  if (control.kind === 'slider' && !control.values.some((value) => value === held)) return { kind: 'choice', values: withHeld(control.values, held) };
  return control;
}
