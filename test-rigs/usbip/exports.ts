import { jabraVendorId } from '@jpd/protocol';
import type { VirtualBus, VirtualDevice } from '@jpd/protocol/virtual';
import { hidInterface, type HidEndpoints, releaseOf, type UsbIdentity } from '../usb/descriptors.ts';
import { UsbDevice } from '../usb/usb-device.ts';
import { type DeviceRecord, importStatus, speed } from './wire.ts';

/** Endpoints of a recorded PanaCast 50 (facts D2); of others only that they take output reports over the control endpoint too is known (facts E7). */
const recorded: HidEndpoints = { in: 0x82, out: 0x02 };
const inputOnly: HidEndpoints = { in: 0x81, out: null };

/** A device in somebody's hands, until the connection or the plug ends it. */
export interface ImportedDevice {
  readonly usb: UsbDevice;
  readonly record: DeviceRecord;
  /** Calls back once when the device was pulled out. */
  onGone(listener: () => void): void;
  release(): Promise<void>;
}

export type Import = { readonly ok: true; readonly device: ImportedDevice } | { readonly ok: false; readonly status: number };

/**
 * The devices of a bus as USB/IP exports them: the first slot is `1-1`, the next `1-2`, for as long as the bus lives. Each goes to one host at a time;
 * what is pulled out of the bus is pulled out of that host.
 */
export class Exports {
  readonly #bus: VirtualBus;
  readonly #taken = new Set<VirtualDevice>();

  constructor(bus: VirtualBus) {
    this.#bus = bus;
  }

  /** What can be imported now. */
  list(): readonly DeviceRecord[] {
    return this.#bus.devices.flatMap((device, index) => (this.#bus.isPlugged(device) && !this.#taken.has(device) ? [recordOf(device, index)] : []));
  }

  async take(busId: string): Promise<Import> {
    const index = this.#bus.devices.findIndex((_, place) => busIdOf(place) === busId);
    const device = this.#bus.devices[index];
    if (!device) return { ok: false, status: importStatus.noDevice };
    if (this.#taken.has(device)) return { ok: false, status: importStatus.busy };
    const info = (await this.#bus.list(jabraVendorId)).find(({ serial }) => serial === device.serial);
    if (!info) return { ok: false, status: importStatus.notAvailable };
    this.#taken.add(device);
    try {
      const channel = await this.#bus.open(info);
      return {
        ok: true,
        device: {
          usb: new UsbDevice(channel, identityOf(device), device.state.family.formFactor === 'video-bar' ? recorded : inputOnly),
          record: recordOf(device, index),
          onGone: (listener) => {
            channel.onClosed(listener);
          },
          release: async () => {
            this.#taken.delete(device);
            await channel.close();
          },
        },
      };
    } catch {
      // It was pulled out just now.
      this.#taken.delete(device);
      return { ok: false, status: importStatus.notAvailable };
    }
  }
}

const busIdOf = (index: number): string => `1-${index + 1}`;

function identityOf({ state }: VirtualDevice): UsbIdentity {
  return {
    vendorId: jabraVendorId,
    productId: state.productId,
    release: releaseOf(state.version),
    manufacturer: 'GN Audio A/S',
    product: state.family.name,
    serial: state.serial,
  };
}

function recordOf(device: VirtualDevice, index: number): DeviceRecord {
  const { vendorId, productId, release } = identityOf(device);
  return {
    // Only a name here: no folder is behind it.
    path: `/sys/devices/virtual/jabra-virtual/${device.serial}`,
    busId: busIdOf(index),
    busNumber: 1,
    deviceNumber: index + 1,
    speed: speed.full,
    vendorId,
    productId,
    release,
    class: 0,
    subclass: 0,
    protocol: 0,
    configuration: 1,
    configurations: 1,
    interfaces: hidInterface + 1,
  };
}
