import type { AppState, DeviceView } from '../../bridge/index.ts';
import { nothingKnown } from '../app-state/firmware.ts';

type Firmware = DeviceView['firmware'];

const firmware: Firmware = {
  ...nothingKnown,
  status: 'latest',
  version: '1.8.13',
  targetVersion: null,
  reason: null,
  error: null,
  keptUpdated: true,
};

/** A headset on USB with 83 %, and what a test says differently. */
export function headset({
  firmware: changed = {},
  ...rest
}: Omit<Partial<DeviceView>, 'firmware'> & { readonly firmware?: Partial<Firmware> } = {}): DeviceView {
  return {
    deviceId: 'd1',
    name: 'Jabra Evolve2 75',
    family: 'evolve2-75',
    formFactor: 'headset',
    serialNumber: null,
    connection: { status: 'connected', transport: 'usb', parentDeviceId: null, lastSeenAt: 0 },
    battery: { level: 83, charging: false, low: false },
    settings: [],
    ...rest,
    firmware: { ...firmware, ...changed },
  };
}

/** A managed PC with these devices. */
export function stateWith(devices: readonly DeviceView[], changed: Partial<AppState> = {}): AppState {
  return {
    version: '0.1.0',
    agent: { state: 'running' },
    status: {
      organisation: 'Acme',
      client: null,
      connection: 'connected',
      host: null,
      isEncrypted: true,
      lastContactAt: null,
      nextTryAt: null,
      revokedAt: null,
      queued: 0,
      usage: null,
      rivals: [],
    },
    policy: { endUserSettings: 'allowed', allowQuit: true, metadata: { userName: false, computer: false, location: false }, updateWindow: null },
    preferences: { language: 'en', batteryNotice: false, hasSeenFirstRun: true },
    devices: [...devices],
    pairing: null,
    ...changed,
  };
}
