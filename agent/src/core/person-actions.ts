import type { SettingValue } from '../contract/index.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import { unanswered, type UserChange } from './devices/user-change.ts';
import type { PairingDesk } from './pairing/pairing-desk.ts';

/** What a person does to devices at this PC, firmware aside. Nothing here rejects. */
export interface PersonActions {
  /** Changes a setting; answered when the device said what it holds. */
  changeSetting(deviceId: string, key: string, value: SettingValue): Promise<UserChange>;
  /** Pairs headsets with adapters. */
  readonly pairing: Pick<PairingDesk, 'start' | 'choose' | 'close'>;
}

export const personActions = (devices: Pick<DeviceManager, 'device'>, pairing: PairingDesk): PersonActions => ({
  changeSetting: (deviceId, key, value) => devices.device(deviceId)?.changeSetting(key, value) ?? Promise.resolve(unanswered),
  pairing,
});
