import type { DeviceView, SettingErrorCode, SettingRow, SettingValue } from '../../bridge/index.ts';
import type { Words, WordKey } from '../words/words.ts';
import { sourceText } from './names.ts';
import { descriptionOf, isKnownSetting } from './setting-names.ts';
import { valueInSentence } from './setting-values.ts';
import { type Calendar, dayNumber, dayText, whenText } from './time.ts';

export type NoteKind = 'about' | 'set-by' | 'waiting' | 'back' | 'info' | 'warning';
export interface SettingNote {
  readonly kind: NoteKind;
  readonly text: string;
}

export const settingName = (key: string, words: Words): string => (isKnownSetting(key) ? words.t(`set.${key}`) : key);

const tones = {
  'unknown-setting': { key: 'note.unknown', kind: 'info' },
  'invalid-value': { key: 'note.invalid', kind: 'warning' },
  'not-supported': { key: 'note.notSupported', kind: 'info' },
  'device-timeout': { key: 'note.timeout', kind: 'warning' },
  'device-rejected': { key: 'note.rejected', kind: 'warning' },
  'firmware-unsupported': { key: 'note.firmware', kind: 'warning' },
  'lock-contested': { key: 'note.contested', kind: 'info' },
} as const satisfies Record<SettingErrorCode, { key: WordKey; kind: NoteKind }>;

/** Why a setting is not what somebody wanted, in the same words for the organisation's wish and the user's own. */
export function problemNote(
  problem: { readonly code: SettingErrorCode | 'locked'; readonly wanted: SettingValue | null },
  row: SettingRow,
  device: DeviceView,
  words: Words,
): SettingNote {
  if (problem.code === 'locked') return { kind: 'info', text: words.t('note.locked') };
  const noun = words.noun(device.formFactor);
  const value = row.value === null ? '–' : valueInSentence(row.key, row.value, words);
  const { key, kind } = tones[problem.code];
  if (problem.code === 'device-rejected' && problem.wanted === null) return { kind, text: words.t('note.rejectedPlain', { ...noun, value }) };
  const wanted = problem.wanted === null ? '–' : valueInSentence(row.key, problem.wanted, words);
  return { kind, text: words.t(key, { ...noun, value, wanted }) };
}

/** Everything there is to say below the name of a setting, in reading order. */
export function settingNotes(row: SettingRow, device: DeviceView, calendar: Calendar, words: Words): SettingNote[] {
  const noun = words.noun(device.formFactor);
  const about = descriptionOf(row.key);
  return [
    ...(about ? [{ kind: 'about' as const, text: words.t(about) }] : []),
    ...(row.isLocked && row.source ? [{ kind: 'set-by' as const, text: setByText(row, device, calendar, words) }] : []),
    ...(row.waiting
      ? [
          {
            kind: 'waiting' as const,
            text: words.t(row.waiting.until === 'next-login' ? 'note.login' : 'note.device', {
              ...noun,
              value: valueInSentence(row.key, row.waiting.value, words),
            }),
          },
        ]
      : []),
    ...(row.enforcedAt === null
      ? []
      : [{ kind: 'back' as const, text: words.t('note.enforced', { ...noun, when: whenText(row.enforcedAt, calendar, words) }) }]),
    ...(row.putBackAt === null
      ? []
      : [{ kind: 'back' as const, text: words.t('note.putBack', { ...noun, when: whenText(row.putBackAt, calendar, words) }) }]),
    ...(row.problem ? [problemNote(row.problem, row, device, words)] : []),
  ];
}

function setByText(row: SettingRow, device: DeviceView, calendar: Calendar, words: Words): string {
  const source = row.source ? sourceText(row.source, device, words) : '';
  if (row.since === null) return words.t('settings.setBy', { source });
  const zone = calendar.timeZone === undefined ? {} : { timeZone: calendar.timeZone };
  const isToday = dayNumber(row.since, zone) === dayNumber(calendar.now, zone);
  return words.t('settings.setBySince', { source, when: isToday ? whenText(row.since, calendar, words) : dayText(row.since, calendar, words) });
}
