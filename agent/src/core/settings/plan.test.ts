import { neverOfferedSettings } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { planSettings, type SettingsTarget } from './plan.ts';

const headset: SettingsTarget = {
  writable: new Set(['sidetoneEnabled', 'sidetoneLevel', 'voiceGuidance', 'muteReminderSeconds']),
  version: '1.8.13',
  versionUnread: false,
  unsupportedVersions: [],
};
const codes = (settings: Parameters<typeof planSettings>[0], target = headset): [string, string][] =>
  planSettings(settings, target).refusals.map(({ key, code }) => [key, code]);

describe('a plan', () => {
  it('holds what can be written in the document’s order, and what of it is locked', () => {
    const plan = planSettings({ voiceGuidance: { value: 'tones', locked: false }, sidetoneLevel: { value: -6, locked: true } }, headset);
    expect([...plan.writes]).toEqual([
      ['voiceGuidance', 'tones'],
      ['sidetoneLevel', -6],
    ]);
    expect(plan.locked).toEqual(['sidetoneLevel']);
    expect(plan.refusals).toEqual([]);
  });

  it('refuses each setting for its own reason and keeps the others', () => {
    expect(
      planSettings(
        {
          noSuchSetting: { value: true, locked: true },
          sidetoneLevel: { value: -5, locked: true },
          autoPairing: { value: true, locked: true },
          sidetoneEnabled: { value: false, locked: true },
        },
        headset,
      ),
    ).toEqual({
      writes: new Map([['sidetoneEnabled', false]]),
      locked: ['sidetoneEnabled'],
      refusals: [
        { key: 'noSuchSetting', code: 'unknown-setting', message: expect.stringContaining('noSuchSetting') },
        { key: 'sidetoneLevel', code: 'invalid-value', message: expect.stringContaining('-9, -6, -3, 0, 3, 6') },
        { key: 'autoPairing', code: 'not-supported', message: expect.stringContaining('autoPairing') },
      ],
    });
  });

  it('calls the never offered settings not supported, whatever the device and the value', () => {
    expect(neverOfferedSettings).toEqual(['soundProfile', 'soundMode', 'spatialSound']);
    expect(codes(Object.fromEntries(neverOfferedSettings.map((key) => [key, { value: 1, locked: false }])))).toEqual([
      ['soundProfile', 'not-supported'],
      ['soundMode', 'not-supported'],
      ['spatialSound', 'not-supported'],
    ]);
  });

  it('does not take a property of every object for a setting', () => {
    expect(codes({ constructor: { value: 1, locked: false }, toString: { value: 1, locked: false } })).toEqual([
      ['constructor', 'unknown-setting'],
      ['toString', 'unknown-setting'],
    ]);
  });

  it.each([
    ['the very version', ['1.8.13']],
    ['the same numbers with letters', ['1.8.13b']],
    ['one of several', ['1.0.0', 'v1.8.13']],
  ])('writes nothing on an unsupported firmware: %s', (_, unsupportedVersions) => {
    const plan = planSettings(
      { sidetoneLevel: { value: 3, locked: true }, voiceGuidance: { value: 'no such', locked: false } },
      { ...headset, unsupportedVersions },
    );
    expect(plan.writes.size).toBe(0);
    expect(plan.locked).toEqual([]);
    expect(plan.refusals.map(({ key, code }) => [key, code])).toEqual([
      ['sidetoneLevel', 'firmware-unsupported'],
      ['voiceGuidance', 'invalid-value'],
    ]);
  });

  it('writes on a firmware that is not named', () => {
    const target = { ...headset, unsupportedVersions: ['1.8.12', '1.8.14', 'no version'] };
    expect(planSettings({ sidetoneLevel: { value: 3, locked: false } }, target).writes.size).toBe(1);
  });

  it('waits where the version wasn’t answered and some must not be written to', () => {
    const unread = { ...headset, version: null, versionUnread: true };
    expect(codes({ sidetoneLevel: { value: 3, locked: false } }, { ...unread, unsupportedVersions: ['1.8.13'] })).toEqual([
      ['sidetoneLevel', 'device-timeout'],
    ]);
    expect(codes({ sidetoneLevel: { value: 3, locked: false } }, unread)).toEqual([]);
  });

  it('writes to a device that has no version to tell', () => {
    const target = { ...headset, version: null, unsupportedVersions: ['1.8.13'] };
    expect(codes({ sidetoneLevel: { value: 3, locked: false } }, target)).toEqual([]);
  });
});
