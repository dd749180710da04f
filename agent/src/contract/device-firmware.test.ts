import { describe, expect, it } from 'vitest';

import { deviceFirmwareSchema, firmwareErrorCodes, firmwarePendingReasons, firmwareReasons, firmwareStatuses } from './device-firmware.ts';

const base = { version: '1.0.2', targetVersion: null, progress: null, reason: null, error: null };
const target = { ...base, targetVersion: '1.1.0' };
const error = { code: 'device-error', message: 'The device refused the image' };

const accepted = [
  { ...base, status: 'unknown', version: null },
  { ...target, status: 'unknown', version: null },
  { ...base, status: 'unmanaged' },
  { ...base, status: 'latest' },
  { ...target, status: 'failed', error: { code: 'downgrade-refused', message: 'm' } },
  { ...target, status: 'available' },
  { ...target, status: 'pending' },
  ...firmwarePendingReasons.map((reason) => ({ ...target, status: 'pending', reason })),
  { ...target, status: 'postponed', reason: 'postponed-by-user' },
  ...[0, 5, 95, 100].map((progress) => ({ ...target, status: 'updating', progress })),
  ...firmwareErrorCodes.map((code) => ({ ...target, status: 'failed', error: { code, message: '' } })),
];

const refused = [
  { ...base, status: 'unknown' },
  { ...base, status: 'unmanaged', version: null },
  { ...target, status: 'latest' },
  { ...base, status: 'latest', progress: 100 },
  { ...base, status: 'latest', reason: 'busy' },
  { ...base, status: 'latest', error },
  { ...base, status: 'available' },
  { ...base, status: 'pending' },
  { ...target, status: 'pending', reason: 'postponed-by-user' },
  { ...target, status: 'pending', reason: 'bored' },
  { ...target, status: 'postponed' },
  { ...target, status: 'postponed', reason: 'busy' },
  { ...base, status: 'postponed', reason: 'postponed-by-user' },
  { ...target, status: 'updating' },
  { ...base, status: 'updating', progress: 5 },
  ...[-5, 3, 105, 2.5].map((progress) => ({ ...target, status: 'updating', progress })),
  { ...target, status: 'failed' },
  { ...base, status: 'failed', error },
  { ...target, status: 'failed', error: { ...error, code: 'bad-luck' } },
  { ...target, status: 'installed' },
  target,
];

describe('the firmware of a device', () => {
  it.each(accepted.map((row) => [JSON.stringify(row), row]))('may be %s', (_text, row) => {
    expect(deviceFirmwareSchema.parse(row)).toEqual(row);
  });

  it.each(refused.map((row) => [JSON.stringify(row), row]))('may not be %s', (_text, row) => {
    expect(deviceFirmwareSchema.safeParse(row).success).toBe(false);
  });

  it('knows the statuses, reasons and codes of the contract', () => {
    expect(firmwareStatuses.join(' ')).toBe('unknown unmanaged latest available pending postponed updating failed');
    expect(firmwareReasons.join(' ')).toBe('downloading in-call battery-low outside-window disconnected busy postponed-by-user');
    expect(firmwareErrorCodes.join(' ')).toBe(
      'wrong-device hash-mismatch size-mismatch package-invalid download-failed downgrade-refused device-error interrupted',
    );
    expect(new Set(accepted.map((row) => row.status))).toEqual(new Set(firmwareStatuses));
  });
});
