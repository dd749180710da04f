import { type Configuration, openInventory, openLog } from '../app.ts';
import type { DeviceDocument } from '../contract/index.ts';
import { answer, exitCode, oneLine, tell } from './output.ts';
import { asksToEnd, usableConfiguration, whileAlive } from './session.ts';
import { table } from './table.ts';

export interface DevicesOptions {
  readonly config: string | null;
  readonly json: boolean;
  readonly watch: boolean;
}

const batteryText = ({ battery }: DeviceDocument): string => {
  if (!battery) return '–';
  const level = battery.level === null ? 'unknown' : `${battery.level} %`;
  return `${level}${battery.charging ? ', charging' : ''}${battery.low ? ', low' : ''}`;
};

function rowOf(document: DeviceDocument): readonly string[] {
  const { deviceId, model, electronicSerialNumber, connection, firmware, settings } = document;
  const via = connection.parentDeviceId === null ? connection.transport : `dongle ${connection.parentDeviceId}`;
  const count = Object.keys(settings.values).length;
  return [deviceId, model.name, electronicSerialNumber ?? '–', firmware.version ?? 'unknown', batteryText(document), via, String(count)];
}

function print(documents: readonly DeviceDocument[], json: boolean): void {
  if (json) answer(JSON.stringify({ devices: documents }));
  else if (documents.length === 0) answer('no Jabra device is connected');
  else answer(table(['device', 'name', 'serial', 'firmware', 'battery', 'connection', 'settings'], documents.map(rowOf)));
}

async function list(hid: Configuration['hid'], mappings: Parameters<typeof openInventory>[1], { json, watch }: DevicesOptions): Promise<number> {
  const log = openLog({ folder: null, level: 'warn', secrets: [] });
  const inventory = await openInventory(hid, mappings, log);
  print(inventory.documents(), json);
  if (watch) {
    inventory.onChange(() => {
      print(inventory.documents(), json);
    });
    await whileAlive(asksToEnd);
  }
  await inventory.close();
  return exitCode.done;
}

/** `jabra-agent devices`: what is connected, in full detail. Gives the exit code. */
export async function devices(options: DevicesOptions): Promise<number> {
  try {
    if (options.config === null) return await list({ driver: 'node-hid' }, [], options);
    const loaded = await usableConfiguration(options.config);
    return loaded ? await list(loaded.configuration.hid, loaded.operatorMappings, options) : exitCode.wrongUse;
  } catch (error) {
    tell(oneLine(error));
    return exitCode.fault;
  }
}
