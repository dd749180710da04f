import { encodeUtf8 } from '../../bytes/index.ts';
import { connectionState, encodePayload, headsetFound, headsetName, searchEnded } from '../../messages/index.ts';
import { bluetoothAddressOf } from './address.ts';
import type { RadioHeadset } from './headset.ts';

/** An event of a dongle: its ids and its payload. Bytes whose meaning is not known are 0. */
export interface RadioEvent {
  readonly command: number;
  readonly subcommand: number;
  readonly payload: Uint8Array;
}

const marker = undefined;
const ids = ({ command, subcommand }: { readonly command: number; readonly subcommand: number }): Omit<RadioEvent, 'payload'> => ({
  command,
  subcommand,
});

/** GNP 0D/22. */
export const foundEvent = ({ serial }: RadioHeadset): RadioEvent => ({
  ...ids(headsetFound),
  payload: encodePayload(headsetFound.event, { marker, address: bluetoothAddressOf(serial), unknown: new Uint8Array(6) }),
});

/** GNP 0D/2B. */
export const nameEvent = ({ serial, state }: RadioHeadset): RadioEvent => ({
  ...ids(headsetName),
  payload: encodePayload(headsetName.event, { marker, address: bluetoothAddressOf(serial), unknown: 0, name: radioName(state) }),
});

/** GNP 0D/23. */
export const endedEvent = (): RadioEvent => ({ ...ids(searchEnded), payload: encodePayload(searchEnded.event, { marker }) });

/** GNP 0D/26; the bit of a disconnection is inferred, see `connectionState`. */
export const connectionEvent = ({ serial }: RadioHeadset, connected: boolean): RadioEvent => ({
  ...ids(connectionState),
  payload: encodePayload(connectionState.event, {
    marker,
    address: bluetoothAddressOf(serial),
    unknown: new Uint8Array(2),
    state: { connected, disconnected: !connected },
    appended: new Uint8Array(1),
  }),
});

/** Bytes that fit into every message that carries a name. */
const longestName = 48;

/** What a headset calls itself over Bluetooth: its own name where a person gave it one, as much of it as fits. */
export function radioName({ settings, family }: RadioHeadset['state']): string {
  const own = settings.get('deviceName');
  let name = typeof own === 'string' && own !== '' ? own : family.name;
  while (encodeUtf8(name).length > longestName) name = name.slice(0, -1);
  // The first half of a character beyond the basic plane is none.
  return name.replace(/[\ud800-\udbff]$/, '');
}
