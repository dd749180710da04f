import { HidDescriptorError } from './errors.ts';
import { HID_LIMITS } from './limits.ts';
import type { HidField, HidReport, HidReportKind } from './model.ts';

interface OpenReport {
  readonly id: number;
  readonly kind: HidReportKind;
  readonly fields: HidField[];
  bitLength: number;
}

/** Lays fields out: each goes behind the last one of its report, wherever in the descriptor the two stand (HID 1.11, 5.4 and 8.4). */
export class ReportTable {
  readonly #reports = new Map<string, OpenReport>();

  append(field: Omit<HidField, 'bitOffset'>, itemOffset: number): void {
    const report = this.#report(field.kind, field.reportId);
    const bitOffset = report.bitLength;
    const bitLength = bitOffset + field.bitSize * field.count;
    if (bitLength > HID_LIMITS.reportBits) throw new HidDescriptorError('limits', itemOffset, 'The report is too long');
    report.bitLength = bitLength;
    report.fields.push({ ...field, bitOffset });
  }

  reports(): HidReport[] {
    return [...this.#reports.values()].map((report) => ({ ...report, byteLength: 1 + Math.ceil(report.bitLength / 8) }));
  }

  #report(kind: HidReportKind, id: number): OpenReport {
    const key = `${kind} ${id}`;
    const known = this.#reports.get(key);
    if (known !== undefined) return known;
    const report = { id, kind, fields: [], bitLength: 0 };
    this.#reports.set(key, report);
    return report;
  }
}
