import type { SettingValue } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';
import { isKnownSetting } from './setting-names.ts';
import { locale } from './time.ts';

const named = [
  'peakstop',
  'intellitone',
  'g616',
  'voice',
  'tones',
  'effects',
  'anc',
  'hearthrough',
  'low',
  'medium',
  'high',
  'random',
  'fullScreen',
  'intelligentZoom',
  'activeSpeaker',
] as const;

/** A value of a setting in words; `isSpoken` for a screen reader. */
export function valueText(key: string, value: SettingValue, words: Words, isSpoken = false): string {
  if (typeof value === 'boolean') return words.t(value ? 'common.on' : 'common.off');
  if (typeof value === 'number') return numberValue(key, value, words, isSpoken);
  if (value === 'off') return words.t('common.off');
  if (key === 'voiceGuidanceLanguage') return languageName(value, words);
  const known = named.find((one) => one === value);
  return known && isKnownSetting(key) && key !== 'deviceName' ? words.t(`value.${known}`) : value;
}

/** A value inside a sentence: an amount plain, a choice between quotes. */
export function valueInSentence(key: string, value: SettingValue, words: Words): string {
  if (key === 'muteReminderSeconds' && typeof value === 'number' && value > 0) return words.t('value.seconds', { count: value });
  if (key === 'autoPowerOffMinutes' && typeof value === 'number' && value > 0) {
    return value % 60 === 0 ? words.t('value.hours', { count: value / 60 }) : words.t('value.minutes', { count: value });
  }
  const text = valueText(key, value, words);
  return typeof value === 'number' && value !== 0 ? text : key === 'sidetoneLevel' ? text : words.t('value.quoted', { value: text });
}

function numberValue(key: string, value: number, words: Words, isSpoken: boolean): string {
  switch (key) {
    case 'sidetoneLevel':
      return isSpoken ? words.t('value.say.decibel', { count: value }) : words.t('value.decibel', { value });
    case 'muteReminderSeconds':
      return value === 0 ? words.t('common.off') : words.t('value.everySeconds', { count: value });
    case 'autoPowerOffMinutes':
      if (value === 0) return words.t('value.never');
      return value % 60 === 0 ? words.t('value.afterHours', { count: value / 60 }) : words.t('value.afterMinutes', { count: value });
    case 'fieldOfView':
      return words.t('value.degrees', { value });
    default:
      return String(value);
  }
}

function languageName(tag: string, words: Words): string {
  try {
    return words.startOf(new Intl.DisplayNames(locale(words), { type: 'language', languageDisplay: 'standard', style: 'short' }).of(tag) ?? tag);
  } catch {
    // Not a language tag: shown as the device holds it.
    return tag;
  }
}
