import type { Family } from '../families/index.ts';
import { Address, Command, type Packet } from '../frames/index.ts';
import { connectionState } from '../messages/bluetooth.ts';
import { dfuProductId } from '../messages/identity.ts';
import { tryDecodePayload } from '../messages/message.ts';
import { batteryStatus } from '../messages/status.ts';
import type { SettingKey, SettingsWire, SettingValue } from '../settings/index.ts';
import { DeviceError } from '../session/errors.ts';
import type { RequestOptions, Session } from '../session/session.ts';
import { actionMessages, type DeviceAction } from './actions.ts';
import { DeviceSettings } from './settings.ts';

/** `level` 1 to 100 %, null where the device doesn't know it (never 0). */
export interface BatteryReading {
  readonly level: number | null;
  readonly charging: boolean;
  readonly low: boolean;
}

/** What a device tells unasked. */
export type DeviceEvent =
  | { readonly kind: 'battery'; readonly battery: BatteryReading }
  | { readonly kind: 'settings'; readonly values: Readonly<Partial<Record<SettingKey, SettingValue>>> }
  /** A headset came to or left a dongle; ask `child()`. */
  | { readonly kind: 'children' };

const toBattery = (value: {
  readonly state: { readonly charging: boolean; readonly low: boolean };
  readonly level: number | null;
}): BatteryReading => ({
  level: value.level,
  charging: value.state.charging,
  low: value.state.low,
});

/** One GNP address of an open session, with what its family can do. Several share a session: a dongle and the headset behind it. */
export class GnpDevice {
  readonly address: number;
  readonly family: Family | null;
  readonly settings: DeviceSettings;
  readonly #session: Session;
  readonly #actions: ReadonlySet<DeviceAction>;

  /** `actions`: as `selectActions` gives them, none by default. */
  constructor(
    session: Session,
    address: number,
    family: Family | null,
    wires: readonly SettingsWire[],
    actions: ReadonlySet<DeviceAction> = new Set(),
  ) {
    this.#session = session;
    this.#actions = actions;
    this.address = address;
    this.family = family;
    this.settings = new DeviceSettings(session, address, wires, family?.settings ?? []);
  }

  /** GNP 12/02; null where the device has no battery (it refuses). Rejects with `DeviceError`. */
  async battery(options: RequestOptions = {}): Promise<BatteryReading | null> {
    try {
      return toBattery(await this.#session.read(batteryStatus, this.address, options));
    } catch (error) {
      if (error instanceof DeviceError && error.code === 'rejected') return null;
      throw error;
    }
  }

  /**
   * DFU product id of the headset behind a dongle or base, null where none is reachable (NACK F3 or F4, or F5 where the dongle knows no such address).
   * GNP 02/13 to address 4, fwupd jabra-gnp. Rejects with `DeviceError`.
   */
  async child(options: RequestOptions = {}): Promise<number | null> {
    try {
      return await this.#session.read(dfuProductId, Address.headset1, options);
    } catch (error) {
      if (error instanceof DeviceError && (error.reason === 'no-child' || error.reason === 'no-device-at-address')) return null;
      throw error;
    }
  }

  /** Whether there is a way to do this on this device. */
  canDo(action: DeviceAction): boolean {
    return this.#actions.has(action);
  }

  /** Starts it anew; resolves when it agreed, before it leaves. Rejects with `DeviceError`, `unsupported` where `canDo` says no. */
  reboot(options: RequestOptions = {}): Promise<void> {
    return this.#act('reboot', () => this.#session.write(actionMessages.reboot, this.address, undefined, options));
  }

  /** Makes it show itself for `seconds`, 1 to 255. Rejects with `DeviceError`, `unsupported` where `canDo` says no. */
  identify(seconds: number, options: RequestOptions = {}): Promise<void> {
    return this.#act('identify', () => this.#session.write(actionMessages.identify, this.address, seconds, options));
  }

  /** Events of this address. Returns what ends the subscription. */
  onEvent(listener: (event: DeviceEvent) => void): () => void {
    return this.#session.onEvent((packet) => {
      const event = this.#decode(packet);
      if (event) listener(event);
    });
  }

  async #act(action: DeviceAction, write: () => Promise<void>): Promise<void> {
    if (!this.canDo(action)) throw new DeviceError('unsupported', `there is no verified way to ${action} this device`);
    await write();
  }

  #decode(packet: Packet): DeviceEvent | null {
    if (packet.source !== this.address) return null;
    if (packet.command === batteryStatus.command && packet.subcommand === batteryStatus.subcommand) {
      const value = tryDecodePayload(batteryStatus.event, packet.payload);
      return value && { kind: 'battery', battery: toBattery(value) };
    }
    if (packet.command === Command.bluetooth && packet.subcommand === connectionState.subcommand) return { kind: 'children' };
    const values = this.settings.announced(packet);
    return values && Object.keys(values).length > 0 ? { kind: 'settings', values } : null;
  }
}
