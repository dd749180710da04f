import type { BatteryReporter } from './battery-reporter.ts';
import type { DeviceReport } from './device-report.ts';
import type { RouteUse } from './route-use.ts';

/** Asks a device again what it left unanswered, and reports it. Rejects with `DeviceError` `disconnected` or `cancelled`. */
export async function readAgain(use: RouteUse, report: DeviceReport, battery: BatteryReporter): Promise<void> {
  const { values, battery: reading } = await use.readAgain();
  const { facts } = report;
  if (!use.isCurrent || !facts) return;
  report.change({ ...facts, values: { ...facts.values, ...values } });
  if (reading) battery.heard(reading);
}
