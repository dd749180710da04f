import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildReportDescriptor, hidItem, type HidItemBytes } from './descriptor-builder.ts';
import { HidDescriptorError } from './errors.ts';
import { HID_LIMITS } from './limits.ts';
import type { ReportDescriptor } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { emptyReport } from './report-values.ts';

function outcome(bytes: Uint8Array): ReportDescriptor | HidDescriptorError {
  try {
    return parseReportDescriptor(bytes);
  } catch (error) {
    if (error instanceof HidDescriptorError) return error;
    throw error;
  }
}

const repeated = (hex: string, times: number) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', '').repeat(times), 'hex'));

const nested = (depth: number) => Uint8Array.from([...repeated('A0', depth), ...repeated('C0', depth)]);
const pushed = (depth: number) => repeated('A4', depth);
const reportOf = (bits: number) => buildReportDescriptor([hidItem.reportSize(1), hidItem.reportCount(bits), hidItem.input()]);
const twice = (bits: number) => Uint8Array.from([...reportOf(bits), ...repeated('75 01 95 01 81 02', 1)]);
const long = (length: number) => new Uint8Array(length);

describe('a malformed descriptor', () => {
  test.each([
    ['an item without its data', 'A1 01 05', 'truncated', 2],
    ['an item with half of its data', '27 00 00 00', 'truncated', 0],
    ['a long item without its length', '75 08 FE', 'truncated', 2],
    ['a long item without its tag', 'FE 00', 'truncated', 0],
    ['a long item without its data', 'FE 02 10 00', 'truncated', 0],
    ['a collection that stays open', 'A1 01 A1 00 C0', 'unbalanced-collection', 5],
    ['a collection closed twice', 'A1 01 C0 C0', 'unbalanced-collection', 3],
    ['a pop without a push', 'A4 B4 B4', 'pop-without-push', 2],
    ['report id 0', '85 00', 'invalid-item', 0],
    ['report id 256', '86 00 01', 'invalid-item', 0],
    ['a usage page of more than 16 bits', '07 00 00 01 00', 'invalid-item', 0],
    ['a reserved global item', 'C5 00', 'invalid-item', 0],
    ['a collection type of more than 8 bits', 'A2 00 01', 'invalid-item', 0],
    ['a usage range that ends before it begins', '19 02 29 01', 'invalid-item', 0],
    ['a usage range over two pages', '1B 01 00 00 FF 2B 02 00 01 FF', 'invalid-item', 0],
    ['a usage range of which only one end has a page', '1B 01 00 00 FF 29 02', 'invalid-item', 0],
    ['a usage minimum alone', '75 01 95 01 19 01 81 02', 'invalid-item', 6],
    ['a usage maximum alone', '75 01 95 01 29 01 81 02', 'invalid-item', 6],
    ['a usage minimum alone before a collection', '19 01 A1 01 C0', 'invalid-item', 2],
    ['a string range that ends before it begins', '89 05 99 04', 'invalid-item', 0],
    ['a designator minimum alone', '75 01 95 01 49 01 81 02', 'invalid-item', 6],
    ['a delimiter set in another', 'A9 01 A9 01', 'invalid-item', 2],
    ['a delimiter that closes nothing', 'A9 00', 'invalid-item', 0],
    ['a delimiter of neither kind', 'A9 02', 'invalid-item', 0],
    ['a delimiter set across a main item', '75 01 95 01 A9 01 09 20 81 02', 'invalid-item', 8],
    ['a range across a delimiter', '19 01 A9 01', 'invalid-item', 2],
    ['an element of 2^32 - 1 bits', '77 FF FF FF FF 95 01 81 02', 'limits', 7],
    ['2^32 - 1 elements of 2^32 - 1 bits', '77 FF FF FF FF 97 FF FF FF FF 81 02', 'limits', 10],
  ] as const)('%s (%s) is refused as %s at byte %i', (_name, hex, code, offset) => {
    const error = outcome(repeated(hex, 1));
    expect(error).toBeInstanceOf(HidDescriptorError);
    expect(error).toMatchObject({ name: 'HidDescriptorError', code, offset });
  });

  test('is refused by limits just above each of them, and taken just below', () => {
    for (const [make, limit] of [
      [nested, HID_LIMITS.collectionDepth],
      [pushed, HID_LIMITS.pushDepth],
      [reportOf, HID_LIMITS.reportBits],
      [twice, HID_LIMITS.reportBits - 1],
      [long, HID_LIMITS.descriptorBytes],
    ] as const) {
      expect(outcome(make(limit))).not.toBeInstanceOf(HidDescriptorError);
      expect(outcome(make(limit + 1))).toMatchObject({ code: 'limits' });
    }
  });
});

/** Items with values that matter, in any order: far more of these get deep into the parser than of arbitrary bytes. */
const anyItem = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ minLength: 4, maxLength: 4 })).map(([prefix, data]): HidItemBytes => {
    const size = (prefix & 3) === 3 ? 4 : prefix & 3;
    return [prefix, ...data.slice(0, size)];
  }),
  fc.constantFrom<HidItemBytes>(
    hidItem.reportSize(8),
    hidItem.reportCount(3),
    hidItem.usagePage(0x0b),
    hidItem.usage(0x20),
    hidItem.usageMinimum(1),
    hidItem.usageMaximum(9),
    hidItem.push(),
    hidItem.pop(),
    hidItem.input(['variable']),
    hidItem.output(),
    [0xa1, 1],
    [0xc0],
    [0xa9, 1],
    [0xa9, 0],
  ),
);

function checkOutcome(bytes: Uint8Array): void {
  const result = outcome(bytes);
  if (result instanceof HidDescriptorError) {
    expect(result.offset).toBeGreaterThanOrEqual(0);
    expect(result.offset).toBeLessThanOrEqual(bytes.length);
    return;
  }
  for (const report of result.reports) {
    const bits = report.fields.map((field) => field.bitSize * field.count);
    expect(report.fields.map((field) => field.bitOffset)).toEqual(bits.map((_, index) => bits.slice(0, index).reduce((sum, n) => sum + n, 0)));
    expect(report.bitLength).toBe(bits.reduce((sum, n) => sum + n, 0));
    expect(emptyReport(report).length).toBe(report.byteLength);
    expect(report.byteLength).toBeLessThanOrEqual(1 + HID_LIMITS.reportBits / 8);
  }
}

describe('whatever the bytes', () => {
  test('nothing but HidDescriptorError is thrown, and what is taken is consistent', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 512 }), checkOutcome), { numRuns: 2000 });
  });

  test('the same for well-formed items in any order', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 120 }), (items) => checkOutcome(buildReportDescriptor(items))),
      { numRuns: 2000 },
    );
  });

  test('a descriptor cut short anywhere is refused or taken, never misread into other errors', () => {
    const whole = buildReportDescriptor([
      hidItem.usagePage(0xff00),
      hidItem.usage(5),
      hidItem.collection(1, [hidItem.reportSize(8), hidItem.reportCount(63), hidItem.extendedUsage(0xff00, 1), hidItem.input(['bufferedBytes'])]),
    ]);
    for (let length = 0; length < whole.length; length += 1) checkOutcome(whole.subarray(0, length));
    expect(outcome(whole.subarray(0, whole.length - 1))).toMatchObject({ code: 'unbalanced-collection', offset: whole.length - 1 });
  });

  const full = HID_LIMITS.descriptorBytes;
  test.each([
    ['usages before one array', [...repeated('09 01', full / 2 - 8), ...repeated('75 08 95 01 81 00', 1)]],
    ['whole pages of usages', [...repeated('1B 00 00 00 FF 2B FF FF 00 FF', full / 10 - 1), ...repeated('75 08 95 01 81 02', 1)]],
    ['alternatives in one set', [...repeated('A9 01', 1), ...repeated('09 01', full / 2 - 16), ...repeated('A9 00 75 08 95 01 81 02', 1)]],
    ['fields', [...repeated('75 01 95 01', 1), ...repeated('80', full - 8)]],
    ['reports of the largest size', [...repeated('75 20 96 00 10', 1), ...[...Array(255).keys()].flatMap((id) => [0x85, id + 1, 0x80, 0x90, 0xb0])]],
    ['collections next to each other', [...repeated('A0 C0', full / 2)]],
    [
      'collections as deep as allowed, with fields',
      [...repeated('75 01 95 01', 1), ...repeated('A0', 32), ...repeated('80', full - 80), ...repeated('C0', 32)],
    ],
    ['pushes and pops', [...repeated('A4 B4', full / 2)]],
    ['long items', [...repeated('FE 00 00', full / 3 - 1)]],
  ])('a full descriptor of %s is taken in time, and its model is no larger than a few nodes for each byte', { timeout: 2000 }, (_name, bytes) => {
    const result = outcome(Uint8Array.from(bytes));
    if (result instanceof HidDescriptorError) throw result;
    expect(nodesOf(result)).toBeLessThan(bytes.length * 8);
  });
});

/** Objects of a model, those that fields share counted once. */
function nodesOf(model: ReportDescriptor): number {
  const seen = new Set<object>();
  const open: unknown[] = [model];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    open.push(...Object.values(value));
  }
  return seen.size;
}
