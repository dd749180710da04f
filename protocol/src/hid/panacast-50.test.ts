import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildReportDescriptor, hidItem, type HidItemBytes } from './descriptor-builder.ts';
import { findField, findReport } from './find-field.ts';
import { findGnpReport } from './gnp-path.ts';
import { HID_COLLECTION, type HidField, type HidReportKind } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';
import { emptyReport, writeValue } from './report-values.ts';
import { usageAt } from './usages.ts';

/** PanaCast 50 (0B0E:3012) as fwupd's jabra-file plugin recorded it; the expectations below are read off its bytes by hand. */
const recording = new URL('../../../../shared/data/panacast-50-setup.fwupd.json', import.meta.url);
const setup = JSON.parse(readFileSync(recording, 'utf8')) as { UsbDevices: { UsbHidDescriptors: string[] }[] };
const bytes = Uint8Array.from(Buffer.from(setup.UsbDevices[0]?.UsbHidDescriptors[0] ?? '', 'base64'));
const descriptor = parseReportDescriptor(bytes);

type Row = [firstBit: number, layout: `${number}x${number}`, item: number, maximum: number, usages: string];

/** Report, length with id, then a row for each main item: first bit, elements x bits, item data (flags), logical maximum, usages. */
const expected: [HidReportKind, number, number, ...Row[]][] = [
  ['feature', 0x9a, 64, [0, '63x8', 0x102, 255, 'FF99:3']],
  ['input', 0x9b, 3, [0, '1x1', 0x06, 1, 'FF99:4'], [1, '15x1', 0x01, 1, '']],
  ['output', 0x8a, 3, [0, '1x2', 0x22, 2, 'FF99:FF0C'], [2, '14x1', 0x01, 2, '']],
  [
    'input',
    2,
    3,
    [0, '3x1', 0x23, 1, 'B:20 B:97 B:2A'],
    [3, '3x1', 0x07, 1, 'B:2F B:21 B:24'],
    // Usage 07 stands before usage page 09, so that the page that counts is Button, not Telephony (HID 1.11, 6.2.2.8).
    [6, '1x1', 0x02, 1, '9:7'],
    [7, '9x1', 0x01, 1, ''],
  ],
  ['output', 2, 3, [0, '6x1', 0x22, 1, '8:17 8:9 8:18 8:20 8:21 8:2A'], [6, '1x1', 0x22, 1, 'B:9E'], [7, '9x1', 0x01, 1, '']],
  ['feature', 4, 2, [0, '1x1', 0x23, 1, 'FF30:FFFF'], [1, '7x1', 0x01, 1, '']],
  [
    'input',
    4,
    3,
    [0, '4x1', 0x23, 1, 'FF30:20 FF30:FFFB FF30:97 FF30:2A'],
    [4, '4x1', 0x07, 1, 'FF30:2F FF30:21 FF30:24 FF30:FFFD'],
    [8, '8x1', 0x01, 1, ''],
  ],
  [
    'output',
    4,
    3,
    [0, '7x1', 0x22, 1, 'FF40:17 FF40:FFFB FF40:9 FF40:18 FF40:20 FF40:21 FF40:2A'],
    [7, '1x1', 0x22, 1, 'FF30:9E'],
    [8, '8x1', 0x01, 1, ''],
  ],
  ['output', 5, 64, [0, '63x8', 0x102, 255, 'FF00:1']],
  ['input', 5, 64, [0, '63x8', 0x102, 255, 'FF00:1']],
  ['input', 1, 3, [0, '2x1', 0x02, 1, 'C:EA C:E9'], [2, '14x1', 0x01, 1, '']],
];

function rowOf(field: HidField): Row {
  const flags: [boolean, number][] = [
    [field.isConstant, 0x01],
    [!field.isArray, 0x02],
    [field.isRelative, 0x04],
    [field.wrap, 0x08],
    [field.nonLinear, 0x10],
    [field.noPreferred, 0x20],
    [field.nullState, 0x40],
    [field.volatile, 0x80],
    [field.bufferedBytes, 0x100],
  ];
  const item = flags.reduce((sum, [isSet, bit]) => sum + (isSet ? bit : 0), 0);
  const usages = field.usages.map(({ usagePage, minimum }) => `${usagePage.toString(16)}:${minimum.toString(16)}`.toUpperCase());
  return [field.bitOffset, `${field.count}x${field.bitSize}`, item, field.logicalMaximum, usages.join(' ')];
}

describe('the recorded report descriptor of a PanaCast 50', () => {
  test('has 343 bytes and four application collections without children', () => {
    const application = { type: HID_COLLECTION.application, alternatives: [], children: [] };
    expect(bytes.length).toBe(343);
    expect(descriptor.collections).toEqual([
      { usagePage: 0xff99, usage: 0x01, ...application },
      { usagePage: 0x0b, usage: 0x05, ...application },
      { usagePage: 0xff00, usage: 0x05, ...application },
      { usagePage: 0x0c, usage: 0x01, ...application },
    ]);
  });

  test('has these reports, every field at its bit', () => {
    expect(descriptor.reports.map(({ kind, id, byteLength, fields }) => [kind, id, byteLength, ...fields.map(rowOf)])).toEqual(expected);
  });

  test('counts every logical value from zero, in no unit, and takes physical for logical', () => {
    for (const field of descriptor.reports.flatMap(({ fields }) => fields)) {
      const { logicalMinimum, physicalMinimum, unit, unitExponent, designators, strings } = field;
      expect({ logicalMinimum, physicalMinimum, unit, unitExponent, designators, strings }).toEqual({
        logicalMinimum: 0,
        physicalMinimum: 0,
        unit: 0,
        unitExponent: 0,
        designators: [],
        strings: [],
      });
      expect(field.physicalMaximum).toBe(field.logicalMaximum);
    }
  });

  test.each([
    ['hook switch', 'input', 0x0b, 0x20, 2, 0],
    ['line busy tone', 'input', 0x0b, 0x97, 2, 1],
    ['line', 'input', 0x0b, 0x2a, 2, 2],
    ['phone mute', 'input', 0x0b, 0x2f, 2, 3],
    ['flash', 'input', 0x0b, 0x21, 2, 4],
    ['redial', 'input', 0x0b, 0x24, 2, 5],
    ['programmable button', 'input', 0x09, 0x07, 2, 6],
    ['off-hook LED', 'output', 0x08, 0x17, 2, 0],
    ['mute LED', 'output', 0x08, 0x09, 2, 1],
    ['ring LED', 'output', 0x08, 0x18, 2, 2],
    ['hold LED', 'output', 0x08, 0x20, 2, 3],
    ['microphone LED', 'output', 0x08, 0x21, 2, 4],
    ['on-line LED', 'output', 0x08, 0x2a, 2, 5],
    ['ringer', 'output', 0x0b, 0x9e, 2, 6],
    ['vendor feature', 'feature', 0xff30, 0xffff, 4, 0],
    ['vendor hook mirror', 'input', 0xff30, 0x20, 4, 0],
    ['vendor FFFB in', 'input', 0xff30, 0xfffb, 4, 1],
    ['vendor line busy mirror', 'input', 0xff30, 0x97, 4, 2],
    ['vendor line mirror', 'input', 0xff30, 0x2a, 4, 3],
    ['vendor mute mirror', 'input', 0xff30, 0x2f, 4, 4],
    ['vendor flash mirror', 'input', 0xff30, 0x21, 4, 5],
    ['vendor redial mirror', 'input', 0xff30, 0x24, 4, 6],
    ['vendor FFFD in', 'input', 0xff30, 0xfffd, 4, 7],
    ['vendor off-hook LED', 'output', 0xff40, 0x17, 4, 0],
    ['vendor FFFB out', 'output', 0xff40, 0xfffb, 4, 1],
    ['vendor mute LED', 'output', 0xff40, 0x09, 4, 2],
    ['vendor ring LED', 'output', 0xff40, 0x18, 4, 3],
    ['vendor hold LED', 'output', 0xff40, 0x20, 4, 4],
    ['vendor microphone LED', 'output', 0xff40, 0x21, 4, 5],
    ['vendor on-line LED', 'output', 0xff40, 0x2a, 4, 6],
    ['vendor ringer', 'output', 0xff30, 0x9e, 4, 7],
    ['volume down', 'input', 0x0c, 0xea, 1, 0],
    ['volume up', 'input', 0x0c, 0xe9, 1, 1],
  ] as const)('has the %s (%s %i:%i) in report %i at bit %i', (_name, kind, usagePage, usage, reportId, bitOffset) => {
    const found = findField(descriptor, { kind, usagePage, usage });
    expect({ reportId: found?.field.reportId, bitOffset: found?.bitOffset, bitSize: found?.bitSize }).toEqual({ reportId, bitOffset, bitSize: 1 });
  });

  test('carries GNP in report 5, 64 bytes each way, and repeats its one usage for all 63 bytes', () => {
    expect(findGnpReport(descriptor)).toEqual({ inputBytes: 64, outputBytes: 64, usage: 0x05 });
    const packet = findReport(descriptor, 'output', 5)?.fields[0];
    expect(packet && [usageAt(packet, 0), usageAt(packet, 62)]).toEqual([
      { usagePage: 0xff00, usage: 1 },
      { usagePage: 0xff00, usage: 1 },
    ]);
    expect(packet?.collectionPath).toEqual([{ usagePage: 0xff00, usage: 5 }]);
  });

  test('takes off-hook with mute LED as 02 03 00', () => {
    const report = findReport(descriptor, 'output', 2);
    const offHook = findField(descriptor, { kind: 'output', usagePage: 0x08, usage: 0x17 });
    const mute = findField(descriptor, { kind: 'output', usagePage: 0x08, usage: 0x09 });
    if (report === null || offHook === null || mute === null) throw new Error('not found');
    const written = emptyReport(report);
    writeValue(written, offHook, 1);
    writeValue(written, mute, 1);
    expect([...written]).toEqual([0x02, 0x03, 0x00]);
  });

  test('comes out of the builder byte for byte', () => {
    const i = hidItem;
    const bits = (count: number) => [i.reportSize(1), i.reportCount(count)];
    const pad = (count: number, kind: 'input' | 'output' | 'feature') => [...bits(count), i[kind](['constant'])];
    const range = (maximum: number) => [i.logicalMinimum(0), i.logicalMaximum(maximum)];
    const usages = (...ids: number[]) => ids.map((id) => i.usage(id));
    const bytesOf = (kind: 'input' | 'output' | 'feature') => [
      ...range(255),
      i.reportSize(8),
      i.reportCount(63),
      i[kind](['variable', 'bufferedBytes']),
    ];
    const application = (...rows: HidItemBytes[][]) => i.collection(HID_COLLECTION.application, rows.flat());
    const built = buildReportDescriptor([
      i.usagePage(0xff99),
      i.usage(1),
      application(
        [i.usage(3), i.reportId(0x9a), ...bytesOf('feature')],
        [i.usage(4), i.reportId(0x9b), ...range(1), ...bits(1), i.input(['variable', 'relative']), ...pad(15, 'input')],
        [i.usage(0xff0c), i.reportId(0x8a), ...range(2), i.reportSize(2), i.reportCount(1), i.output(['variable', 'noPreferred'])],
        pad(14, 'output'),
      ),
      i.usagePage(0x0b),
      i.usage(5),
      application(
        [i.reportId(2), i.usagePage(0x0b), ...range(1), ...usages(0x20, 0x97, 0x2a)],
        [...bits(3), i.input(['constant', 'variable', 'noPreferred'])],
        [...usages(0x2f, 0x21, 0x24), ...bits(3), i.input(['constant', 'variable', 'relative'])],
        [i.usage(7), i.usagePage(9), ...bits(1), i.input(['variable']), ...pad(9, 'input')],
        [i.usagePage(8), ...range(1), ...usages(0x17, 0x09, 0x18, 0x20, 0x21, 0x2a), ...bits(6), i.output(['variable', 'noPreferred'])],
        [i.usagePage(0x0b), ...range(1), i.usage(0x9e), ...bits(1), i.output(['variable', 'noPreferred']), ...pad(9, 'output')],
      ),
      i.usagePage(0xff00),
      i.usage(5),
      application(
        [i.reportId(4), i.usagePage(0xff30), ...range(1), i.usage(0xffff), ...bits(1)],
        [i.feature(['constant', 'variable', 'noPreferred']), ...pad(7, 'feature')],
        [...usages(0x20, 0xfffb, 0x97, 0x2a), ...bits(4), i.input(['constant', 'variable', 'noPreferred'])],
        [...usages(0x2f, 0x21, 0x24, 0xfffd), ...bits(4), i.input(['constant', 'variable', 'relative']), ...pad(8, 'input')],
        [i.usagePage(0xff40), ...range(1), ...usages(0x17, 0xfffb, 0x09, 0x18, 0x20, 0x21, 0x2a), ...bits(7)],
        [i.output(['variable', 'noPreferred'])],
        [i.usagePage(0xff30), ...range(1), i.usage(0x9e), ...bits(1), i.output(['variable', 'noPreferred']), ...pad(8, 'output')],
        [i.reportId(5), i.usagePage(0xff00), i.usage(1), ...bytesOf('output'), i.usage(1), ...bytesOf('input')],
      ),
      i.usagePage(0x0c),
      i.usage(1),
      application([i.reportId(1), ...range(1), ...usages(0xea, 0xe9), ...bits(2), i.input(['variable']), ...pad(14, 'input')]),
    ]);
    expect(Buffer.from(built).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
  });
});
