import { DecodeError } from '../bytes/index.ts';
import { Address, decodePacket, encodePacket, gnpReportId, type Packet, PacketType } from '../frames/index.ts';
import { batteryStatus } from '../messages/status.ts';
import { type SettingKey, settingProblem, type SettingValue } from '../settings/index.ts';
import { answersOf } from './answers.ts';
import { BehaviourChain } from './behaviour-chain.ts';
import type { Action, Behaviour } from './behaviour.ts';
import { batteryPayload } from './capabilities/battery.ts';
import { CallControl, type VirtualButton } from './capabilities/call-control.ts';
import { dongleBluetooth } from './capabilities/dongle.ts';
import { bootsFrom } from './capabilities/legacy-boot.ts';
import { wireOf, wirePayload } from './capabilities/settings.ts';
import { factorySettings } from './defaults.ts';
import type { TopLevelCollection } from './descriptors/index.ts';
import { descriptorOf } from './descriptors/index.ts';
import type { DeviceHost } from './device-host.ts';
import { VirtualError } from './errors.ts';
import { nackByte } from './nack-bytes.ts';
import { VirtualRadio } from './radio/index.ts';
import { type Received, Record } from './record.ts';
import type { VirtualState } from './state.ts';

export type { DeviceHost } from './device-host.ts';

/** How long a device without power is away. */
export const powerCutMs = 500;

const childAddresses: readonly number[] = [Address.headset1, Address.headset2, Address.headset3, Address.headset4];

/** A device that speaks bytes. What it does is a list of behaviours; made by `virtualDevice`. */
export class VirtualDevice {
  readonly state: VirtualState;
  readonly collections: readonly TopLevelCollection[];
  /** How the operating system shows it, see `VirtualDeviceOptions`. */
  readonly paths: 'one' | 'per-collection' | 'per-collection-undescribed';
  readonly calls: CallControl;
  readonly #record = new Record();
  readonly #behaviours: BehaviourChain;
  readonly #radio: VirtualRadio<VirtualDevice> | null;
  #host: DeviceHost | null = null;
  #address: number;

  constructor(state: VirtualState, collections: readonly TopLevelCollection[], paths: VirtualDevice['paths'], behaviours: readonly Behaviour[]) {
    this.state = state;
    this.collections = collections;
    this.paths = paths;
    this.calls = new CallControl(descriptorOf(collections));
    this.#radio = state.family.hasChildren ? this.#newRadio() : null;
    this.#behaviours = new BehaviourChain(this.#radio ? [dongleBluetooth(this.#radio), ...behaviours] : behaviours);
    this.#address = state.family.address;
  }

  get serial(): string {
    return this.state.serial;
  }

  /** GNP address: its own by cable, 4 behind a dongle. */
  get address(): number {
    return this.#address;
  }

  /** Whether a host can reach it. */
  get connected(): boolean {
    return this.#host !== null;
  }

  /** What it received, oldest first; the newest 10,000 at least. */
  get received(): readonly Received[] {
    return this.#record.entries;
  }

  /** How many setting writes it received, whatever became of them. */
  get writes(): number {
    return this.#record.writes;
  }

  /** The headsets near a dongle and those that it remembers, null where the device takes none. */
  get radio(): VirtualRadio<VirtualDevice> | null {
    return this.#radio;
  }

  /** The headset behind this dongle, null where there is none now. */
  get child(): VirtualDevice | null {
    return this.#radio?.child ?? null;
  }

  /** The headsets that this dongle remembers. */
  get paired(): readonly VirtualDevice[] {
    return this.#radio?.pairings.headsets ?? [];
  }

  /** Adds a behaviour, which is asked before all others. Returns what removes it. */
  behave(behaviour: Behaviour): () => void {
    return this.#behaviours.add(behaviour);
  }

  /** Plugs it into a host, where it listens to `address`. */
  connect(host: DeviceHost, address: number = this.state.family.address): void {
    this.#host = host;
    this.#address = address;
    this.state.bootMode = false;
    this.state.files.powered();
    this.#radio?.powerOn(host);
    this.calls.plug(host);
  }

  disconnect(): void {
    this.#host = null;
    this.state.files.lostHost();
    // Its power came from the same cable.
    if (!this.state.family.hasBattery) this.#boot();
    this.#radio?.powerOff();
    this.calls.reset();
  }

  /** Takes an output report of the host. Never throws, whatever the bytes; a behaviour of a test may. */
  receive(report: Uint8Array): void {
    if (!this.#host) return;
    if (bootsFrom(report, this.state)) {
      this.#record.add(this.#host.clock, report, null);
      this.state.bootMode = true;
      this.#host.leave(null);
      return;
    }
    if (report[0] !== gnpReportId) {
      this.#record.add(this.#host.clock, report, null);
      this.calls.receive(report);
      return;
    }
    try {
      this.#dispatch(decodePacket(report), report, this.#host);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#record.add(this.#host.clock, report, null);
    }
  }

  /** Changes a setting on the device itself, as a person or an app on a phone does. Throws `VirtualError`. */
  setLocally(key: SettingKey, value: SettingValue): void {
    if (!this.state.family.settings.includes(key)) throw new VirtualError('not-supported', `${this.state.family.name} has no setting ${key}`);
    const problem = settingProblem(key, value);
    if (problem !== null) throw new VirtualError('invalid', problem);
    const after = new Map(this.state.settings).set(key, value);
    if (this.state.wires.some((wire) => wire.keys.includes(key) && !wirePayload(wire, after)))
      throw new VirtualError('invalid', `${key} doesn't fit into one packet`);
    this.#change(new Map([[key, value]]));
  }

  /** Throws `VirtualError`. A change is announced. */
  setBattery(level: number, charging: boolean): void {
    const before = this.state.battery;
    if (!before) throw new VirtualError('not-supported', `${this.state.family.name} has no battery`);
    if (!Number.isInteger(level) || level < 0 || level > 100) throw new VirtualError('invalid', 'a battery level is a whole number from 0 to 100');
    this.state.battery = { level, charging };
    if (before.level === level && before.charging === charging) return;
    this.#event(batteryStatus.command, batteryStatus.subcommand, batteryPayload(this.state.battery));
  }

  /** Presses a button; a headset behind a dongle presses through the dongle. Throws `VirtualError`. */
  press(button: VirtualButton): void {
    if (!this.#host) throw new VirtualError('unplugged', `${this.serial} is not plugged`);
    const reports = (this.#host.calls ?? this.calls).press(button);
    if (!reports) throw new VirtualError('not-supported', `${this.state.family.name} has no ${button} button`);
    for (const report of reports) this.#host.send(report);
  }

  /** The headset comes to this dongle and is connected at once. Throws `VirtualError` where it takes none, or has one. */
  attach(child: VirtualDevice): void {
    if (!this.#radio) throw new VirtualError('not-supported', `${this.state.family.name} takes no headset`);
    this.#radio.attach(child);
  }

  /** The headset leaves this dongle; one that is without power for a moment stays away. */
  detach(): void {
    this.#radio?.detach();
  }

  /** It leaves and comes back with what it held, as after an update or a reboot. */
  restart(backAfterMs: number): void {
    this.#boot();
    this.#leave(backAfterMs);
  }

  /** It loses its power and every setting; where it was reachable it is again after `backAfterMs`. */
  powerCut(backAfterMs = powerCutMs): void {
    this.state.settings.clear();
    for (const [key, value] of factorySettings(this.state.family)) this.state.settings.set(key, value);
    this.calls.reset();
    this.#boot();
    this.#leave(backAfterMs);
  }

  /** What its flash holds runs from now on, or nothing does any more. */
  #boot(): void {
    const { flash } = this.state;
    if (!flash) return;
    this.state.version = flash.boot() ?? this.state.version;
    if (flash.bricked !== null) this.state.bricked = true;
  }

  #leave(backAfterMs: number): void {
    this.#host?.leave(this.state.bricked ? null : backAfterMs);
  }

  #dispatch(packet: Packet, report: Uint8Array, host: DeviceHost): void {
    if (packet.destination === this.#address) {
      this.#handle(packet, report);
    } else if (this.state.family.hasChildren && packet.destination === Address.headset1 && this.child) {
      this.child.#handle(packet, report);
    } else if (packet.type === PacketType.read || packet.type === PacketType.write) {
      this.#record.add(host.clock, report, packet);
      const reason = this.state.family.hasChildren && childAddresses.includes(packet.destination) ? nackByte.noChild : nackByte.noDeviceAtAddress;
      for (const answer of answersOf(packet, { kind: 'nack', reason })) host.send(answer);
    }
  }

  #handle(packet: Packet, report: Uint8Array): void {
    const host = this.#host;
    if (!host) return;
    this.#record.add(host.clock, report, packet, packet.type === PacketType.write && wireOf(this.state, packet) !== undefined);
    const action = this.#behaviours.ask(packet, {
      state: this.state,
      clock: host.clock,
      encode: (one) => answersOf(packet, one),
      event: (command, subcommand, payload) => {
        this.#event(command, subcommand, payload);
      },
      changeSettings: (values) => {
        this.#change(values);
      },
      leave: (backAfterMs) => this.#host?.leave(backAfterMs),
      restart: (backAfterMs) => {
        this.restart(backAfterMs);
      },
      powerCut: (backAfterMs) => {
        this.powerCut(backAfterMs);
      },
    });
    this.#perform(packet, action, host);
  }

  #perform(packet: Packet, action: Action, host: DeviceHost): void {
    // It left while it was asked: whatever it wanted to say is lost.
    if (this.#host !== host) return;
    if (action.kind === 'later') {
      host.clock.setTimer(action.delayMs, () => {
        if (this.#host !== host) return;
        this.#perform(packet, typeof action.action === 'function' ? action.action() : action.action, host);
      });
      return;
    }
    for (const report of answersOf(packet, action)) host.send(report);
  }

  #change(values: ReadonlyMap<SettingKey, SettingValue>): void {
    const changed = new Set([...values].filter(([key, value]) => this.state.settings.get(key) !== value).map(([key]) => key));
    for (const [key, value] of values) this.state.settings.set(key, value);
    for (const wire of this.state.wires) {
      const payload = wire.keys.some((key) => changed.has(key)) ? wirePayload(wire, this.state.settings) : null;
      if (payload) this.#event(wire.message.command, wire.message.subcommand, payload);
    }
  }

  #event(command: number, subcommand: number, payload: Uint8Array): void {
    const host = this.#host;
    if (!host) return;
    const context = {
      state: this.state,
      leave: (backAfterMs: number | null) => {
        host.leave(backAfterMs);
      },
      powerCut: (backAfterMs: number) => {
        this.powerCut(backAfterMs);
      },
    };
    const head = { destination: Address.pc, source: this.#address, sequence: 0, type: PacketType.event, command, subcommand } as const;
    for (const sent of this.#behaviours.filter({ command, subcommand, payload }, context)) host.send(encodePacket({ ...head, payload: sent }));
  }

  #newRadio(): VirtualRadio<VirtualDevice> {
    return new VirtualRadio({
      calls: this.calls,
      autoPairs: () => this.state.settings.get('autoPairing') === true,
      event: ({ command, subcommand, payload }) => {
        this.#event(command, subcommand, payload);
      },
    });
  }
}
