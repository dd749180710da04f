import { describe, expect, it } from 'vitest';
import { languages, type SettingRow, settingErrorCodes } from '../../bridge/index.ts';
import { situations, situationTime } from '../../fake-main/index.ts';
import { makeWords } from '../words/words.ts';
import { sentGates } from './sent-log.ts';
import { knownSettings } from './setting-names.ts';
import { settingName, settingNotes } from './setting-notes.ts';
import { valueText } from './setting-values.ts';

const words = makeWords('en');
const calendar = { now: situationTime, timeZone: 'UTC' };
const [device] = situations.settings.state.devices;
const row = (key: string, changed: Partial<SettingRow> = {}): SettingRow => {
  const found = device?.settings.find((one) => one.key === key);
  if (!found) throw new Error(key);
  return { ...found, ...changed };
};
const notes = (one: SettingRow) => (device ? settingNotes(one, device, calendar, words).map(({ text }) => text) : []);

describe('what a setting says', () => {
  it('names who locked it and since when', () => {
    expect(notes(row('audioProtection'))).toEqual(['Set by your organisation · Contact centre configuration · since 12 November']);
  });

  it('names what waits, and for what', () => {
    expect(notes(row('sidetoneLevel'))).toEqual(['3 dB will be applied when you next sign in']);
    const waiting = { value: 3, until: 'device', receivedAt: 0 } as const;
    expect(notes(row('sidetoneLevel', { waiting }))).toEqual(['3 dB will be applied when the headset is connected']);
  });

  it('names what the device refused, and what it keeps', () => {
    expect(notes(row('autoPowerOffMinutes'))).toEqual(['The headset did not accept 4 hours. It stays at 8 hours.']);
    expect(notes(row('autoPauseMusic'))).toEqual(['Your organisation chose this, but the headset does not have it.']);
  });

  it.each(settingErrorCodes)('has a sentence for %s in every language', (code) => {
    for (const language of languages) {
      const own = makeWords(language);
      const said = device ? settingNotes(row('sidetoneLevel', { problem: { code, wanted: 3 } }), device, calendar, own).at(-1)?.text : undefined;
      expect(said).toMatch(/^[^{}]+$/u);
    }
  });

  it('has a name for every key that it knows, and shows the key of another', () => {
    expect(knownSettings.filter((key) => settingName(key, words) === key)).toEqual([]);
    expect(settingName('spin', words)).toBe('spin');
  });

  it('shows values as people say them', () => {
    expect(valueText('sidetoneLevel', -3, words)).toBe('-3 dB');
    expect(valueText('sidetoneLevel', 0, words, true)).toBe('0 decibel');
    expect(valueText('autoPowerOffMinutes', 0, words)).toBe('Never');
    expect(valueText('autoPowerOffMinutes', 90, words)).toBe('After 90 minutes');
    expect(valueText('voiceGuidanceLanguage', 'en-GB', words)).toBe('English (UK)');
    expect(valueText('voiceGuidanceLanguage', '???', words)).toBe('???');
    expect(valueText('deviceName', 'voice', words)).toBe('voice');
  });
});

it('never says "not sent" of a group that the log has', () => {
  const { state, sent } = situations.sent;
  const off = { ...state.policy, metadata: { userName: false, computer: false, location: false } };
  expect(sentGates(sent, state.policy)).toContainEqual({ gate: 'computer', state: 'sent' });
  expect(sentGates(sent, off)).toContainEqual({ gate: 'computer', state: 'notAnyMore' });
  expect(sentGates([], state.policy).map((one) => one.state)).toEqual(['notSent', 'notSent', 'notSent', 'notSent']);
});
