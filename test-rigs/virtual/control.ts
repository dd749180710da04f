import type { SettingValue } from '@jpd/protocol';
import type { BusClient, ListedDevice, ListedHeadset } from '@jpd/protocol/virtual';
import { connectBus } from './bus-client.ts';
import { answer, table, tell } from './output.ts';

/** Connects, acts, and hangs up. Rejects with `BusError` or `VirtualError`. */
export async function onBus(socket: string, act: (client: BusClient) => Promise<unknown>): Promise<void> {
  const bus = await connectBus(socket);
  try {
    await act(bus.client);
  } finally {
    await bus.close();
  }
}

/** A `--value`: JSON, else the text itself. Null where it is JSON that no setting takes. */
export function parseValue(text: string): SettingValue | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return typeof value === 'boolean' || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)) ? value : null;
}

/** Prints the bare value; nothing where it is unset. */
export async function printSetting(client: BusClient, device: string, setting: string): Promise<void> {
  const { value } = await client.request('get', { device, setting });
  if (value === null) tell(`${setting} is unset on ${device}`);
  else answer(String(value));
}

const row = ({ serial, model, version, plugged, battery, writes }: ListedDevice): readonly string[] => [
  serial,
  model,
  version,
  plugged ? 'yes' : 'no',
  battery === null ? '-' : `${battery} %`,
  String(writes),
];

/** The keys of cli-v1, and no other: what a bus tells besides is for rigs that speak with it themselves. */
const listed = ({ serial, model, version, plugged, battery, writes, settings }: ListedDevice): Omit<ListedDevice, 'reboots' | 'identified'> => ({
  serial,
  model,
  version,
  plugged,
  battery,
  writes,
  settings,
});

export async function printList(client: BusClient, json: boolean): Promise<void> {
  const devices = await client.request('list', {});
  answer(
    json ? JSON.stringify({ devices: devices.map(listed) }) : table(['SERIAL', 'MODEL', 'VERSION', 'PLUGGED', 'BATTERY', 'WRITES'], devices.map(row)),
  );
}

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

const radioRow = ({ serial, model, address, inRange, discoverable, paired, connected }: ListedHeadset): readonly string[] => [
  serial,
  model,
  address,
  ...[inRange, discoverable, paired, connected].map(yesOrNo),
];

export async function printRadio(client: BusClient, device: string, json: boolean): Promise<void> {
  const headsets = await client.request('radio', { device });
  answer(
    json
      ? JSON.stringify({ headsets })
      : table(['SERIAL', 'MODEL', 'ADDRESS', 'IN RANGE', 'PAIRING MODE', 'PAIRED', 'CONNECTED'], headsets.map(radioRow)),
  );
}
