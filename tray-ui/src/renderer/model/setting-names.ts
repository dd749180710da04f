import type { WordKey } from '../words/words.ts';

export const sections = ['calls', 'power', 'sound', 'wear', 'ring', 'video', 'other'] as const;
export type Section = (typeof sections)[number];

/** Every setting that has a name, in the order of the page. What is missing here shows its key, under "More". */
const settings = {
  sidetoneEnabled: 'calls',
  sidetoneLevel: 'calls',
  muteReminderSeconds: 'calls',
  boomArmAnswer: 'calls',
  boomArmMute: 'calls',
  boomArmGuidance: 'calls',
  autoRejectWaitingCall: 'calls',
  callAcceptedSound: 'calls',
  autoPowerOffMinutes: 'power',
  inCallBusylight: 'power',
  ancMode: 'sound',
  ancLevel: 'sound',
  audioProtection: 'sound',
  voiceGuidance: 'sound',
  voiceGuidanceLanguage: 'sound',
  buttonSounds: 'sound',
  prioritizeComputerAudio: 'sound',
  musicMode: 'sound',
  reverseStereo: 'sound',
  onHeadDetection: 'wear',
  answerWhenWorn: 'wear',
  autoPauseMusic: 'wear',
  ringtone: 'ring',
  ringerVolume: 'ring',
  smartRinger: 'ring',
  ringtoneInHeadset: 'ring',
  fieldOfView: 'video',
  zoomMode: 'video',
  autoPairing: 'other',
  deviceName: 'other',
  firmwareUpgradeLock: 'other',
} as const satisfies Record<string, Section>;

export type SettingKey = keyof typeof settings;

export const isKnownSetting = (key: string): key is SettingKey => Object.hasOwn(settings, key);
/** @public for the test that holds it to the contract's keys */
export const knownSettings = Object.keys(settings);
export const sectionOf = (key: string): Section => (isKnownSetting(key) ? settings[key] : 'other');
export const orderOf = (key: string): number => (isKnownSetting(key) ? knownSettings.indexOf(key) : knownSettings.length);

const described = {
  sidetoneEnabled: 'set.sidetoneEnabled.about',
  muteReminderSeconds: 'set.muteReminderSeconds.about',
  inCallBusylight: 'set.inCallBusylight.about',
} as const;
const descriptions: Readonly<Record<string, WordKey>> = described;
export const descriptionOf = (key: string): WordKey | null => descriptions[key] ?? null;
