import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SettingKey, settingKeys } from './catalogue.ts';
import { settingProblem } from './validate.ts';

/** For each type of setting what it takes and what it doesn't, at the edges. */
const edges: readonly (readonly [SettingKey, readonly unknown[], readonly unknown[]])[] = [
  ['buttonSounds', [true, false], [1, 0, 'true', null, undefined, {}]],
  ['sidetoneLevel', [-9, -6, -3, 0, 3, 6, -0], [-10, -4, 1, 7, 9, 2.5, '3', null, Number.NaN, true]],
  ['autoPowerOffMinutes', [0, 5, 30, 1275], [-5, 1, 4, 1276, 1280, 7.5, '30', Number.POSITIVE_INFINITY, null]],
  ['muteReminderSeconds', [0, 10, 11, 60], [-1, 1, 9, 61, 10.5, '10', true]],
  ['ancLevel', [1, 5], [0, 6, -1, 1.5, '1']],
  ['fieldOfView', [90, 120, 180], [0, 89, 181]],
  ['audioProtection', ['peakstop', 'intellitone', 'g616'], ['PeakStop', 'G.616', '', 0, null, 'toString']],
  ['ringerVolume', ['off', 'low', 'medium', 'high'], ['loud', true, 1]],
  ['ringtone', [1, 10, 'random', 'off'], [0, 11, 1.5, '1', 'Random', null]],
  ['deviceName', ['J', 'x'.repeat(32), '🎧'.repeat(32), 'Anna’s headset'], ['', 'x'.repeat(33), '🎧'.repeat(33), 5, null]],
];

describe('a value', () => {
  test.each(edges)('of %s is held to its type', (key, good, bad) => {
    expect(good.filter((value) => settingProblem(key, value) !== null)).toEqual([]);
    expect(bad.filter((value) => settingProblem(key, value) === null)).toEqual([]);
  });

  test.each([
    'en',
    'EN-us',
    'de-CH',
    'zh-Hant-TW',
    'es-419',
    'sr-Latn-RS',
    'de-CH-1996',
    'sl-rozaj-biske-1994',
    'en-u-ca-gregory',
    'de-DE-x-phonebk',
    'jbo',
  ])('of voiceGuidanceLanguage may be %s', (tag) => {
    expect(settingProblem('voiceGuidanceLanguage', tag)).toBeNull();
  });

  test.each([
    '',
    'e',
    'en_US',
    'en-',
    '-en',
    'en--US',
    'englishlanguage',
    'en-USA-',
    'zh-Hant-Hans',
    'en-x',
    'en US',
    'en-ü',
    `en-x-${'a'.repeat(31)}`,
  ])('of voiceGuidanceLanguage may not be "%s"', (tag) => {
    expect(settingProblem('voiceGuidanceLanguage', tag)).not.toBeNull();
  });

  test('that is wrong is explained to an administrator', () => {
    expect(settingProblem('buttonSounds', 'yes')).toBe('buttonSounds must be true or false');
    expect(settingProblem('sidetoneLevel', 1)).toBe('sidetoneLevel must be one of -9, -6, -3, 0, 3, 6 dB');
    expect(settingProblem('autoPowerOffMinutes', 7)).toBe('autoPowerOffMinutes must be a whole number from 0 to 1275 in steps of 5');
    expect(settingProblem('muteReminderSeconds', 5)).toBe('muteReminderSeconds must be a whole number from 10 to 60, or 0 for off');
    expect(settingProblem('voiceGuidance', 'loud')).toBe('voiceGuidance must be one of tones, voice, off');
    expect(settingProblem('ringtone', 0)).toBe('ringtone must be 1 to 10, or random or off');
    expect(settingProblem('deviceName', '')).toBe('deviceName must be text of 1 to 32 characters');
    expect(settingProblem('voiceGuidanceLanguage', 'x')).toBe('voiceGuidanceLanguage must be a language tag such as en-US');
  });

  test('of any kind gets an answer, quickly', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingKeys), fc.anything(), (key, value) => {
        const problem = settingProblem(key, value);
        expect(problem === null || problem.startsWith(`${key} must be `)).toBe(true);
      }),
      { numRuns: 1000 },
    );
    const hostile = `en${'-aaaaa'.repeat(10_000)}!`;
    expect(settingProblem('voiceGuidanceLanguage', hostile)).not.toBeNull();
  });
});
