import { settingKeys, type SettingKey } from '../settings/index.ts';

const dongleKeys: readonly SettingKey[] = ['autoPairing'];
const engageKeys: readonly SettingKey[] = ['smartRinger', 'ringtoneInHeadset', 'reverseStereo'];
const videoKeys: readonly SettingKey[] = ['fieldOfView', 'zoomMode'];
const ancKeys: readonly SettingKey[] = ['ancMode', 'ancLevel'];
/** What only makes sense with a battery and a radio. */
const wirelessKeys: readonly SettingKey[] = ['autoPowerOffMinutes'];

const without = (...left: readonly (readonly SettingKey[])[]): readonly SettingKey[] => settingKeys.filter((key) => !left.flat().includes(key));

/** Sets of settings-v1, "Families by id". Per-model lists of the others are not public (facts C2): they get the common vocabulary, provisionally. */
export const settingSets = {
  headset: without(dongleKeys, engageKeys, videoKeys, ancKeys),
  headsetWithAnc: without(dongleKeys, engageKeys, videoKeys),
  wiredHeadset: without(dongleKeys, engageKeys, videoKeys, ancKeys, wirelessKeys),
  engageHeadset: without(dongleKeys, videoKeys, ancKeys),
  wiredEngageHeadset: without(dongleKeys, videoKeys, ancKeys, wirelessKeys),
  dongle: dongleKeys,
  speakerphone: ['voiceGuidance'],
  videoBar: videoKeys,
  none: [],
} as const satisfies Readonly<Record<string, readonly SettingKey[]>>;
