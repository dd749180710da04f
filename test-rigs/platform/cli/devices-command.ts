import { deviceSchema } from '@jpd/agent/contract';
import { Command } from 'commander';
import { z } from 'zod';

import type { TargetOptions } from './api-client.ts';
import { ApiClient } from './api-client.ts';
import type { CommandIo } from './io.ts';
import { answer } from './io.ts';
import { withTarget } from './options.ts';
import { table } from './table.ts';

const deviceView = z.looseObject({
  deviceId: z.string(),
  clientId: z.string(),
  document: deviceSchema,
  clients: z.array(z.looseObject({ clientId: z.string(), online: z.boolean(), connected: z.boolean() })),
});
type DeviceView = z.infer<typeof deviceView>;

const head = ['DEVICE', 'NAME', 'SERIAL', 'CONNECTION', 'BATTERY', 'FIRMWARE', 'SETTINGS', 'CLIENT'];

function batteryText({ battery }: DeviceView['document']): string {
  if (battery === null) return '-';
  const level = battery.level === null ? '?' : `${battery.level} %`;
  return battery.charging ? `${level} charging` : level;
}

function row({ deviceId, clientId, document, clients }: DeviceView): string[] {
  const { model, electronicSerialNumber, connection, firmware, settings } = document;
  const reached = clients.some((one) => one.connected);
  const target = firmware.targetVersion === null ? '' : ` → ${firmware.targetVersion}`;
  return [
    deviceId,
    model.name,
    electronicSerialNumber ?? '-',
    reached ? connection.transport : 'disconnected',
    batteryText(document),
    `${firmware.version ?? '?'} ${firmware.status}${target}`,
    settings.desiredRevision === null ? '-' : settings.state,
    clientId,
  ];
}

function detail(device: DeviceView): string[] {
  const { settings } = device.document;
  const locked = new Set(settings.locked);
  const values = Object.entries(settings.values).map(([key, value]) => [key, JSON.stringify(value), locked.has(key) ? 'locked' : '']);
  const errors = settings.errors.map(({ key, code, message }) => `${key}: ${code}, ${message}`);
  return [...table(head, [row(device)], ''), '', ...table(['SETTING', 'VALUE', ''], values, 'No settings.'), ...errors];
}

export function devicesCommand(io: CommandIo): Command {
  return withTarget(new Command('devices'))
    .description('list the devices of the organisation, or show one')
    .option('--device <id>', 'only this one, with its settings')
    .action(async (options: TargetOptions & { device?: string; json?: boolean }) => {
      const api = await ApiClient.for(options, io);
      if (options.device !== undefined) {
        const device = await api.get(`/devices/${encodeURIComponent(options.device)}`, deviceView);
        answer(io, options.json, device, () => detail(device));
        return;
      }
      const list = await api.get('/devices', z.object({ devices: z.array(deviceView) }));
      answer(io, options.json, list, () => table(head, list.devices.map(row), 'No devices.'));
    });
}
