import { boolean, oneOf, type SettingType } from './types.ts';

interface SettingRow {
  readonly type: SettingType;
  /** The device restarts when it changes, as far as public sources tell: they name no setting (facts C), so none claims it. */
  readonly restartNeeded: boolean;
}

const setting = (type: SettingType): SettingRow => ({ type, restartNeeded: false });

/**
 * The settings by name: what desired and reported documents, tray, console and command lines call them.
 * Names and values from the contract's settings-v1; bytes, where anyone verified them, in `wires.ts`.
 */
export const settingsCatalogue = {
  sidetoneEnabled: setting(boolean),
  sidetoneLevel: setting({ kind: 'integer-list', values: [-9, -6, -3, 0, 3, 6], unit: 'dB' }),
  audioProtection: setting(oneOf('peakstop', 'intellitone', 'g616')),
  voiceGuidance: setting(oneOf('tones', 'voice', 'off')),
  autoPowerOffMinutes: setting({ kind: 'integer', min: 0, max: 1275, step: 5, zero: 'never', unit: 'min' }),
  autoPairing: setting(boolean),
  voiceGuidanceLanguage: setting({ kind: 'language-tag' }),
  muteReminderSeconds: setting({ kind: 'integer', min: 10, max: 60, step: 1, zero: 'off', unit: 's' }),
  inCallBusylight: setting(boolean),
  boomArmAnswer: setting(boolean),
  boomArmMute: setting(boolean),
  boomArmGuidance: setting(boolean),
  onHeadDetection: setting(boolean),
  answerWhenWorn: setting(boolean),
  autoPauseMusic: setting(boolean),
  ancMode: setting(oneOf('anc', 'hearthrough', 'off')),
  ancLevel: setting({ kind: 'integer', min: 1, max: 5, step: 1, zero: null, unit: null }),
  autoRejectWaitingCall: setting(boolean),
  buttonSounds: setting(boolean),
  prioritizeComputerAudio: setting(boolean),
  musicMode: setting(boolean),
  firmwareUpgradeLock: setting(boolean),
  callAcceptedSound: setting(oneOf('effects', 'voice', 'off')),
  ringtone: setting({ kind: 'integer-or-enum', min: 1, max: 10, values: ['random', 'off'] }),
  ringerVolume: setting(oneOf('off', 'low', 'medium', 'high')),
  smartRinger: setting(boolean),
  ringtoneInHeadset: setting(boolean),
  reverseStereo: setting(boolean),
  deviceName: setting({ kind: 'text', minLength: 1, maxLength: 32 }),
  fieldOfView: setting({ kind: 'integer', min: 90, max: 180, step: 1, zero: null, unit: '°' }),
  zoomMode: setting(oneOf('fullScreen', 'intelligentZoom', 'activeSpeaker')),
} as const satisfies Readonly<Record<string, SettingRow>>;

export type SettingKey = keyof typeof settingsCatalogue;

/** In the order of settings-v1, which is also the order in which they are shown. */
// The object has no other keys.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const settingKeys = Object.keys(settingsCatalogue) as readonly SettingKey[];

/** Known by name and refused everywhere: the guide lists them as unsupported for personal devices (facts A1). */
export const neverOfferedSettings: readonly string[] = ['soundProfile', 'soundMode', 'spatialSound'];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsCatalogue, key);
}
