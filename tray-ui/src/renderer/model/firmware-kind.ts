import type { DeviceView, FirmwareErrorCode, FirmwareReason } from '../../bridge/index.ts';

/** What a person is told of a firmware: one of these, and nothing else. */
export type FirmwareKind =
  | 'latest'
  | 'available'
  | 'unmanaged'
  | 'unknown'
  | 'ready'
  | 'announced'
  | 'downloading'
  | 'inCall'
  | 'battery'
  | 'window'
  | 'disconnected'
  | 'cutOff'
  | 'busy'
  | 'postponed'
  | 'updating'
  | 'restarting'
  | 'failed'
  | 'notInstalled';

/** Nothing reached the device: it works as before. */
const nothingSent = {
  'wrong-device': true,
  'hash-mismatch': true,
  'size-mismatch': true,
  'package-invalid': true,
  'download-failed': true,
  'downgrade-refused': true,
  'device-error': false,
  interrupted: false,
} as const satisfies Record<FirmwareErrorCode, boolean>;

const waits = {
  downloading: 'downloading',
  'in-call': 'inCall',
  'battery-low': 'battery',
  'outside-window': 'window',
  disconnected: 'disconnected',
  busy: 'busy',
  'postponed-by-user': 'postponed',
} as const satisfies Record<FirmwareReason, FirmwareKind>;

export function firmwareKind({ firmware, connection }: Pick<DeviceView, 'firmware' | 'connection'>): FirmwareKind {
  switch (firmware.status) {
    case 'latest':
    case 'available':
    case 'unmanaged':
    case 'unknown':
    case 'postponed':
      return firmware.status;
    case 'updating':
      return connection.status === 'disconnected' || firmware.activity?.phase === 'installing' ? 'restarting' : 'updating';
    case 'failed':
      return firmware.error && nothingSent[firmware.error.code] ? 'notInstalled' : 'failed';
    case 'pending':
      if (firmware.reason === 'disconnected' && firmware.hasBegun) return 'cutOff';
      if (firmware.reason !== null) return waits[firmware.reason];
      return firmware.prompt?.kind === 'announce' ? 'announced' : 'ready';
  }
}

/** Only what a person can answer, or has to repair. */
export const needsPerson = (kind: FirmwareKind): boolean => kind === 'ready' || kind === 'announced' || kind === 'failed';
