import type { VirtualBus } from './bus.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';

/** USB DFU was done outside this library: the device comes back with another version. Throws `VirtualError` where it isn't in its boot mode. */
export function finishDfu(bus: VirtualBus, device: VirtualDevice, version: string): void {
  if (!device.state.bootMode) throw new VirtualError('not-supported', `${device.serial} is not in its boot mode`);
  device.state.version = version;
  bus.plug(device);
}
