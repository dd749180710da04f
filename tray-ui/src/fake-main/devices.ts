import type { DeviceView, FirmwareView, SettingRow } from '../bridge/index.ts';
import { at } from './clock.ts';

const megabyte = 1_000_000;
const contactCentre = { kind: 'configuration', name: 'Contact centre' } as const;

const idle: FirmwareView = {
  status: 'latest',
  version: '1.11.7',
  targetVersion: null,
  reason: null,
  error: null,
  checkedAt: at.signInReceived,
  prompt: null,
  packageBytes: null,
  download: null,
  usualMinutes: null,
  activity: null,
  hasBegun: false,
  isRecoverable: false,
  isUsable: true,
  stoppedAt: null,
  lastTry: null,
  isFailureKnown: false,
  recovery: null,
  decidedBy: contactCentre,
  keptUpdated: true,
};

/** A firmware that waits for a newer one. */
export const firmware = (changed: Partial<FirmwareView>): FirmwareView => ({ ...idle, ...changed });

export const waitingFirmware = (changed: Partial<FirmwareView>): FirmwareView =>
  firmware({ status: 'pending', version: '1.8.13', targetVersion: '1.11.7', packageBytes: 4 * megabyte, usualMinutes: 4, ...changed });

export const readyFirmware = waitingFirmware({ prompt: { kind: 'ask', postponementsLeft: 2, postponeHours: 24, installsAfter: at.inTwoDays } });

export const updatingFirmware = waitingFirmware({
  status: 'updating',
  activity: {
    phase: 'transferring',
    progress: 45,
    startedAt: at.updateStarted,
    sent: { done: 1.8 * megabyte, total: 4 * megabyte, since: at.now - 106_000, doneThen: 0 },
    secondsAfterSending: 40,
  },
});

const row = (key: string, value: SettingRow['value'], control: SettingRow['control'], changed: Partial<SettingRow> = {}): SettingRow => ({
  key,
  value,
  control,
  isLocked: false,
  source: null,
  since: null,
  waiting: null,
  problem: null,
  enforcedAt: null,
  putBackAt: null,
  ...changed,
});
const onOff = { kind: 'switch' } as const;
const choice = (...values: (string | number | boolean)[]) => ({ kind: 'choice' as const, values });
const locked = { isLocked: true, source: contactCentre, since: at.lockedSince };

/** Every kind of row that there is. */
const settings: SettingRow[] = [
  row('sidetoneEnabled', true, onOff, locked),
  row(
    'sidetoneLevel',
    0,
    { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] },
    {
      source: contactCentre,
      waiting: { value: 3, until: 'next-login', receivedAt: at.signInReceived },
    },
  ),
  row('muteReminderSeconds', 30, choice(0, 10, 20, 30, 60)),
  row('boomArmAnswer', true, onOff, { ...locked, enforcedAt: at.enforced }),
  row('boomArmMute', true, onOff),
  row('autoRejectWaitingCall', false, onOff),
  row('autoPowerOffMinutes', 480, choice(0, 15, 30, 60, 120, 240, 480), { source: contactCentre, problem: { code: 'device-rejected', wanted: 240 } }),
  row('inCallBusylight', true, onOff, { source: contactCentre, putBackAt: at.signInReceived }),
  row('ancMode', 'anc', choice('anc', 'hearthrough', 'off')),
  row('ancLevel', 4, { kind: 'slider', values: [1, 2, 3, 4, 5] }),
  row('audioProtection', 'intellitone', choice('peakstop', 'intellitone', 'g616'), locked),
  row('voiceGuidance', 'voice', choice('voice', 'tones', 'off')),
  row('voiceGuidanceLanguage', 'en-GB', choice('en-GB', 'en-US', 'de-DE', 'fr-FR', 'ja-JP')),
  row('onHeadDetection', true, onOff),
  row('answerWhenWorn', true, onOff),
  row('autoPauseMusic', null, { kind: 'none' }, { source: contactCentre, problem: { code: 'not-supported', wanted: true } }),
  row('ringerVolume', 'medium', choice('off', 'low', 'medium', 'high')),
  row('deviceName', 'Reception 2', { kind: 'text', maxLength: 32 }),
];

const usb = { status: 'connected', transport: 'usb', parentDeviceId: null, lastSeenAt: at.signInReceived } as const;

export const evolve75: DeviceView = {
  deviceId: '24da-70bf92123456',
  name: 'Jabra Evolve2 75',
  family: 'evolve2-75',
  formFactor: 'headset',
  serialNumber: '70BF92123456',
  connection: usb,
  battery: { level: 83, charging: true, low: false },
  firmware: readyFirmware,
  settings,
};

export const evolve65: DeviceView = {
  ...evolve75,
  deviceId: '24c9-70bf92000002',
  name: 'Jabra Evolve2 65',
  family: 'evolve2-65',
  serialNumber: '70BF92000002',
  connection: { ...usb, transport: 'dongle', parentDeviceId: '245d-50c275000001' },
  battery: { level: 42, charging: false, low: false },
  firmware: firmware({ version: '2.8.1' }),
  settings: settings.filter(({ key }) => !key.startsWith('anc')).map((one) => ({ ...one, waiting: null, problem: null, enforcedAt: null })),
};

export const link380: DeviceView = {
  ...evolve75,
  deviceId: '245d-50c275000001',
  name: 'Jabra Link 380',
  family: 'link-380',
  formFactor: 'dongle',
  serialNumber: '50C275000001',
  battery: null,
  firmware: firmware({ version: '1.14.3' }),
  settings: [row('autoPairing', true, onOff)],
};

export const speak75: DeviceView = {
  ...evolve75,
  deviceId: '2475-4fa1b2000003',
  name: 'Jabra Speak2 75',
  family: 'speak2-75',
  formFactor: 'speakerphone',
  serialNumber: '4FA1B2000003',
  battery: { level: 67, charging: false, low: false },
  firmware: firmware({ version: '1.6.0' }),
  settings: [row('voiceGuidance', 'tones', choice('voice', 'tones', 'off'))],
};

export const evolve85: DeviceView = {
  ...evolve75,
  deviceId: '24e1-70bf92000009',
  name: 'Jabra Evolve2 85',
  family: 'evolve2-85',
  serialNumber: '70BF92000009',
  connection: { ...usb, status: 'disconnected', lastSeenAt: at.friday },
  firmware: waitingFirmware({ reason: 'disconnected' }),
};
