import type { AppState, DeviceView } from '../../bridge/index.ts';
import type { Words } from '../words/words.ts';
import { firmwareWord } from './firmware-words.ts';
import { connectionText, shortName } from './names.ts';
import { type Calendar, whenText } from './time.ts';

/** "Evolve2 75, USB, battery 83 percent, charging, update ready": a row as a screen reader says it. */
export function deviceSpoken(device: DeviceView, isAdapterOf: DeviceView | null, state: AppState, calendar: Calendar, words: Words): string {
  const name = shortName(device.name);
  if (isAdapterOf) return `${name}, ${words.t('devices.say.adapterFor', { headset: shortName(isAdapterOf.name) })}`;
  const { connection, battery } = device;
  const firmware = firmwareWord(device, state.policy, words);
  if (connection.status === 'disconnected') {
    const last = words.t('devices.say.lastConnected', { when: whenText(connection.lastSeenAt, calendar, words) });
    return [name, words.t('devices.say.notConnected'), last, firmware].join(', ');
  }
  const level = battery?.level ?? null;
  return [
    name,
    connectionText(device, state.devices, words),
    ...(level === null ? [] : [words.t('devices.say.battery', { level })]),
    ...(battery?.charging ? [words.t('devices.say.charging')] : []),
    firmware,
  ].join(', ');
}
