import { describe, expect, test } from 'vitest';
import type { HidPathInfo } from '../session/hid-port.ts';
import { buildReportDescriptor, hidItem as i, type HidItemBytes } from './descriptor-builder.ts';
import { findGnpReport, selectGnpPath, type GnpPathCandidate } from './gnp-path.ts';
import { HID_COLLECTION } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';

function vendorCollection(usagePage: number, usage: number, items: readonly HidItemBytes[]): HidItemBytes {
  return [
    ...i.usagePage(usagePage),
    ...i.usage(usage),
    ...i.collection(HID_COLLECTION.application, [i.logicalMinimum(0), i.logicalMaximum(255), ...items]),
  ];
}

const bytes = (count: number, size = 8) => [i.usage(1), i.reportSize(size), i.reportCount(count)];
const packets = (id: number, count = 63) => [i.reportId(id), ...bytes(count), i.input(['variable']), ...bytes(count), i.output(['variable'])];
const descriptorOf = (...items: HidItemBytes[]) => buildReportDescriptor(items);
const gnp = (usage: number) => descriptorOf(vendorCollection(0xff00, usage, packets(5)));
const telephony = descriptorOf(vendorCollection(0x0b, 5, [i.reportId(2), ...bytes(2), i.input(['variable'])]));

const find = (...items: HidItemBytes[]) => findGnpReport(parseReportDescriptor(descriptorOf(...items)));

const constant = (usages: boolean) => {
  const [, ...size] = bytes(63);
  const sized = usages ? bytes(63) : size;
  return [i.reportId(5), ...sized, i.input(['constant', 'variable']), ...sized, i.output(['constant', 'variable'])];
};

describe('finding the GNP report', () => {
  test('takes report 5 of 63 bytes in a collection of page FF00, whatever the usage', () => {
    expect(find(vendorCollection(0xff00, 0x05, packets(5)))).toEqual({ inputBytes: 64, outputBytes: 64, usage: 5 });
    expect(find(vendorCollection(0xff00, 0x77, packets(5)))).toEqual({ inputBytes: 64, outputBytes: 64, usage: 0x77 });
  });

  test('gives the length of each direction where a report is longer than a packet', () => {
    const items = [i.reportId(5), ...bytes(63), i.input(['variable']), ...bytes(127), i.output(['variable'])];
    expect(find(vendorCollection(0xff00, 5, items))).toEqual({ inputBytes: 64, outputBytes: 128, usage: 5 });
  });

  test('takes a constant report that has usages, but not padding', () => {
    expect(find(vendorCollection(0xff00, 5, constant(true)))).not.toBeNull();
    expect(find(vendorCollection(0xff00, 5, constant(false)))).toBeNull();
  });

  test.each<[string, HidItemBytes[]]>([
    ['another report id', [vendorCollection(0xff00, 5, packets(4))]],
    ['another page', [vendorCollection(0xff30, 5, packets(5))]],
    ['input only', [vendorCollection(0xff00, 5, [i.reportId(5), ...bytes(63), i.input(['variable'])])]],
    ['output only', [vendorCollection(0xff00, 5, [i.reportId(5), ...bytes(63), i.output(['variable'])])]],
    ['too few bytes for a packet', [vendorCollection(0xff00, 5, packets(5, 62))]],
    [
      'elements that are not bytes',
      [vendorCollection(0xff00, 5, [i.reportId(5), ...bytes(63, 16), i.input(['variable']), ...bytes(63, 16), i.output(['variable'])])],
    ],
    [
      'something in front of the packet',
      [
        vendorCollection(0xff00, 5, [
          i.reportId(5),
          ...bytes(1),
          i.input(['variable']),
          ...bytes(63),
          i.input(['variable']),
          ...bytes(63),
          i.output(['variable']),
        ]),
      ],
    ],
    [
      'its two directions in different collections',
      [
        vendorCollection(0xff00, 5, [i.reportId(5), ...bytes(63), i.input(['variable'])]),
        vendorCollection(0xff00, 1, [i.reportId(5), ...bytes(63), i.output(['variable'])]),
      ],
    ],
    ['no collection at all', [i.usagePage(0xff00), ...packets(5)]],
  ])('does not take %s', (_name, items) => {
    expect(find(...items)).toBeNull();
  });
});

const chosen = (...paths: GnpPathCandidate[]) => selectGnpPath(paths)?.info.path ?? null;

describe('choosing the path for GNP', () => {
  const info: HidPathInfo = {
    path: 'p',
    bus: 'usb',
    vendorId: 0x0b0e,
    productId: 0x24c8,
    product: null,
    serial: null,
    physicalPort: '1-1',
    usagePage: null,
    usage: null,
  };
  const path = (name: string, page: number | null, usage: number | null, descriptor: Uint8Array | null = null): GnpPathCandidate => ({
    info: { ...info, path: name, usagePage: page, usage },
    descriptor,
  });
  const broken = Uint8Array.of(0x05);

  test('a descriptor that proves it wins over usages that promise it', () => {
    expect(chosen(path('promised', 0xff00, 5), path('proven', null, null, gnp(5)))).toBe('proven');
  });

  test('a descriptor that lacks the report rules a path out, whatever its usage', () => {
    expect(chosen(path('denied', 0xff00, 5, telephony))).toBeNull();
    expect(chosen(path('denied', 0xff00, 5, telephony), path('promised', 0xff00, 1))).toBe('promised');
  });

  test('of Windows paths without descriptors, page FF00 is taken', () => {
    expect(chosen(path('&Col01', 0x0b, 5), path('&Col02', 0xff30, 6), path('&Col03', 0xff00, 1), path('&Col04', 0x0c, 1))).toBe('&Col03');
  });

  test('of several promises usage 5 comes first, then 1, then any other, then none; equal ones keep their order', () => {
    const [five, one, other, none] = [path('five', 0xff00, 5), path('one', 0xff00, 1), path('other', 0xff00, 9), path('none', 0xff00, null)] as const;
    expect(chosen(none, other, one, five)).toBe('five');
    expect(chosen(none, other, one)).toBe('one');
    expect(chosen(other, none)).toBe('other');
    expect(chosen(path('first', 0xff00, 9), path('second', 0xff00, 7))).toBe('first');
  });

  test('of several proofs of one hidraw node, the entry that names the vendor collection is taken', () => {
    const whole = descriptorOf(
      vendorCollection(0x0b, 5, [i.reportId(2), ...bytes(2), i.input(['variable'])]),
      vendorCollection(0xff00, 1, packets(5)),
    );
    expect(chosen(path('telephony', 0x0b, 5, whole), path('vendor', 0xff00, 1, whole), path('consumer', 0x0c, 1, whole))).toBe('vendor');
  });

  test('of several proofs usage 5 comes before 1', () => {
    expect(chosen(path('one', 0xff00, 1, gnp(1)), path('five', 0xff00, 5, gnp(5)))).toBe('five');
  });

  test('a descriptor that cannot be read counts as none', () => {
    expect(chosen(path('unread', 0xff00, 5, broken))).toBe('unread');
    expect(chosen(path('unread', 0x0b, 5, broken))).toBeNull();
  });

  test('there may be no such path', () => {
    expect(chosen()).toBeNull();
    expect(chosen(path('telephony', 0x0b, 5, telephony), path('unknown', null, null))).toBeNull();
  });
});
