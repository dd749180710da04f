import type { Words } from '../words/words.ts';

export interface Calendar {
  readonly now: number;
  /** IANA name; the system's where it is left out. */
  readonly timeZone?: string | undefined;
}

const dayLength = 86_400_000;

/** "today, 10:40", "Friday, 17:42", "Thursday 26 November, 10:42": as short as it can be without doubt. Lower case where the language has it so. */
export function whenText(at: number, { now, timeZone }: Calendar, words: Words): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat(locale(words), { hour: '2-digit', minute: '2-digit', hour12: false, ...zone }).format(at);
  const days = dayNumber(at, zone) - dayNumber(now, zone);
  if (days === 0) return words.t('when.today', { time });
  if (days === -1) return words.t('when.yesterday', { time });
  if (days === 1) return words.t('when.tomorrow', { time });
  const isNear = days < 0 && days > -7;
  const day = new Intl.DateTimeFormat(locale(words), { weekday: 'long', ...(isNear ? {} : { day: 'numeric', month: 'long' }), ...zone }).format(at);
  return words.t('when.other', { day, time });
}

/** "24 November" */
export function dayText(at: number, { timeZone }: Calendar, words: Words): string {
  return new Intl.DateTimeFormat(locale(words), { day: 'numeric', month: 'long', ...(timeZone === undefined ? {} : { timeZone }) }).format(at);
}

export function timeText(at: number, { timeZone }: Calendar, words: Words): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Intl.DateTimeFormat(locale(words), { hour: '2-digit', minute: '2-digit', hour12: false, ...zone }).format(at);
}

/** Days since the epoch as the calendar on the wall counts them. */
export function dayNumber(at: number, zone: { readonly timeZone?: string }): number {
  const parts = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone }).format(at);
  return Date.parse(`${parts}T00:00:00Z`) / dayLength;
}

/** English as in most of the world: day before month. */
export const locale = (words: Words): string => (words.language === 'en' ? 'en-GB' : words.language);
