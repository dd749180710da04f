import type { Family } from '../families/index.ts';
import type { SettingKey, SettingValue } from '../settings/index.ts';

/**
 * Firmware versions of fresh virtual devices, above 1.0.1 and below 9.0.0. Seen on real devices (facts F) but for those of Evolve2 50 and 55,
 * Evolve 65 and 75, Engage 65 and 75, Link 370, Speak2 40 and 55, PanaCast 20 and 40, which are invented.
 */
const versions: Readonly<Record<string, string>> = {
  'evolve2-65': '2.8.5',
  'evolve2-75': '1.8.13',
  'evolve2-85': '1.5.7',
  'evolve2-65-flex': '1.2.14',
  'evolve2-30': '1.11.0',
  'evolve2-40': '2.11.1',
  'evolve2-50': '1.9.2',
  'evolve2-55': '1.7.4',
  'evolve-65': '2.3.1',
  'evolve-75': '2.2.0',
  'engage-50-ii': '4.1.3',
  'engage-65': '3.4.1',
  'engage-75': '3.5.2',
  'link-370': '1.30.0',
  'link-380': '1.16.0',
  'link-390': '1.3.0',
  'speak2-40': '2.20.0',
  'speak2-55': '2.41.0',
  'speak2-75': '2.54.0',
  'speak-410': '1.12.0',
  'speak-510': '2.32.8',
  'speak-710': '1.40.0',
  'speak-810': '1.9.0',
  'panacast-20': '6.2.3',
  'panacast-40': '7.1.4',
  'panacast-50': '8.0.7',
};

/** Version of a fresh device of a family. */
export const defaultVersion = (family: Family): string => versions[family.id] ?? '2.0.0';

/** The product id of a family's virtual devices: its first one. The catalogue gives families without a public id a synthetic one, 0xF0xx. */
export const defaultProductId = (family: Family): number | null => family.products[0]?.productId ?? null;

/** What a device of a family answers to 02/13. */
export const defaultDfuProductId = (family: Family, productId: number): number => family.dfuProductId ?? productId;

/** Real ones are not public (facts C: defaults are mostly unknown); these are plausible. */
const factoryValues: Readonly<Record<SettingKey, SettingValue>> = {
  sidetoneEnabled: true,
  sidetoneLevel: 0,
  audioProtection: 'peakstop',
  voiceGuidance: 'voice',
  autoPowerOffMinutes: 60,
  autoPairing: true,
  voiceGuidanceLanguage: 'en-US',
  muteReminderSeconds: 30,
  inCallBusylight: true,
  boomArmAnswer: true,
  boomArmMute: true,
  boomArmGuidance: true,
  onHeadDetection: true,
  answerWhenWorn: false,
  autoPauseMusic: true,
  ancMode: 'anc',
  ancLevel: 3,
  autoRejectWaitingCall: false,
  buttonSounds: true,
  prioritizeComputerAudio: false,
  musicMode: true,
  firmwareUpgradeLock: false,
  callAcceptedSound: 'effects',
  ringtone: 1,
  ringerVolume: 'medium',
  smartRinger: false,
  ringtoneInHeadset: true,
  reverseStereo: false,
  deviceName: 'Jabra',
  fieldOfView: 120,
  zoomMode: 'intelligentZoom',
};

/** What a fresh device of the family holds, and again after a power cut. */
export function factorySettings(family: Family): Map<SettingKey, SettingValue> {
  return new Map(family.settings.map((key) => [key, key === 'deviceName' ? family.name : factoryValues[key]]));
}

/** 12 hexadecimal digits: the product id and a number. */
export function serialOf(productId: number, number: number): string {
  return `${productId.toString(16).padStart(4, '0')}${number.toString(16).padStart(8, '0')}`.toUpperCase();
}
