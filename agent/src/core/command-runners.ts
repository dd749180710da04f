import { type CommandRunner, notSupported } from './commands.ts';
import type { DeviceManager } from './devices/device-manager.ts';
import { type CollectContext, collectDiagnostics } from './runners/collect-diagnostics.ts';
import { deviceActions, type DeviceActionsContext } from './runners/device-actions.ts';
import { unknownDevice } from './runners/outcomes.ts';
import { type UpdateContext, updateFirmware } from './runners/update-firmware.ts';

export interface RunnersContext extends DeviceActionsContext, CollectContext, UpdateContext {
  readonly devices: DeviceManager;
  readonly updateClient: () => Promise<void>;
}

/** What the platform's commands do, one runner a type. */
export function commandRunners(context: RunnersContext): Readonly<Partial<Record<string, CommandRunner>>> {
  const { devices, updateClient } = context;
  return {
    ...deviceActions(context),
    'update-firmware': updateFirmware(context),
    'collect-diagnostics': collectDiagnostics(context),
    refresh: async ({ deviceId }) => {
      const wanted = deviceId === undefined ? devices.documents().map((document) => document.deviceId) : [deviceId];
      const known = wanted.flatMap((id) => devices.device(id) ?? []);
      if (deviceId !== undefined && known.length === 0) return unknownDevice;
      await Promise.all(known.map((device) => device.refresh()));
      await updateClient();
      return { status: 'succeeded' };
    },
    'forget-device': async ({ deviceId }) => {
      if (deviceId === undefined) return notSupported('forget-device needs a deviceId');
      return (await devices.forget(deviceId)) ? { status: 'succeeded' } : unknownDevice;
    },
  };
}
