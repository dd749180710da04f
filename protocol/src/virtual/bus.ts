import { jabraVendorId } from '../families/index.ts';
import { BufferedChannel } from '../session/buffered-channel.ts';
import type { Clock, Timer } from '../session/clock.ts';
import type { HidChannel, HidPathInfo, HidPort } from '../session/hid-port.ts';
import { descriptorOf } from './descriptors/index.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';
import { soon } from './soon.ts';

interface BusPath {
  readonly info: HidPathInfo;
  readonly descriptor: Uint8Array | null;
  /** Report ids that pass, null for all. */
  readonly reportIds: readonly number[] | null;
  readonly channels: Set<BufferedChannel>;
}

interface Slot {
  readonly device: VirtualDevice;
  readonly physicalPort: string;
  /** A new number for each plug: a path is only good until the device is unplugged. */
  plugs: number;
  paths: readonly BusPath[];
  comingBack: Timer | null;
}

const gnpPage = 0xff00;

/** A HID bus of virtual devices. It is the port of a program in the same process; `port()` gives more programs one each. */
export class VirtualBus implements HidPort {
  readonly clock: Clock;
  /** By device, in the order in which they were plugged first. */
  readonly #slots = new Map<VirtualDevice, Slot>();
  readonly #serials = new Set<string>();
  /** What is plugged, by path: a bus of thousands is not searched for each. */
  readonly #paths = new Map<string, { readonly slot: Slot; readonly found: BusPath }>();
  readonly #listeners = new Set<() => void>();
  readonly #main: HidPort;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#main = this.port();
  }

  /** Every device in a slot, plugged or not, without the headsets behind dongles. */
  get devices(): readonly VirtualDevice[] {
    return [...this.#slots.keys()];
  }

  /** Plugs a device into its slot, a new one gets the next. Throws `VirtualError` `duplicate` where another one has its serial. */
  plug(device: VirtualDevice): void {
    const slot = this.#slotOf(device) ?? this.#newSlot(device);
    slot.comingBack?.cancel();
    slot.comingBack = null;
    if (slot.paths.length > 0 || device.state.bricked) return;
    slot.plugs += 1;
    slot.paths = pathsOf(slot);
    for (const found of slot.paths) this.#paths.set(found.info.path, { slot, found });
    device.connect({
      clock: this.clock,
      send: (report) => {
        for (const { channels, reportIds } of slot.paths)
          if (reportIds === null || reportIds.includes(report[0] ?? 0)) for (const channel of channels) channel.deliver(report);
      },
      leave: (backAfterMs) => {
        this.unplug(device);
        if (backAfterMs !== null)
          slot.comingBack = this.clock.setTimer(backAfterMs, () => {
            this.plug(device);
          });
      },
    });
    this.#changed();
  }

  /** Pulls a device out; its slot stays its own. */
  unplug(device: VirtualDevice): void {
    const slot = this.#slotOf(device);
    slot?.comingBack?.cancel();
    if (!slot || slot.paths.length === 0) return;
    slot.comingBack = null;
    const { paths } = slot;
    slot.paths = [];
    for (const { info } of paths) this.#paths.delete(info.path);
    device.disconnect();
    for (const { channels } of paths) for (const channel of channels) channel.fail('the device was unplugged');
    this.#changed();
  }

  isPlugged(device: VirtualDevice): boolean {
    return (this.#slotOf(device)?.paths.length ?? 0) > 0;
  }

  /** Another program's view of the bus: closing it closes what that program opened and nothing else. */
  port(): HidPort {
    const opened = new Set<BufferedChannel>();
    const listening = new Set<() => void>();
    return {
      list: async (vendorId) => (vendorId === jabraVendorId ? [...this.#slots.values()].flatMap(({ paths }) => paths.map(({ info }) => info)) : []),
      onChange: (listener) => {
        // The same function may be registered by several programs.
        const own = (): void => {
          listener();
        };
        this.#listeners.add(own);
        listening.add(own);
        return () => {
          this.#listeners.delete(own);
          listening.delete(own);
        };
      },
      open: async (info) => {
        const channel = this.#open(info.path, () => opened.delete(channel));
        opened.add(channel);
        return channel;
      },
      close: async () => {
        for (const own of listening) this.#listeners.delete(own);
        listening.clear();
        await Promise.all([...opened].map((channel) => channel.close()));
      },
    };
  }

  list(vendorId: number): Promise<HidPathInfo[]> {
    return this.#main.list(vendorId);
  }

  onChange(listener: () => void): () => void {
    return this.#main.onChange(listener);
  }

  open(info: HidPathInfo): Promise<HidChannel> {
    return this.#main.open(info);
  }

  /** Closes what was opened through the bus itself; devices stay plugged. */
  close(): Promise<void> {
    return this.#main.close();
  }

  #slotOf(device: VirtualDevice): Slot | undefined {
    return this.#slots.get(device);
  }

  #newSlot(device: VirtualDevice): Slot {
    if (this.#serials.has(device.serial)) throw new VirtualError('duplicate', `there is a device ${device.serial} already`);
    const slot: Slot = { device, physicalPort: `virtual-${this.#slots.size + 1}`, plugs: 0, paths: [], comingBack: null };
    this.#slots.set(device, slot);
    this.#serials.add(device.serial);
    return slot;
  }

  #open(path: string, released: () => void): BufferedChannel {
    const plugged = this.#paths.get(path);
    if (!plugged) throw new VirtualError('gone', `there is no path ${path}`);
    const { slot, found } = plugged;
    const { channels, reportIds } = found;
    const channel: BufferedChannel = new BufferedChannel({
      descriptor: found.descriptor,
      isVirtual: true,
      write: async (report) => {
        if (reportIds !== null && !reportIds.includes(report[0] ?? 0))
          throw new VirtualError('invalid', `report ${report[0]} belongs to another collection`);
        slot.device.receive(report);
      },
      close: async () => {
        channels.delete(channel);
        released();
      },
    });
    channels.add(channel);
    return channel;
  }

  #changed(): void {
    soon(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}

function pathsOf({ device, physicalPort, plugs }: Slot): BusPath[] {
  const { collections, paths, state } = device;
  const base = {
    bus: 'virtual',
    vendorId: jabraVendorId,
    productId: state.productId,
    product: state.family.name,
    serial: state.serial,
    physicalPort,
  } as const;
  if (paths === 'one') {
    // Of several top-level collections a path is listed under GNP's.
    const gnp = collections.find(({ usagePage }) => usagePage === gnpPage);
    const info = { ...base, path: `${physicalPort}/${plugs}`, usagePage: gnp?.usagePage ?? null, usage: gnp?.usage ?? null };
    return [{ info, descriptor: descriptorOf(collections), reportIds: null, channels: new Set() }];
  }
  return collections.map(({ usagePage, usage, reportIds, bytes }, index) => ({
    info: { ...base, path: `${physicalPort}/${plugs}&Col${String(index + 1).padStart(2, '0')}`, usagePage, usage },
    descriptor: paths === 'per-collection' ? bytes : null,
    reportIds,
    channels: new Set<BufferedChannel>(),
  }));
}
