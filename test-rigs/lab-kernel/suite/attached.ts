import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { VirtualBus, type VirtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { machineClock } from '../../platform/machine-clock.ts';
import { serveUsbip } from '../../usbip/server.ts';

const run = promisify(execFile);

/** Virtual devices on this kernel's own USB, over USB/IP. */
export interface Attached {
  readonly bus: VirtualBus;
  /** Attaches a device that is plugged into the bus, as the usbip tool does by hand. */
  attach(device: VirtualDevice): Promise<void>;
  /** Pulls everything out. */
  close(): Promise<void>;
}

/** The devices become USB devices of this kernel. One that restarts comes back by itself, as on a cable. */
export async function attachAll(...devices: readonly VirtualDevice[]): Promise<Attached> {
  const bus = new VirtualBus(machineClock);
  for (const device of devices) bus.plug(device);
  const server = await serveUsbip(bus, { host: '127.0.0.1', port: 0 });
  const attach = async (device: VirtualDevice): Promise<void> => {
    const busId = `1-${bus.devices.indexOf(device) + 1}`;
    await run('usbip', ['--tcp-port', String(server.port), 'attach', '-r', '127.0.0.1', '-b', busId]);
  };
  for (const device of devices) await attach(device);
  return {
    bus,
    attach,
    close: async () => {
      await server.close();
      await eventually(
        'every port of the virtual host controller is free',
        async () => !(await run('usbip', ['port'])).stdout.includes('<Port in Use>'),
      );
    },
  };
}
