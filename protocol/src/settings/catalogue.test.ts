import { describe, expect, test } from 'vitest';
import { isSettingKey, neverOfferedSettings, settingKeys, settingsCatalogue } from './catalogue.ts';
import type { SettingType } from './types.ts';
import { syntheticWires, verifiedWires } from './wires.ts';

const yesNo: SettingType = { kind: 'boolean' };
const names = (...values: string[]): SettingType => ({ kind: 'enum', values });
const whole = (min: number, max: number, step: number, zero: 'off' | 'never' | null, unit: string | null): SettingType => ({
  kind: 'integer',
  min,
  max,
  step,
  zero,
  unit,
});

/** The table of settings-v1, written by hand: key, type, and where its bytes are verified the id of their message. */
const contract: readonly (readonly [string, SettingType, string | null])[] = [
  ['sidetoneEnabled', yesNo, '13/7C'],
  ['sidetoneLevel', { kind: 'integer-list', values: [-9, -6, -3, 0, 3, 6], unit: 'dB' }, '13/7C'],
  ['audioProtection', names('peakstop', 'intellitone', 'g616'), '13/01'],
  ['voiceGuidance', names('tones', 'voice', 'off'), '13/3A'],
  ['autoPowerOffMinutes', whole(0, 1275, 5, 'never', 'min'), '13/90'],
  ['autoPairing', yesNo, '13/40'],
  ['voiceGuidanceLanguage', { kind: 'language-tag' }, null],
  ['muteReminderSeconds', whole(10, 60, 1, 'off', 's'), null],
  ['inCallBusylight', yesNo, null],
  ['boomArmAnswer', yesNo, null],
  ['boomArmMute', yesNo, null],
  ['boomArmGuidance', yesNo, null],
  ['onHeadDetection', yesNo, null],
  ['answerWhenWorn', yesNo, null],
  ['autoPauseMusic', yesNo, null],
  ['ancMode', names('anc', 'hearthrough', 'off'), null],
  ['ancLevel', whole(1, 5, 1, null, null), null],
  ['autoRejectWaitingCall', yesNo, null],
  ['buttonSounds', yesNo, null],
  ['prioritizeComputerAudio', yesNo, null],
  ['musicMode', yesNo, null],
  ['firmwareUpgradeLock', yesNo, null],
  ['callAcceptedSound', names('effects', 'voice', 'off'), null],
  ['ringtone', { kind: 'integer-or-enum', min: 1, max: 10, values: ['random', 'off'] }, null],
  ['ringerVolume', names('off', 'low', 'medium', 'high'), null],
  ['smartRinger', yesNo, null],
  ['ringtoneInHeadset', yesNo, null],
  ['reverseStereo', yesNo, null],
  ['deviceName', { kind: 'text', minLength: 1, maxLength: 32 }, null],
  ['fieldOfView', whole(90, 180, 1, null, '°'), null],
  ['zoomMode', names('fullScreen', 'intelligentZoom', 'activeSpeaker'), null],
];

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

describe('the catalogue', () => {
  test('has the settings of the contract, in its order', () => {
    expect(settingKeys).toEqual(contract.map(([key]) => key));
  });

  test.each(contract)('takes the values of the contract for %s', (key, type) => {
    expect(isSettingKey(key) && settingsCatalogue[key].type).toEqual(type);
  });

  test('has verified bytes for the settings that the contract calls verified, and for no other', () => {
    const verified = verifiedWires.flatMap(({ keys, message }) => keys.map((key) => [key, `${hex(message.command)}/${hex(message.subcommand)}`]));
    expect(Object.fromEntries(verified)).toEqual(Object.fromEntries(contract.flatMap(([key, , id]) => (id === null ? [] : [[key, id]]))));
  });

  test('has synthetic ids for the others, each once', () => {
    expect(syntheticWires.flatMap(({ keys }) => keys)).toEqual(contract.flatMap(([key, , id]) => (id === null ? [key] : [])));
    expect(new Set(syntheticWires.map(({ message }) => message.subcommand)).size).toBe(syntheticWires.length);
  });

  test('claims no restart that no public source names', () => {
    expect(Object.values(settingsCatalogue).filter(({ restartNeeded }) => restartNeeded)).toEqual([]);
  });

  test('doesn’t offer what is unsupported on personal devices', () => {
    expect(neverOfferedSettings).toEqual(['soundProfile', 'soundMode', 'spatialSound']);
    expect(neverOfferedSettings.filter(isSettingKey)).toEqual([]);
  });

  test('knows no key that is only a property of objects', () => {
    for (const key of ['toString', '__proto__', 'constructor', 'SidetoneEnabled', '']) expect(isSettingKey(key)).toBe(false);
  });
});
