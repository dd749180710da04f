import { findFamily } from '../families/index.ts';
import { isSettingKey, type SettingValue } from '../settings/index.ts';
import type { Behaviour } from './behaviour.ts';
import type { VirtualBus } from './bus.ts';
import { isVirtualButton, virtualButtons } from './capabilities/call-control.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualError } from './errors.ts';
import { faults } from './faults.ts';
import { fromSpecification, parseSpecification } from './specification.ts';

/** A device as `jabra-virtual list --json` shows it. */
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
  readonly settings: Readonly<Record<string, SettingValue>>;
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
    if (known?.dongle) known.dongle.attach(known.device);
    else if (known) this.#bus.plug(known.device);
    else return this.#add(device);
    return known.device;
  }

  unplug(serial: string): void {
    const { device, dongle } = this.#known(serial);
    if (!dongle) this.#bus.unplug(device);
    else if (dongle.child === device || dongle.child === null) dongle.detach();
  }

  list(): ListedDevice[] {
    return this.#bus.devices.flatMap((device) => [device, ...device.paired]).map(listed);
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
      const child = device.paired.find((paired) => paired.serial === serial);
      if (child) return { device: child, dongle: device };
    }
    return null;
  }

  #known(serial: string): { readonly device: VirtualDevice; readonly dongle: VirtualDevice | null } {
    const found = this.#find(serial);
    if (!found) throw new VirtualError('unknown-device', `there is no device ${serial} on the bus`);
    return found;
  }

  #add(text: string): VirtualDevice {
    // A word that names no model is a serial that nobody has.
    if (!findFamily(text.split(/[:+]/, 1)[0] ?? ''))
      throw new VirtualError('unknown-device', `there is no device ${text} on the bus, and no such model`);
    const device = fromSpecification(parseSpecification(text), new Set(this.list().map(({ serial }) => serial)));
    this.#bus.plug(device);
    return device;
  }
}

function listed({ state, connected, serial, writes }: VirtualDevice): ListedDevice {
  return {
    serial,
    model: state.family.id,
    version: state.version,
    plugged: connected,
    battery: state.battery?.level ?? null,
    writes,
    settings: Object.fromEntries(state.settings),
  };
}
