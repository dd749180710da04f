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
  /** Pulls everything out. */
  close(): Promise<void>;
}

/** The devices become USB devices of this kernel, by the usbip tool; one that is plugged into the bus again, or restarts, comes back by itself, as on a cable. */
export async function attachAll(...devices: readonly VirtualDevice[]): Promise<Attached> {
  const bus = new VirtualBus(machineClock);
  for (const device of devices) bus.plug(device);
  const server = await serveUsbip(bus, { host: '127.0.0.1', port: 0 });
  const usbip = (...words: readonly string[]): Promise<{ readonly stdout: string }> => run('usbip', ['--tcp-port', String(server.port), ...words]);
  // While the kernel is still taking the device before, the tool can't read the controller's state.
  const attach = (index: number): Promise<unknown> =>
    eventually(`device ${index + 1} is attached`, () => usbip('attach', '-r', '127.0.0.1', '-b', `1-${index + 1}`).catch(() => null));
  for (const index of devices.keys()) await attach(index);

  const attached = new Set(devices);
  let last: Promise<unknown> = Promise.resolve();
  const unsubscribe = bus.onChange(() => {
    for (const [index, device] of devices.entries()) {
      const isPlugged = bus.isPlugged(device);
      if (isPlugged && !attached.has(device)) last = last.then(() => attach(index));
      if (isPlugged) attached.add(device);
      else attached.delete(device);
    }
  });
  return {
    bus,
    close: async () => {
      unsubscribe();
      await last;
      await server.close();
      await eventually('every port of the virtual host controller is free', async () => !(await usbip('port')).stdout.includes('<Port in Use>'));
    },
  };
}
