import { compareVersions } from '@jpd/protocol';
import type { DesiredFirmware, DeviceFirmware } from '../../contract/index.ts';

const quiet = { targetVersion: null, progress: null, reason: null, error: null } as const;

/**
 * The part `firmware` of a device document (contract, firmware.status: the first row that holds).
 * What an update in progress adds comes from the firmware engine; without one a managed package is `pending`.
 */
export function firmwareStatus(version: string | null, desired: DesiredFirmware | null, connected: boolean): DeviceFirmware {
  if (version === null) return { ...quiet, status: 'unknown', version };
  if (desired?.management !== 'managed') return { ...quiet, status: 'unmanaged', version };
  const order = compareVersions(desired.version, version);
  if (order === 0 || desired.version === version) return { ...quiet, status: 'latest', version };
  const target = { ...quiet, version, targetVersion: desired.version };
  if (order !== null && order < 0 && desired.allowDowngrade !== true) {
    const message = `version ${desired.version} is older than ${version}; allowDowngrade is not set`;
    return { ...target, status: 'failed', error: { code: 'downgrade-refused', message } };
  }
  if (!desired.package) return { ...target, status: 'available' };
  return { ...target, status: 'pending', reason: connected ? null : 'disconnected' };
}
