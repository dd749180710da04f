import { toHex } from '../bytes/index.ts';
import { findFamily } from '../families/index.ts';
import { isSettingKey, type SettingValue } from '../settings/index.ts';
import type { Behaviour } from './behaviour.ts';
import type { VirtualBus } from './bus.ts';
import { isVirtualButton, virtualButtons } from './capabilities/call-control.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';
import { faults } from './faults.ts';
import { type AirOptions, bluetoothAddressOf } from './radio/index.ts';
import { fromSpecification, parseSpecification } from './specification.ts';

/** A device as its bus tells of it; `jabra-virtual list --json` shows what cli-v1 names of that. */
export interface ListedDevice {
  readonly serial: string;
  readonly model: string;
  readonly version: string;
  /** A headset behind a dongle: the dongle is plugged and the headset is with it. */
  readonly plugged: boolean;
  /** Percent, null without a battery. */
  readonly battery: number | null;
  /** Setting writes that it received. */
  readonly writes: number;
  /** How often it was told to start anew, and to show itself by blinking or sounding. */
  readonly reboots: number;
  readonly identified: number;
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** A headset as a dongle's radio sees it: `jabra-virtual radio --json`. */
export interface ListedHeadset {
  readonly serial: string;
  readonly model: string;
  /** Bluetooth address: `70:BF:92:00:00:02`. */
  readonly address: string;
  readonly inRange: boolean;
  /** In pairing mode. */
  readonly discoverable: boolean;
  readonly paired: boolean;
  readonly connected: boolean;
}

type FaultMaker = (count: number) => Behaviour;

/** How late an answer is with the fault `late`: after the session gave the attempt up. */
const lateMs = 1500;

const behaviours: ReadonlyMap<string, FaultMaker> = new Map<string, FaultMaker>([
  ['timeout', faults.timeout],
  ['nack', (count) => faults.nack(count)],
  ['garbage', faults.garbage],
  ['drop', faults.drop],
  ['duplicate', faults.duplicate],
  ['wrong-sequence', faults.wrongSequence],
  ['late', (count) => faults.late(count, lateMs)],
  ['unplug', faults.unplug],
]);

/** Kinds of `BusControl.fault`. */
export const faultKinds: readonly string[] = [...behaviours.keys(), 'power-cut'];

/** Acts on a bus as a person or a fault would: a device is named by its serial, a headset behind a dongle by its own. Everything throws `VirtualError`. */
export class BusControl {
  readonly #bus: VirtualBus;

  constructor(bus: VirtualBus) {
    this.#bus = bus;
  }

  /** Plugs a device that the bus knows, or adds and plugs one by `MODEL[:SERIAL]`. Plugging twice does nothing. */
  plug(device: string): VirtualDevice {
    const known = this.#find(device) ?? this.#find(device.split('+', 1)[0]?.split(':')[1] ?? '');
    if (known?.dongle) rejoin(known.dongle, known.device);
    else if (known) this.#bus.plug(known.device);
    else return this.#add(device);
    return known.device;
  }

  unplug(serial: string): void {
    const { device, dongle } = this.#known(serial);
    if (!dongle) this.#bus.unplug(device);
    else for (const { radio } of this.#bus.devices) radio?.take(device);
  }

  /**
   * Puts a headset into range of a dongle, switched on: one that some dongle knows by its serial, or a new one by `MODEL[:SERIAL]`. It leaves the range of
   * every other dongle. `unplug` takes it away, `plug` brings it back.
   */
  air(dongle: string, headset: string, options: AirOptions = {}): VirtualDevice {
    const { device } = this.#known(dongle);
    const { radio } = device;
    if (!radio) throw new VirtualError('not-supported', `${device.state.family.name} takes no headset`);
    const known = this.#find(headset) ?? this.#find(headset.split(':')[1] ?? '');
    if (known && !known.dongle) throw new VirtualError('duplicate', `${known.device.serial} is on a cable`);
    const moved = known?.device ?? this.#make(headset);
    for (const other of this.#bus.devices) if (other !== device) other.radio?.take(moved);
    radio.bring(moved, options);
    return moved;
  }

  /** The headsets that a dongle ever had in range. */
  radio(dongle: string): ListedHeadset[] {
    const { device } = this.#known(dongle);
    const { radio } = device;
    if (!radio) throw new VirtualError('not-supported', `${device.state.family.name} takes no headset`);
    return radio.known.map((headset) => ({
      serial: headset.serial,
      model: headset.state.family.id,
      address: toHex(bluetoothAddressOf(headset.serial))
        .toUpperCase()
        .replaceAll(/..(?=.)/g, '$&:'),
      inRange: radio.isInRange(headset),
      discoverable: radio.isDiscoverable(headset),
      paired: radio.pairings.has(headset),
      connected: radio.child === headset && headset.connected,
    }));
  }

  list(): ListedDevice[] {
    return [...this.#everyone()].map(listed);
  }

  /** The value that the device holds, null where it is unset. */
  get(serial: string, key: string): SettingValue | null {
    const { device } = this.#known(serial);
    return isSettingKey(key) ? (device.state.settings.get(key) ?? null) : null;
  }

  /** Changes a setting on the device itself. */
  set(serial: string, key: string, value: SettingValue): void {
    const { device } = this.#known(serial);
    if (!isSettingKey(key)) throw new VirtualError('unknown-setting', `there is no setting ${key}`);
    device.setLocally(key, value);
  }

  press(serial: string, button: string): void {
    const { device } = this.#known(serial);
    if (!isVirtualButton(button)) throw new VirtualError('unknown-button', `there is no button ${button}; there are ${virtualButtons.join(', ')}`);
    device.press(button);
  }

  battery(serial: string, level: number, charging: boolean): void {
    this.#known(serial).device.setBattery(level, charging);
  }

  /**
   * Makes the next `count` requests to the device fail. A `power-cut` happens at once; where `count` is more than one, the others follow in the middle of the
   * next requests after it came back.
   */
  fault(serial: string, kind: string, count: number): void {
    const { device } = this.#known(serial);
    if (!Number.isInteger(count) || count < 1) throw new VirtualError('invalid', 'a count is a whole number from 1');
    const make = behaviours.get(kind);
    if (make) {
      device.behave(make(count));
    } else if (kind === 'power-cut') {
      if (count > 1) device.behave(faults.powerCut(count - 1));
      device.powerCut();
    } else {
      throw new VirtualError('unknown-fault', `there is no fault ${kind}; there are ${faultKinds.join(', ')}`);
    }
  }

  #find(serial: string): { readonly device: VirtualDevice; readonly dongle: VirtualDevice | null } | null {
    for (const device of this.#bus.devices) {
      if (device.serial === serial) return { device, dongle: null };
    }
    const owners = this.#bus.devices.flatMap((dongle) =>
      (dongle.radio?.known ?? []).filter((headset) => headset.serial === serial).map((device) => ({ device, dongle })),
    );
    return owners.find(({ device, dongle }) => dongle.radio?.isInRange(device)) ?? owners[0] ?? null;
  }

  /** A headset that several dongles know is one. */
  #everyone(): ReadonlySet<VirtualDevice> {
    return new Set(this.#bus.devices.flatMap((device) => [device, ...(device.radio?.known ?? [])]));
  }

  #known(serial: string): { readonly device: VirtualDevice; readonly dongle: VirtualDevice | null } {
    const found = this.#find(serial);
    if (!found) throw new VirtualError('unknown-device', `there is no device ${serial} on the bus`);
    return found;
  }

  #add(text: string): VirtualDevice {
    const device = this.#make(text);
    this.#bus.plug(device);
    return device;
  }

  #make(text: string): VirtualDevice {
    // A word that names no model is a serial that nobody has.
    if (!findFamily(text.split(/[:+]/, 1)[0] ?? ''))
      throw new VirtualError('unknown-device', `there is no device ${text} on the bus, and no such model`);
    return fromSpecification(parseSpecification(text), new Set([...this.#everyone()].map(({ serial }) => serial)));
  }
}

/** A headset is switched on near its dongle: one that is paired is connected at once, as `plug` always did. */
function rejoin(dongle: VirtualDevice, headset: VirtualDevice): void {
  const { radio } = dongle;
  if (!radio) return;
  if (radio.child === null && radio.pairings.has(headset)) radio.attach(headset);
  else if (!radio.isInRange(headset)) radio.bring(headset);
}

function listed({ state, connected, serial, writes }: VirtualDevice): ListedDevice {
  return {
    serial,
    model: state.family.id,
    version: state.version,
    plugged: connected,
    battery: state.battery?.level ?? null,
    writes,
    reboots: state.reboots,
    identified: state.identified,
    settings: Object.fromEntries(state.settings),
  };
}
