import { describe, expect, it } from 'vitest';
import { type DesiredFirmware, type DeviceFirmware, payloadExamples } from '../../contract/index.ts';
import { firmwareStatus } from './status.ts';

const firmwarePackage = { url: 'https://platform.example/evolve2-75-1.11.7.zip', sha256: 'ab'.repeat(32), size: 4_194_304 };
const managed = (version: string, more: Partial<Extract<DesiredFirmware, { management: 'managed' }>> = {}): DesiredFirmware => ({
  management: 'managed',
  version,
  ...more,
});
const quiet = { targetVersion: null, progress: null, reason: null, error: null };

/** The contract's table firmware.status, as far as no update is under way. */
const rows: readonly [string, string | null, DesiredFirmware | null, boolean, DeviceFirmware][] = [
  ['the version was not read yet', null, null, true, { ...quiet, status: 'unknown', version: null }],
  ['the version was not read yet, managed or not', null, managed('1.11.7'), true, { ...quiet, status: 'unknown', version: null }],
  ['there is no desired document', '1.8.13', null, true, { ...quiet, status: 'unmanaged', version: '1.8.13' }],
  ['it is unmanaged', '1.8.13', { management: 'unmanaged' }, true, { ...quiet, status: 'unmanaged', version: '1.8.13' }],
  [
    'the version is the desired one',
    '1.11.7',
    managed('1.11.7', { package: firmwarePackage }),
    true,
    { ...quiet, status: 'latest', version: '1.11.7' },
  ],
  ['only letters differ', '1.11.7b', managed('1.11.7'), false, { ...quiet, status: 'latest', version: '1.11.7b' }],
  ['the version is the desired one, though it is no triplet', 'ROM-7', managed('ROM-7'), true, { ...quiet, status: 'latest', version: 'ROM-7' }],
  [
    'the desired version is older and allowDowngrade is not set',
    '1.11.7',
    managed('1.8.13', { package: firmwarePackage }),
    true,
    {
      ...quiet,
      status: 'failed',
      version: '1.11.7',
      targetVersion: '1.8.13',
      error: { code: 'downgrade-refused', message: 'version 1.8.13 is older than 1.11.7; allowDowngrade is not set' },
    },
  ],
  [
    'the desired version is older and allowDowngrade is false, also without a package',
    '1.11.7',
    managed('1.9.0', { allowDowngrade: false }),
    true,
    {
      ...quiet,
      status: 'failed',
      version: '1.11.7',
      targetVersion: '1.9.0',
      error: { code: 'downgrade-refused', message: 'version 1.9.0 is older than 1.11.7; allowDowngrade is not set' },
    },
  ],
  [
    'a version is named without a package',
    '1.8.13',
    managed('1.11.7'),
    true,
    { ...quiet, status: 'available', version: '1.8.13', targetVersion: '1.11.7' },
  ],
  [
    'an older version is allowed and named without a package',
    '1.11.7',
    managed('1.8.13', { allowDowngrade: true }),
    true,
    { ...quiet, status: 'available', version: '1.11.7', targetVersion: '1.8.13' },
  ],
  [
    'it will be installed and waits',
    '1.8.13',
    managed('1.11.7', { package: firmwarePackage }),
    true,
    { ...quiet, status: 'pending', version: '1.8.13', targetVersion: '1.11.7' },
  ],
  [
    'it will be installed when the device is back',
    '1.8.13',
    managed('1.11.7', { package: firmwarePackage }),
    false,
    { ...quiet, status: 'pending', version: '1.8.13', targetVersion: '1.11.7', reason: 'disconnected' },
  ],
  [
    'the desired version cannot be compared',
    '1.8.13',
    managed('next', { package: firmwarePackage }),
    true,
    { ...quiet, status: 'pending', version: '1.8.13', targetVersion: 'next' },
  ],
];

describe('the firmware status', () => {
  it.each(rows)('where %s', (_, version, desired, isConnected, expected) => {
    expect(firmwareStatus(version, desired, isConnected)).toEqual(expected);
  });

  it('of the contract’s example is what the example says', () => {
    const { firmware } = payloadExamples.devices;
    expect(firmwareStatus('1.8.13', managed('1.8.13'), true)).toEqual(firmware);
  });
});
