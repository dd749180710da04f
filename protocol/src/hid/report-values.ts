import { HidReportError } from './errors.ts';
import { elementOf, type HidFieldLocation } from './find-field.ts';
import type { HidField, HidReport, HidUsage } from './model.ts';
import { indexOfUsage, usageAt } from './usages.ts';

const MAX_VALUE_BITS = 32;

/** A report of zeros, its id in the first byte. */
export function emptyReport(report: HidReport): Uint8Array {
  const bytes = new Uint8Array(report.byteLength);
  bytes[0] = report.id;
  return bytes;
}

/**
 * One element's value, little endian over byte borders (HID 1.11, 5.8 and 8.4); signed where the field's logical minimum is negative.
 * A report longer than declared is fine: Windows pads every input report to the collection's longest one.
 *
 * @param report id byte first, 0 where the descriptor has no report ids
 * @throws HidReportError `wrong-report`, `too-short`, `unsupported-size`
 */
export function readValue(report: Uint8Array, location: HidFieldLocation): number {
  checkReport(report, location);
  const { bitSize } = location;
  let value = 0;
  eachByte(location, (byteIndex, shift, bits, done) => {
    value += (((report[byteIndex] ?? 0) >> shift) & (2 ** bits - 1)) * 2 ** done;
  });
  return location.field.logicalMinimum < 0 && value >= 2 ** (bitSize - 1) ? value - 2 ** bitSize : value;
}

/**
 * Writes one element and leaves the other bits alone. The logical extents are not enforced: a value outside them is how a control
 * with a null state says "none".
 *
 * @param report id byte first, 0 where the descriptor has no report ids; changed in place
 * @throws HidReportError `wrong-report`, `too-short`, `unsupported-size`, `out-of-range` (not an integer, or it doesn't fit the bits)
 */
export function writeValue(report: Uint8Array, location: HidFieldLocation, value: number): void {
  checkReport(report, location);
  const { bitSize } = location;
  const signed = location.field.logicalMinimum < 0;
  const lowest = signed ? -(2 ** (bitSize - 1)) : 0;
  const highest = signed ? 2 ** (bitSize - 1) - 1 : 2 ** bitSize - 1;
  if (!Number.isInteger(value) || value < lowest || value > highest) {
    throw new HidReportError('out-of-range', `${value} is not an integer of ${bitSize} bits`);
  }
  eachByte(location, (byteIndex, shift, bits, done) => {
    const mask = (2 ** bits - 1) << shift;
    const part = Math.floor(value / 2 ** done) << shift;
    report[byteIndex] = ((report[byteIndex] ?? 0) & ~mask) | (part & mask);
  });
}

/**
 * The usages that an array field reports as active, one for each element in use. Values outside the logical extents, without a usage,
 * or with usage 0 (reserved in every page as "none") name no control.
 *
 * @throws HidReportError `not-an-array`, and what `readValue` throws
 */
export function readArray(report: Uint8Array, field: HidField): HidUsage[] {
  requireArray(field);
  const active: HidUsage[] = [];
  for (let index = 0; index < field.count; index += 1) {
    const value = readValue(report, elementOf(field, index));
    if (value < field.logicalMinimum || value > field.logicalMaximum) continue;
    const usage = usageAt(field, value - field.logicalMinimum);
    if (usage !== null && usage.usage !== 0) active.push(usage);
  }
  return active;
}

/**
 * The value that an array's element carries while `usage` is active, null if the array cannot say so.
 *
 * @throws HidReportError `not-an-array`
 */
export function arrayValueOf(field: HidField, usage: HidUsage): number | null {
  requireArray(field);
  const index = indexOfUsage(field, usage);
  if (index === null) return null;
  const value = field.logicalMinimum + index;
  return value > field.logicalMaximum ? null : value;
}

function requireArray(field: HidField): void {
  if (!field.isArray) throw new HidReportError('not-an-array', 'The field is variable');
}

function checkReport(report: Uint8Array, { field, bitOffset, bitSize }: HidFieldLocation): void {
  if (bitSize > MAX_VALUE_BITS) throw new HidReportError('unsupported-size', `A value of ${bitSize} bits`);
  if (8 + bitOffset + bitSize > report.length * 8) throw new HidReportError('too-short', `Report ${field.reportId} of ${report.length} bytes`);
  if (report[0] !== field.reportId) throw new HidReportError('wrong-report', `Report ${report[0]} where ${field.reportId} belongs`);
}

/** Calls back for each byte that holds a part of the element: which byte, the part's lowest bit in it, its bits, and the bits before it. */
function eachByte(location: HidFieldLocation, part: (byteIndex: number, shift: number, bits: number, done: number) => void): void {
  let done = 0;
  while (done < location.bitSize) {
    const position = 8 + location.bitOffset + done;
    const shift = position % 8;
    const bits = Math.min(8 - shift, location.bitSize - done);
    part((position - shift) / 8, shift, bits, done);
    done += bits;
  }
}
