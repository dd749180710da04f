import { type Clock, jabraVendorId } from '@jpd/protocol';
import type { VirtualBus, VirtualDevice } from '@jpd/protocol/virtual';
import { releaseOf } from '../usb/descriptors.ts';
import { UhidDevice } from './uhid-device.ts';
import type { UhidFile } from './uhid-file.ts';

export interface UhidBus {
  close(): Promise<void>;
}

/** Shows every device of a bus to the kernel while it is plugged. Rejects where the kernel takes none; later failures go to `failed`. */
export async function attachToKernel(bus: VirtualBus, open: () => UhidFile, clock: Clock, failed: (error: unknown) => void): Promise<UhidBus> {
  const shown = new Map<VirtualDevice, UhidDevice>();
  let closed = false;

  const show = async (device: VirtualDevice): Promise<void> => {
    const info = (await bus.list(jabraVendorId)).find(({ serial }) => serial === device.serial);
    if (!info || shown.has(device) || closed) return;
    // Pulled out just now: the bus tells when it is back.
    const channel = await bus.open(info).catch(() => null);
    if (!channel) return;
    const own = new UhidDevice(open(), channel, info, releaseOf(device.state.version), clock);
    shown.set(device, own);
    channel.onClosed(() => {
      shown.delete(device);
      own.close().catch(failed);
    });
  };
  const showAll = async (): Promise<void> => {
    for (const device of bus.devices) await show(device);
  };

  await showAll();
  // One after another: two changes at once would show a device twice.
  let last = Promise.resolve();
  const unsubscribe = bus.onChange(() => {
    last = last.then(showAll).catch(failed);
  });
  return {
    close: async () => {
      closed = true;
      unsubscribe();
      await last;
      await Promise.all([...shown.values()].map((device) => device.close()));
    },
  };
}
