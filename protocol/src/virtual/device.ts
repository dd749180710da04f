import { DecodeError } from '../bytes/index.ts';
import { Address, decodePacket, encodePacket, gnpReportId, type Packet, PacketType } from '../frames/index.ts';
import { connectionState } from '../messages/bluetooth.ts';
import { batteryStatus } from '../messages/status.ts';
import { type SettingKey, settingProblem, type SettingValue } from '../settings/index.ts';
import type { Clock, Timer } from '../session/clock.ts';
import { answersOf } from './answers.ts';
import { BehaviourChain } from './behaviour-chain.ts';
import type { Action, Behaviour } from './behaviour.ts';
import { batteryPayload } from './capabilities/battery.ts';
import { CallControl, type VirtualButton } from './capabilities/call-control.ts';
import { connectionPayload } from './capabilities/dongle.ts';
import { wireOf, wirePayload } from './capabilities/settings.ts';
import { factorySettings } from './defaults.ts';
import type { TopLevelCollection } from './descriptors/index.ts';
import { descriptorOf } from './descriptors/index.ts';
import { VirtualError } from './errors.ts';
import { nackByte } from './nack-bytes.ts';
import { type Received, Record } from './record.ts';
import type { VirtualState } from './state.ts';

/** What a device is plugged into. */
export interface DeviceHost {
  readonly clock: Clock;
  /** Takes an input report. */
  send(report: Uint8Array): void;
  /** The device is gone from now on; it comes back after `backAfterMs`, not by itself where that is null. */
  leave(backAfterMs: number | null): void;
  /** The dongle's, for a headset behind it: its buttons are the dongle's reports. */
  readonly calls?: CallControl;
}

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
  #host: DeviceHost | null = null;
  #child: VirtualDevice | null = null;
  readonly #paired = new Set<VirtualDevice>();
  /** Until a headset that lost its power is back. */
  #comingBack: Timer | null = null;
  #address: number;

  constructor(state: VirtualState, collections: readonly TopLevelCollection[], paths: VirtualDevice['paths'], behaviours: readonly Behaviour[]) {
    this.state = state;
    this.collections = collections;
    this.paths = paths;
    this.calls = new CallControl(descriptorOf(collections));
    this.#behaviours = new BehaviourChain(behaviours);
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

  /** What it received, oldest first; the newest 10,000. */
  get received(): readonly Received[] {
    return this.#record.entries;
  }

  /** How many setting writes it received, whatever became of them. */
  get writes(): number {
    return this.#record.writes;
  }

  /** The headset behind this dongle, null where there is none now. */
  get child(): VirtualDevice | null {
    return this.#child;
  }

  /** Every headset that ever was behind this dongle. */
  get paired(): readonly VirtualDevice[] {
    return [...this.#paired];
  }

  /** Adds a behaviour, which is asked before all others. Returns what removes it. */
  behave(behaviour: Behaviour): () => void {
    return this.#behaviours.add(behaviour);
  }

  /** Plugs it into a host, where it listens to `address`. */
  connect(host: DeviceHost, address: number = this.state.family.address): void {
    this.#host = host;
    this.#address = address;
    if (this.#child) this.#reach(this.#child, host);
  }

  disconnect(): void {
    this.#host = null;
    this.#child?.disconnect();
    this.calls.reset();
  }

  /** Takes an output report of the host. Never throws, whatever the bytes; a behaviour of a test may. */
  receive(report: Uint8Array): void {
    if (!this.#host) return;
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

  /** The headset comes to this dongle. Throws `VirtualError` where it takes none, or has one. */
  attach(child: VirtualDevice): void {
    if (this.#child === child) return;
    if (!this.state.family.hasChildren) throw new VirtualError('not-supported', `${this.state.family.name} takes no headset`);
    if (this.#child) throw new VirtualError('not-supported', `${this.#child.serial} is on the dongle already`);
    this.#comingBack?.cancel();
    this.#child = child;
    this.#paired.add(child);
    if (!this.#host) return;
    this.#reach(child, this.#host);
    this.#announceChild(child, true);
  }

  /** The headset leaves this dongle; one that is without power for a moment stays away. */
  detach(): void {
    const child = this.#child;
    this.#comingBack?.cancel();
    if (!child) return;
    this.#child = null;
    child.disconnect();
    this.#announceChild(child, false);
  }

  /** It leaves and comes back with what it held, as after an update or a reboot. */
  restart(backAfterMs: number): void {
    this.#host?.leave(backAfterMs);
  }

  /** It loses its power and every setting; where it was reachable it is again after `backAfterMs`. */
  powerCut(backAfterMs = powerCutMs): void {
    this.state.settings.clear();
    for (const [key, value] of factorySettings(this.state.family)) this.state.settings.set(key, value);
    this.calls.reset();
    this.#host?.leave(backAfterMs);
  }

  #dispatch(packet: Packet, report: Uint8Array, host: DeviceHost): void {
    if (packet.destination === this.#address) {
      this.#handle(packet, report);
    } else if (this.state.family.hasChildren && packet.destination === Address.headset1 && this.#child) {
      this.#child.#handle(packet, report);
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
    this.#host?.send(
      encodePacket({ destination: Address.pc, source: this.#address, sequence: 0, type: PacketType.event, command, subcommand, payload }),
    );
  }

  #reach(child: VirtualDevice, host: DeviceHost): void {
    const viaDongle: DeviceHost = {
      clock: host.clock,
      calls: this.calls,
      send: (report) => {
        if (this.#host === host) host.send(report);
      },
      leave: (backAfterMs) => {
        if (this.#child !== child) return;
        this.detach();
        if (backAfterMs !== null)
          this.#comingBack = host.clock.setTimer(backAfterMs, () => {
            this.attach(child);
          });
      },
    };
    child.connect(viaDongle, Address.headset1);
  }

  #announceChild(child: VirtualDevice, connected: boolean): void {
    this.#event(connectionState.command, connectionState.subcommand, connectionPayload(child.serial, connected));
  }
}
