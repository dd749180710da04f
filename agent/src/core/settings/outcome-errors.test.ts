import { DecodeError, DeviceError, type SettingKey, type SettingOutcome } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { outcomeErrors } from './outcome-errors.ts';

const refused = (error: DeviceError | DecodeError): ReadonlyMap<SettingKey, SettingOutcome> =>
  new Map([['sidetoneLevel', { status: 'refused', error, value: 0 }]]);

describe('what the platform is told of a setting', () => {
  it.each([
    ['device-timeout', new DeviceError('timeout', 'the device was silent')],
    ['device-timeout', new DeviceError('malformed', 'the device answered something else')],
    ['device-rejected', new DeviceError('rejected', 'the device refused', { reason: 'other' })],
    ['device-rejected', new DeviceError('rejected', 'the device kept 0')],
    ['not-supported', new DeviceError('rejected', 'no such group', { reason: 'unknown-command' })],
    ['not-supported', new DeviceError('rejected', 'no such item', { reason: 'unknown-subcommand' })],
    ['not-supported', new DeviceError('unsupported', 'no verified way')],
    ['invalid-value', new DecodeError('too-long', 'too long for a packet')],
  ])('is %s', (code, error) => {
    expect(outcomeErrors(refused(error))).toEqual([{ key: 'sidetoneLevel', code, message: error.message }]);
  });

  it('is nothing where the device holds it', () => {
    const outcomes = new Map<SettingKey, SettingOutcome>([
      ['sidetoneLevel', { status: 'written', value: 3 }],
      ['voiceGuidance', { status: 'unchanged', value: 'tones' }],
    ]);
    expect(outcomeErrors(outcomes)).toEqual([]);
  });
});
