import { type CommandOutcome, type CommandRunner, notSupported } from './commands.ts';
import type { DeviceManager } from './devices/device-manager.ts';

export interface RunnersContext {
  readonly devices: DeviceManager;
  readonly updateClient: () => Promise<void>;
}

const unknownDevice: CommandOutcome = { status: 'failed', error: { code: 'unknown-device', message: 'this client knows no such device' } };

/** What the platform's commands do, one runner a type. */
export function commandRunners({ devices, updateClient }: RunnersContext): Readonly<Partial<Record<string, CommandRunner>>> {
  return {
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
