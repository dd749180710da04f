import { settingKeys, settingProblem, settingsCatalogue, type SettingValue } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { settingControl } from './setting-control.ts';

describe('the control of a setting', () => {
  it.each<[string, SettingValue, unknown]>([
    ['sidetoneEnabled', true, { kind: 'switch' }],
    ['sidetoneLevel', 0, { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] }],
    ['ancLevel', 4, { kind: 'slider', values: [1, 2, 3, 4, 5] }],
    ['autoPowerOffMinutes', 480, { kind: 'choice', values: [0, 15, 30, 60, 120, 240, 480] }],
    ['muteReminderSeconds', 0, { kind: 'choice', values: [0, 10, 20, 30, 60] }],
    ['voiceGuidance', 'voice', { kind: 'choice', values: ['tones', 'voice', 'off'] }],
    ['ringtone', 'off', { kind: 'choice', values: ['random', 'off', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }],
    ['deviceName', 'Reception 2', { kind: 'text', maxLength: 32 }],
    ['voiceGuidanceLanguage', 'en-GB', { kind: 'none' }],
    ['ofALaterVersion', 7, { kind: 'none' }],
  ])('%s at %s', (key, held, control) => {
    expect(settingControl(key, held)).toEqual(control);
  });

  it('offers what the device holds, also where nobody else would have', () => {
    expect(settingControl('autoPowerOffMinutes', 45)).toEqual({ kind: 'choice', values: [0, 15, 30, 45, 60, 120, 240, 480] });
    expect(settingControl('sidetoneLevel', 1)).toEqual({ kind: 'choice', values: [-9, -6, -3, 0, 1, 3, 6] });
    expect(settingControl('voiceGuidance', 'hum')).toEqual({ kind: 'choice', values: ['tones', 'voice', 'off', 'hum'] });
  });

  it('is none where the device does not have the setting', () => {
    expect(settingControl('sidetoneLevel', null)).toEqual({ kind: 'none' });
  });

  it('offers nothing that the setting does not take', () => {
    const offered = (key: (typeof settingKeys)[number]): readonly SettingValue[] => {
      const { type } = settingsCatalogue[key];
      const held = type.kind === 'boolean' ? true : type.kind === 'integer' ? type.min : type.kind === 'enum' ? (type.values[0] ?? '') : 0;
      const control = settingControl(key, held);
      return 'values' in control ? control.values.filter((value) => value !== held) : [];
    };
    const wrong = settingKeys.flatMap((key) => offered(key).flatMap((value) => (settingProblem(key, value) === null ? [] : [[key, value]])));
    expect(wrong).toEqual([]);
  });
});
