import type { BatteryReading } from '@jpd/protocol';
import { timestamp } from '../../contract/index.ts';
import { Listeners } from '../listeners.ts';
import type { BatteryReporter } from './battery-reporter.ts';
import type { DeviceContext } from './device-context.ts';
import type { DeviceReport } from './device-report.ts';
import { connectedFacts } from './document.ts';
import type { Route } from './route.ts';
import type { HeldValues } from './settings-work.ts';

type ReporterContext = Pick<DeviceContext, 'clock' | 'deviceIdOfRoute'>;

/** Reports that a device came and went: its first path and its last one. Runs in its device's mailbox. */
export class ConnectionReporter {
  readonly #report: DeviceReport;
  readonly #context: ReporterContext;
  readonly #battery: BatteryReporter;
  readonly #changes = new Listeners<[isConnected: boolean]>();

  constructor(report: DeviceReport, context: ReporterContext, battery: BatteryReporter) {
    this.#report = report;
    this.#context = context;
    this.#battery = battery;
  }

  /** Told after it was reported. Returns what ends the subscription. */
  onChange(listener: (isConnected: boolean) => void): () => void {
    return this.#changes.add(listener);
  }

  /** It was read. */
  connected(route: Route, reading: BatteryReading | null | undefined, values: HeldValues): void {
    const { deviceId, facts: known } = this.#report;
    const { clock, deviceIdOfRoute } = this.#context;
    const isNew = known?.connection.status !== 'connected';
    const parentDeviceId = route.parentKey === null ? null : deviceIdOfRoute(route.parentKey);
    const isLow = reading ? this.#battery.read(reading) : false;
    const facts = connectedFacts(deviceId, known, { route, parentDeviceId, battery: reading, values }, clock.now());
    const { model, version } = facts;
    this.#report.change(facts, [
      ...(isNew ? [this.#report.event('device.connected', { name: model.name, transport: route.transport, version })] : []),
      ...(isLow ? [this.#report.event('battery.low', { level: reading?.level ?? null })] : []),
    ]);
    if (isNew) this.#changes.emit(true);
  }

  disconnected(): void {
    const { facts } = this.#report;
    if (facts?.connection.status !== 'connected') return;
    const connection = { ...facts.connection, status: 'disconnected' as const, lastSeenAt: timestamp(this.#context.clock.now()) };
    this.#report.change({ ...facts, connection }, [this.#report.event('device.disconnected', { transport: facts.connection.transport })]);
    this.#changes.emit(false);
  }

  /** It is there again, and not to be read now. */
  back(): void {
    const { facts } = this.#report;
    if (facts?.connection.status !== 'disconnected') return;
    const { connection, model, version } = facts;
    const now = { ...connection, status: 'connected' as const, lastSeenAt: timestamp(this.#context.clock.now()) };
    this.#report.change({ ...facts, connection: now }, [
      this.#report.event('device.connected', { name: model.name, transport: connection.transport, version }),
    ]);
    this.#changes.emit(true);
  }
}
