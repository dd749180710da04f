import { settingsCatalogue, type SettingKey } from './catalogue.ts';
import type { SettingType } from './types.ts';

/** BCP 47 well-formedness as far as language, script, region, variants and extensions go (RFC 5646, section 2.1, without grandfathered tags). */
const languageTag =
  /^[A-Za-z]{2,8}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(-[A-WY-Za-wy-z0-9](-[A-Za-z0-9]{2,8})+)*(-x(-[A-Za-z0-9]{1,8})+)?$/;

const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function problemOf(type: SettingType, value: unknown): string | null {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? null : `must be one of ${type.values.join(', ')}`;
    case 'integer-list':
      return isInteger(value) && type.values.includes(value) ? null : `must be one of ${type.values.join(', ')}${type.unit ? ` ${type.unit}` : ''}`;
    case 'integer': {
      const inRange = isInteger(value) && value >= type.min && value <= type.max && value % type.step === 0;
      if (inRange || (value === 0 && type.zero !== null)) return null;
      const steps = type.step > 1 ? ` in steps of ${type.step}` : '';
      const zero = type.zero !== null && type.min > 0 ? `, or 0 for ${type.zero}` : '';
      return `must be a whole number from ${type.min} to ${type.max}${steps}${zero}`;
    }
    case 'integer-or-enum':
      if (isInteger(value) && value >= type.min && value <= type.max) return null;
      return typeof value === 'string' && type.values.includes(value) ? null : `must be ${type.min} to ${type.max}, or ${type.values.join(' or ')}`;
    case 'text': {
      const length = typeof value === 'string' ? Array.from(value).length : -1;
      return length >= type.minLength && length <= type.maxLength ? null : `must be text of ${type.minLength} to ${type.maxLength} characters`;
    }
    case 'language-tag':
      return typeof value === 'string' && value.length <= 35 && languageTag.test(value) ? null : 'must be a language tag such as en-US';
  }
}

/** Why `value` is none for the setting, in words for an administrator, or null where it is one. */
export function settingProblem(key: SettingKey, value: unknown): string | null {
  const problem = problemOf(settingsCatalogue[key].type, value);
  return problem === null ? null : `${key} ${problem}`;
}
