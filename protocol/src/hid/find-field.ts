import { HidReportError } from './errors.ts';
import type { HidField, HidReport, HidReportKind, HidUsage, ReportDescriptor } from './model.ts';
import { indexOfUsage } from './usages.ts';

/** One element of a field. */
export interface HidFieldLocation {
  readonly field: HidField;
  readonly index: number;
  /** Counted from the byte after the report id. */
  readonly bitOffset: number;
  readonly bitSize: number;
}

export interface HidFieldQuery extends HidUsage {
  readonly kind: HidReportKind;
  /** Any report where left out. */
  readonly reportId?: number;
}

/**
 * The first element that stands for a usage, in descriptor order, null if there is none. Constant fields are found too: real headsets
 * declare hook and mute as constant. In an array no element belongs to one usage; there it is element 0, to be read by `readArray` and
 * written with a value of `arrayValueOf`.
 */
export function findField(descriptor: ReportDescriptor, query: HidFieldQuery): HidFieldLocation | null {
  for (const report of descriptor.reports) {
    if (report.kind !== query.kind || (query.reportId !== undefined && report.id !== query.reportId)) continue;
    for (const field of report.fields) {
      const index = indexOfUsage(field, query);
      if (index === null) continue;
      if (field.isArray) return elementOf(field, 0);
      if (index < field.count) return elementOf(field, index);
    }
  }
  return null;
}

/** The report of an id and kind, null if the descriptor has none. */
export function findReport(descriptor: ReportDescriptor, kind: HidReportKind, id: number): HidReport | null {
  return descriptor.reports.find((report) => report.kind === kind && report.id === id) ?? null;
}

/** @throws HidReportError `out-of-range` if the field has no such element. */
export function elementOf(field: HidField, index: number): HidFieldLocation {
  if (!Number.isInteger(index) || index < 0 || index >= field.count) throw new HidReportError('out-of-range', `The field has no element ${index}`);
  return { field, index, bitOffset: field.bitOffset + index * field.bitSize, bitSize: field.bitSize };
}
