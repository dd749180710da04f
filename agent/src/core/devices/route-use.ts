import {
  type BatteryReading,
  CancelSource,
  DeviceError,
  type DeviceEvent,
  type RequestOptions,
  type SettingKey,
  type SettingsReading,
  type SettingValue,
} from '@jpd/protocol';
import type { Route } from './route.ts';

/** How often what a device didn't answer is asked again. */
const furtherTries = 3;

/** Refusals that mean no more than "not now". */
const isPassing = ({ code, reason }: DeviceError): boolean => code === 'rejected' && reason === 'other';

const isSilence = (error: unknown): boolean => error instanceof DeviceError && (error.code === 'timeout' || error.code === 'malformed');

/** A device's work on one of its routes, from taking it to letting it go: everything that is asked on it ends with it. */
export class RouteUse {
  readonly route: Route;
  /** The device was read, reported, and holds what it must. */
  isSettled = false;
  readonly #cancel = new CancelSource();
  readonly #unread = new Set<string>();
  #batteryUnread = false;
  #triesLeft = furtherTries;
  #announced: Partial<Record<SettingKey, SettingValue>> = {};
  #endEvents: (() => void) | null;

  constructor(route: Route, onEvent: (event: DeviceEvent) => void) {
    this.route = route;
    this.#endEvents = route.device?.onEvent(onEvent) ?? null;
  }

  get isCurrent(): boolean {
    return !this.#cancel.aborted;
  }

  get options(): RequestOptions {
    return { signal: this.#cancel.signal };
  }

  /** Whether the device left something unanswered and asking again is worth it. */
  get isIncomplete(): boolean {
    return this.#triesLeft > 0 && (this.#batteryUnread || this.#unread.size > 0);
  }

  /** The device announced these values. Says whether they are the first that wait for `takeAnnounced`: what comes later waits with them. */
  announced(values: SettingsReading['values']): boolean {
    const isFirst = Object.keys(this.#announced).length === 0;
    Object.assign(this.#announced, values);
    return isFirst;
  }

  /** Whether the device announced that it holds this value, and nobody took that in yet. */
  hasAnnounced(key: SettingKey, value: SettingValue | undefined): boolean {
    return value !== undefined && this.#announced[key] === value;
  }

  /** What was announced and waits, the newest of each. */
  takeAnnounced(): SettingsReading['values'] {
    const announced = this.#announced;
    this.#announced = {};
    return announced;
  }

  /** Reads the battery; null where there is none, undefined where the device didn't answer. Rejects with `disconnected` or `cancelled` only. */
  async readBattery(): Promise<BatteryReading | null | undefined> {
    try {
      const reading = (await this.route.device?.battery(this.options)) ?? null;
      // One that should have a battery may have refused because it is starting.
      this.#batteryUnread = reading === null && this.route.family?.hasBattery === true;
      return reading;
    } catch (error) {
      if (!isSilence(error)) throw error;
      this.#batteryUnread = true;
      return undefined;
    }
  }

  /** Reads all settings, or those of `only`. Rejects with `disconnected` or `cancelled` only. */
  async readSettings(only?: ReadonlySet<string>): Promise<SettingsReading> {
    const reading = (await this.route.device?.settings.read(only, this.options)) ?? { values: {}, problems: new Map() };
    this.assertReachable(reading.problems.values());
    for (const key of Object.keys(reading.values)) this.#unread.delete(key);
    for (const [key, problem] of reading.problems) if (isSilence(problem) || isPassing(problem)) this.#unread.add(key);
    return reading;
  }

  /** Asks again what wasn't answered; `battery` null where it wasn't asked for, or not told. Rejects with `disconnected` or `cancelled` only. */
  async readAgain(): Promise<{ readonly values: SettingsReading['values']; readonly battery: BatteryReading | null }> {
    this.#triesLeft -= 1;
    const battery = this.#batteryUnread ? ((await this.readBattery()) ?? null) : null;
    const { values } = this.#unread.size > 0 ? await this.readSettings(new Set(this.#unread)) : { values: {} };
    return { values, battery };
  }

  /** What a headset refuses while it is away from its dongle is no refusal: throws `DeviceError` `disconnected` instead. */
  assertReachable(problems: Iterable<unknown>): void {
    if (this.route.parentKey === null) return;
    for (const problem of problems) {
      if (problem instanceof DeviceError && (problem.reason === 'no-child' || problem.reason === 'no-device-at-address'))
        throw new DeviceError('disconnected', 'the headset left its dongle', { cause: problem });
    }
  }

  end(): void {
    this.#endEvents?.();
    this.#endEvents = null;
    this.#cancel.cancel();
  }
}
