import { describe, expect, test } from 'vitest';
import { findField, findReport } from './find-field.ts';
import type { HidReportKind } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { indexOfUsage } from './usages.ts';

const parse = (hex: string) => parseReportDescriptor(Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));

describe('finding fields', () => {
  const descriptor = parse(`
    85 01 05 0B 75 01 95 04 09 20 09 2F 81 02 09 20 09 2F 91 02
    85 02 09 2F A9 01 09 21 0B 17 00 08 00 A9 00 09 24 81 02
    85 03 95 01 09 B0 09 B1 81 00 09 50 09 51 81 02`);
  const find = (usagePage: number, usage: number, reportId?: number, kind: HidReportKind = 'input') => {
    const found = findField(descriptor, { kind, usagePage, usage, ...(reportId === undefined ? {} : { reportId }) });
    return found && [found.field.kind, found.field.reportId, found.index, found.bitOffset, found.bitSize];
  };

  test('the first match in descriptor order wins', () => {
    expect(find(0x0b, 0x2f)).toEqual(['input', 1, 1, 1, 1]);
  });

  test('a report id and a kind narrow the search', () => {
    expect(find(0x0b, 0x2f, 2)).toEqual(['input', 2, 0, 0, 1]);
    expect(find(0x0b, 0x20, 2)).toBeNull();
    expect(find(0x0b, 0x2f, undefined, 'output')).toEqual(['output', 1, 1, 1, 1]);
    expect(find(0x0b, 0x2f, undefined, 'feature')).toBeNull();
  });

  test('every usage of a delimiter set finds the same element', () => {
    expect(find(0x0b, 0x21)).toEqual(['input', 2, 1, 1, 1]);
    expect(find(0x08, 0x17)).toEqual(['input', 2, 1, 1, 1]);
    expect(find(0x0b, 0x24)).toEqual(['input', 2, 2, 2, 1]);
  });

  test('page and usage both count', () => {
    expect(find(0x0c, 0x20)).toBeNull();
    expect(find(0x0b, 0x22)).toBeNull();
  });

  test('an array is found by any of its usages, at its first element', () => {
    expect(find(0x0b, 0xb1)).toEqual(['input', 3, 0, 0, 1]);
  });

  test('usages beyond the elements of a variable field have no bits', () => {
    expect(find(0x0b, 0x50)).toEqual(['input', 3, 0, 1, 1]);
    expect(find(0x0b, 0x51)).toBeNull();
  });

  test('an alternative shorter than its range stands only for the elements that it has', () => {
    const field = parse('05 0B 75 01 95 04 A9 01 09 20 19 B0 29 B2 A9 00 09 21 81 02').reports[0]?.fields[0];
    if (field === undefined) throw new Error('no such field');
    const indices = [0x20, 0xb0, 0xb1, 0x21].map((usage) => indexOfUsage(field, { usagePage: 0x0b, usage }));
    expect(indices).toEqual([0, 0, null, 1]);
  });

  test('reports are found by kind and id', () => {
    expect(findReport(descriptor, 'output', 1)).toMatchObject({ kind: 'output', id: 1, byteLength: 2 });
    expect(findReport(descriptor, 'output', 2)).toBeNull();
  });
});
