import { VirtualBus, type VirtualDevice } from '@jpd/protocol/virtual';
import { machineClock } from '../platform/machine-clock.ts';
import { attachToKernel } from '../uhid/attach.ts';
import { openUhid } from '../uhid/uhid-file.ts';
import { serveUsbip } from '../usbip/server.ts';
import type { Address } from './listen.ts';
import { untilEnded } from './until-ended.ts';

function busOf(devices: readonly VirtualDevice[]): VirtualBus {
  const bus = new VirtualBus(machineClock);
  for (const device of devices) bus.plug(device);
  return bus;
}

/** `jabra-virtual usbip`: a USB/IP server until SIGTERM or SIGINT. */
export async function serveOverUsbip(address: Address, devices: readonly VirtualDevice[], socket: string | null): Promise<void> {
  const bus = busOf(devices);
  await untilEnded(bus, socket, () => serveUsbip(bus, address));
}

/** `jabra-virtual uhid`: devices of this kernel until SIGTERM or SIGINT. */
export async function serveOverUhid(devices: readonly VirtualDevice[], socket: string | null): Promise<void> {
  const bus = busOf(devices);
  let fail: (error: unknown) => void = () => undefined;
  const broken = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Where nobody waits for it yet.
  broken.catch(() => undefined);
  await untilEnded(bus, socket, () => attachToKernel(bus, () => openUhid(), machineClock, fail), broken);
}
