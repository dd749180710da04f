import { DecodeError } from '../bytes/index.ts';
import type { Packet } from '../frames/index.ts';
import { announcedValues, type SettingKey, settingProblem, type SettingsWire, type SettingValue, type WireValues } from '../settings/index.ts';
import { DeviceError } from '../session/errors.ts';
import type { RequestOptions, Session } from '../session/session.ts';

/** What a device holds, and what it didn't say. */
export interface SettingsReading {
  readonly values: Readonly<Partial<Record<SettingKey, SettingValue>>>;
  /** Settings that could not be read, with why. A setting that the firmware doesn't have is `rejected`, reason `unknown-subcommand`. */
  readonly problems: ReadonlyMap<SettingKey, DeviceError>;
}

/** How one setting fared. `value` is what the device holds afterwards, null where it didn't say. A value that is none of the setting is a `DecodeError`. */
export type SettingOutcome =
  | { readonly status: 'unchanged' | 'written'; readonly value: SettingValue }
  | { readonly status: 'refused'; readonly error: DeviceError | DecodeError; readonly value: SettingValue | null };

/** An acknowledgement can be lost while the value arrived: a write is never repeated before the device was asked what it holds. */
const writeAttempts = 3;

const asDeviceError = (error: unknown): DeviceError => {
  if (error instanceof DeviceError) return error;
  throw error;
};

/** The settings of one device (or child), through the wires that its product and transport allow. */
export class DeviceSettings {
  readonly #session: Session;
  readonly #address: number;
  readonly #wires: readonly SettingsWire[];
  readonly #keys: ReadonlySet<SettingKey>;

  /** `keys`: what its family supports; a wire may carry more. */
  constructor(session: Session, address: number, wires: readonly SettingsWire[], keys: readonly SettingKey[]) {
    this.#session = session;
    this.#address = address;
    this.#wires = wires.filter((wire) => wire.keys.some((key) => keys.includes(key)));
    const carried = new Set(this.#wires.flatMap((wire) => wire.keys));
    this.#keys = new Set(keys.filter((key) => carried.has(key)));
  }

  /** What can be read and written here. */
  get keys(): ReadonlySet<SettingKey> {
    return this.#keys;
  }

  /** Reads every setting, or those of `only` (and what shares a message with them). Rejects with `disconnected` or `cancelled` only. */
  async read(only?: ReadonlySet<string>, options: RequestOptions = {}): Promise<SettingsReading> {
    const values: Partial<Record<SettingKey, SettingValue>> = {};
    const problems = new Map<SettingKey, DeviceError>();
    for (const wire of this.#wires) {
      if (only && !wire.keys.some((key) => only.has(key))) continue;
      try {
        Object.assign(values, this.#known(await this.#session.read(wire.message, this.#address, options)));
      } catch (error) {
        const problem = asDeviceError(error);
        if (problem.code === 'disconnected' || problem.code === 'cancelled') throw problem;
        for (const key of wire.keys) if (this.#keys.has(key)) problems.set(key, problem);
      }
    }
    return { values, problems };
  }

  /**
   * Makes the device hold `changes`: settings that share a message are read, merged and written together, only where the device differs, and read back.
   * Each setting that this device has is reported alone, in the order of the wires. Rejects with `disconnected` or `cancelled` only.
   */
  async apply(changes: ReadonlyMap<SettingKey, SettingValue>, options: RequestOptions = {}): Promise<ReadonlyMap<SettingKey, SettingOutcome>> {
    const outcomes = new Map<SettingKey, SettingOutcome>();
    for (const wire of this.#wires) {
      const wanted = new Map<SettingKey, SettingValue>();
      for (const key of wire.keys) {
        const value = changes.get(key);
        if (value === undefined || !this.#keys.has(key)) continue;
        const problem = settingProblem(key, value);
        if (problem === null) wanted.set(key, value);
        else outcomes.set(key, { status: 'refused', error: new DecodeError('unexpected-value', problem), value: null });
      }
      if (wanted.size > 0) await this.#applyWire(wire, wanted, outcomes, options);
    }
    return outcomes;
  }

  /** The settings that an event announces, or null where it announces none. */
  announced(packet: Packet): Readonly<Partial<Record<SettingKey, SettingValue>>> | null {
    if (packet.source !== this.#address) return null;
    // Several wires may share a message: an operator's mappings have bytes of their own in it.
    const told = this.#wires.map((wire) => announcedValues(wire, packet)).filter((values) => values !== null);
    return told.length === 0 ? null : Object.assign({}, ...told.map((values) => this.#known(values)));
  }

  async #applyWire(
    wire: SettingsWire,
    wanted: ReadonlyMap<SettingKey, SettingValue>,
    outcomes: Map<SettingKey, SettingOutcome>,
    options: RequestOptions,
  ): Promise<void> {
    let before: WireValues | null = null;
    let held: WireValues | null = null;
    let failure: DeviceError | DecodeError | null = null;
    const differs = (now: WireValues): boolean => [...wanted].some(([key, value]) => now[key] !== value);
    try {
      before = await this.#session.read(wire.message, this.#address, options);
      held = before;
      for (let attempt = 1; attempt <= writeAttempts && differs(held); attempt += 1) {
        const written: WireValues = { ...held, ...Object.fromEntries(wanted) };
        failure = await this.#write(wire, written, options);
        if (failure && failure.code !== 'timeout') break;
        // From here on nobody knows what it holds, until it says so.
        held = null;
        held = await this.#session.read(wire.message, this.#address, options);
        if (!failure) break;
      }
    } catch (error) {
      failure = asDeviceError(error);
      if (failure.code === 'disconnected' || failure.code === 'cancelled') throw failure;
    }
    for (const [key, value] of wanted) {
      const now = held?.[key] ?? null;
      if (now === value) outcomes.set(key, { status: before?.[key] === value ? 'unchanged' : 'written', value });
      else outcomes.set(key, { status: 'refused', error: failure ?? new DeviceError('rejected', `the device kept ${String(now)}`), value: now });
    }
  }

  /** One write, once. Returns what went wrong, null where it was acknowledged. */
  async #write(wire: SettingsWire, values: WireValues, options: RequestOptions): Promise<DeviceError | DecodeError | null> {
    try {
      await this.#session.write(wire.message, this.#address, values, { ...options, timing: { ...options.timing, attempts: 1 } });
      return null;
    } catch (error) {
      if (error instanceof DecodeError) return error;
      const failure = asDeviceError(error);
      if (failure.code === 'disconnected' || failure.code === 'cancelled') throw failure;
      return failure;
    }
  }

  #known(values: WireValues): Partial<Record<SettingKey, SettingValue>> {
    const known: Partial<Record<SettingKey, SettingValue>> = {};
    for (const key of this.#keys) {
      const value = values[key];
      if (value !== undefined && value !== null) known[key] = value;
    }
    return known;
  }
}
