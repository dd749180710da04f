import { readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type HidPathInfo, type HidPort, jabraVendorId } from '@jpd/protocol';
import type { VirtualDevice } from '@jpd/protocol/virtual';
import { eventually } from '../../lab/waiting.ts';
import { attachAll, type Attached } from './attached.ts';
import { realHid } from './real-hid.ts';

/** Plugs devices in, lets `work` have them and a HID port, and puts everything away. */
export async function withDevices(devices: readonly VirtualDevice[], work: (hid: HidPort, attached: Attached) => Promise<void>): Promise<void> {
  const hid = realHid();
  const attached = await attachAll(...devices);
  try {
    await work(hid, attached);
  } finally {
    await attached.close();
    await hid.close();
  }
}

/** Waits until the kernel has a path of the device. */
export function listed(hid: HidPort, { serial }: VirtualDevice): Promise<HidPathInfo> {
  return eventually(`${serial} is listed`, async () => (await hid.list(jabraVendorId)).find((one) => one.serial === serial));
}

/** The kernel's driver of a hidraw node. */
export const driverOf = async (path: string): Promise<string> =>
  basename(await readlink(join('/sys/class/hidraw', basename(path), 'device', 'driver')));
