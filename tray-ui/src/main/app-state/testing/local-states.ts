import type { LocalState } from '@jpd/agent/local';

export const at = Date.UTC(2026, 10, 22, 8);
export const source = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' } as const;

export type LocalDevice = LocalState['devices'][number];
export type LocalFirmware = LocalState['firmware'][number];
export type LocalRow = LocalState['settings'][number]['rows'][number];

export const localDevice = (deviceId: string, changed: Partial<LocalDevice> = {}): LocalDevice => ({
  schema: 'device/1',
  sentAt: '2026-11-22T08:00:00.000Z',
  deviceId,
  revision: 12,
  model: { vendorId: 2830, productId: 9434, name: 'Jabra Evolve2 75', family: 'evolve2-75', formFactor: 'headset', dfuProductId: 9434 },
  electronicSerialNumber: '70BF92123456',
  connection: { status: 'connected', transport: 'usb', parentDeviceId: null, lastSeenAt: '2026-11-22T08:00:00.000Z' },
  firmware: { version: '1.8.13', status: 'unmanaged', targetVersion: null, progress: null, reason: null, error: null },
  battery: { level: 83, charging: false, low: false },
  settings: { desiredRevision: null, appliedRevision: null, state: 'in-sync', values: {}, locked: [], errors: [] },
  ...changed,
});

export const localFirmware = (deviceId: string, changed: Partial<LocalFirmware> = {}): LocalFirmware => ({
  deviceId,
  firmware: { version: '1.8.13', status: 'pending', targetVersion: '1.11.7', progress: null, reason: null, error: null },
  prompt: null,
  download: null,
  activity: null,
  packageBytes: 4_000_000,
  usualMinutes: null,
  hasBegun: false,
  isRecoverable: false,
  isUsable: true,
  recovery: null,
  checkedAt: at,
  decidedBy: source,
  keptUpdated: true,
  stoppedAt: null,
  lastTry: null,
  isFailureKnown: false,
  ...changed,
});

export const localRow = (key: string, changed: Partial<LocalRow> = {}): LocalRow => ({
  key,
  value: true,
  control: { kind: 'switch' },
  isLocked: false,
  source: null,
  since: null,
  waiting: null,
  problem: null,
  enforcedAt: null,
  putBackAt: null,
  ...changed,
});

/** What an agent says that is connected and has no device. */
export const localState = (changed: Partial<LocalState> = {}): LocalState => ({
  clientId: 'c1',
  organizationId: 'acme',
  organizationName: 'Acme',
  clientName: 'Vienna office',
  version: '1.0.0',
  revoked: false,
  status: {
    connection: 'connected',
    host: 'platform.acme.example',
    isEncrypted: true,
    lastContactAt: at,
    nextTryAt: null,
    revokedAt: null,
    queued: 0,
    usage: null,
    rivals: null,
  },
  policy: {
    endUserSettings: 'allowed',
    allowQuit: false,
    metadata: { userName: false, computer: true, location: false },
    updateWindow: { start: '18:00', end: '06:00' },
  },
  inCall: false,
  devices: [],
  desired: [],
  settings: [],
  firmware: [],
  pairing: null,
  ...changed,
});
