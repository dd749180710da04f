import { emptyReport, type HidReport, writeValue } from '../hid/index.ts';
import { type LampName, namesOf } from './controls.ts';
import type { TelephonyLayout } from './telephony-layout.ts';

/** Which lamps are lit; one that is left out is dark. */
export type Lamps = Partial<Readonly<Record<LampName, boolean>>>;

/** A whole output report for one of the device's paths. */
export interface OutputReport {
  readonly path: number;
  readonly bytes: Uint8Array;
}

/**
 * The output reports that show `lamps`: each whole, so that no lamp of a report is changed by the way when another one is. Lamps that the device
 * lacks are left out; outputs that are no lamps stay 0.
 */
export function lampReports(layout: TelephonyLayout, lamps: Lamps): OutputReport[] {
  const reports = new Map<HidReport, OutputReport>();
  for (const name of namesOf(layout.lamps)) {
    const at = layout.lamps[name];
    if (!at) continue;
    const output = reports.get(at.report) ?? { path: at.path, bytes: emptyReport(at.report) };
    reports.set(at.report, output);
    writeValue(output.bytes, at.element, lamps[name] === true ? 1 : 0);
  }
  return [...reports.values()];
}
