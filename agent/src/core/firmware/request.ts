import type { DeviceFirmware } from '../../contract/index.ts';
import type { FirmwareRequestOutcome } from './view.ts';

/** Why asking for an update is of no use, null where it is. `firmware` null: there is no such device. */
export function refusal(firmware: DeviceFirmware | null): FirmwareRequestOutcome | null {
  if (!firmware) return { status: 'rejected', reason: 'unknown-device', message: 'this client knows no such device' };
  switch (firmware.status) {
    case 'unknown':
    case 'unmanaged':
      return { status: 'rejected', reason: 'not-managed', message: 'the firmware of this device is not managed' };
    case 'available':
      return { status: 'rejected', reason: 'no-package', message: `version ${firmware.targetVersion} is desired without a package` };
    case 'latest':
      return { status: 'latest', version: firmware.version };
    case 'failed':
      return firmware.error.code === 'downgrade-refused' ? { status: 'failed', error: firmware.error } : null;
    case 'pending':
    case 'postponed':
    case 'updating':
      return null;
  }
}

/** What came of one that was begun, null where it goes on. */
export function conclusion(firmware: DeviceFirmware | null): FirmwareRequestOutcome | null {
  if (firmware?.status === 'latest') return { status: 'updated', version: firmware.version };
  if (firmware?.status === 'failed') return { status: 'failed', error: firmware.error };
  return refusal(firmware);
}

/** What is told where nobody waits any more. */
export function meanwhile(firmware: DeviceFirmware | null): FirmwareRequestOutcome {
  const isWaiting = firmware?.status === 'pending' || firmware?.status === 'postponed';
  return { status: 'waiting', reason: isWaiting ? firmware.reason : null };
}
