import type { DeviceDocument, DeviceFirmware } from '../../contract/index.ts';
import type { FirmwareActivity, FirmwareRecovery, OtherDevice } from './view.ts';

/** What a person began: the others were asked to be unplugged, or it goes on. */
export type RecoveryState =
  { readonly step: 'prepare'; readonly others: readonly string[] } | { readonly step: 'going'; readonly unplugged: readonly string[] };

/** Whether Recover is of use: it failed, and not because it must not be done. Wireless devices need no recovery (facts A3). */
export function isRecoverable({ firmware, connection }: DeviceDocument): boolean {
  return (
    firmware.status === 'failed' && firmware.error.code !== 'downgrade-refused' && connection.status === 'connected' && connection.transport === 'usb'
  );
}

/** Devices that are plugged in beside the one to recover. What is behind a dongle goes with it. */
export function othersOf(deviceId: string, documents: readonly DeviceDocument[]): readonly string[] {
  return documents
    .filter((document) => document.deviceId !== deviceId && document.connection.status === 'connected' && document.connection.transport === 'usb')
    .map((document) => document.deviceId);
}

function otherDevice(deviceId: string, documents: readonly DeviceDocument[]): OtherDevice {
  const document = documents.find((other) => other.deviceId === deviceId);
  return { deviceId, name: document?.model.name ?? deviceId, isConnected: document?.connection.status === 'connected' };
}

/** The step that a user interface shows, null where there is nothing to show any more. */
export function recoveryView(
  state: RecoveryState,
  firmware: DeviceFirmware,
  activity: FirmwareActivity | null,
  documents: readonly DeviceDocument[],
): FirmwareRecovery | null {
  if (state.step === 'prepare') return { step: 'prepare', others: state.others.map((deviceId) => otherDevice(deviceId, documents)) };
  // An update that lost its device waits for it under way.
  if (activity && firmware.status === 'updating') return { step: 'running', ...activity };
  switch (firmware.status) {
    case 'latest':
      return {
        step: 'complete',
        version: firmware.version,
        unplugged: state.unplugged.map((deviceId) => otherDevice(deviceId, documents).name),
      };
    case 'failed':
      return { step: 'failed', error: firmware.error };
    case 'pending':
      return { step: 'waiting', reason: firmware.reason };
    case 'postponed':
    case 'updating':
      return { step: 'waiting', reason: null };
    case 'unknown':
    case 'unmanaged':
    case 'available':
      return null;
  }
}
