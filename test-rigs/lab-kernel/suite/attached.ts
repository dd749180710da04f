import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
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

/** The third column is the state of a port, 4 for one that nobody has (drivers/usb/usbip/vhci_sysfs.c). `usbip port` would read all names of USB devices first. */
async function arePortsFree(): Promise<boolean> {
  const [, ...ports] = (await readFile('/sys/devices/platform/vhci_hcd.0/status', 'utf8')).trim().split('\n');
  return ports.every((line) => line.split(/\s+/)[2] === '004');
}

/** The port is free before the kernel is done with the device. Root hubs and their interfaces stay. */
const isUsbEmpty = async (): Promise<boolean> => (await readdir('/sys/bus/usb/devices')).every((name) => /^usb\d+$|^\d+-0:/.test(name));

/** The devices become USB devices of this kernel, by the usbip tool; one that is plugged into the bus again, or restarts, comes back by itself, as on a cable. */
export async function attachAll(...devices: readonly VirtualDevice[]): Promise<Attached> {
  const bus = new VirtualBus(machineClock);
  for (const device of devices) bus.plug(device);
  const server = await serveUsbip(bus, { host: '127.0.0.1', port: 0 });
  // While the kernel is still taking the device before, the tool can't read the controller's state.
  const attach = (index: number): Promise<unknown> =>
    eventually(`device ${index + 1} is attached`, () =>
      run('usbip', ['--tcp-port', String(server.port), 'attach', '-r', '127.0.0.1', '-b', `1-${index + 1}`]).catch(() => null),
    );
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
      await eventually('nothing is left on USB', async () => (await arePortsFree()) && (await isUsbEmpty()));
    },
  };
}
