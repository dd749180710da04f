import { describe, expect, test } from 'vitest';
import { HID_COLLECTION, type HidField } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';

const parse = (hex: string) => parseReportDescriptor(Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')));

function onlyField(hex: string): HidField {
  const fields = parse(hex).reports.flatMap((report) => report.fields);
  const [field] = fields;
  if (field === undefined || fields.length > 1) throw new Error(`${fields.length} fields`);
  return field;
}

const span = (usagePage: number, minimum: number, maximum = minimum) => ({ usagePage, minimum, maximum });
const range = (usagePage: number, minimum: number, maximum = minimum) => ({ ...span(usagePage, minimum, maximum), alternatives: [] });

describe('whole descriptors', () => {
  test('the boot keyboard of HID 1.11 appendix B.1 has modifiers, LEDs and an array of six keys', () => {
    const { collections, reports } = parse(`
      05 01 09 06 A1 01
        05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02
        95 01 75 08 81 01
        95 05 75 01 05 08 19 01 29 05 91 02
        95 01 75 03 91 01
        95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00
      C0`);
    expect(collections).toEqual([{ usagePage: 1, usage: 6, type: HID_COLLECTION.application, alternatives: [], children: [] }]);
    const [input, output] = reports;
    expect(reports).toHaveLength(2);
    expect(input).toMatchObject({ id: 0, kind: 'input', bitLength: 64, byteLength: 9 });
    expect(output).toMatchObject({ id: 0, kind: 'output', bitLength: 8, byteLength: 2 });
    expect(input?.fields).toMatchObject([
      { bitOffset: 0, bitSize: 1, count: 8, isArray: false, isConstant: false, usages: [range(7, 0xe0, 0xe7)] },
      { bitOffset: 8, bitSize: 8, count: 1, isArray: true, isConstant: true, usages: [] },
      { bitOffset: 16, bitSize: 8, count: 6, isArray: true, isConstant: false, usages: [range(7, 0, 0x65)], logicalMaximum: 0x65 },
    ]);
    expect(output?.fields).toMatchObject([
      { bitOffset: 0, bitSize: 1, count: 5, isArray: false, usages: [range(8, 1, 5)] },
      { bitOffset: 5, bitSize: 3, count: 1, isConstant: true },
    ]);
  });

  test('the mouse of HID 1.11 appendix E.10 has a collection in a collection and signed axes', () => {
    const { collections, reports } = parse(`
      05 01 09 02 A1 01 09 01 A1 00
        05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02
        95 01 75 05 81 01
        05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 06
      C0 C0`);
    const pointer = { usagePage: 1, usage: 1, type: HID_COLLECTION.physical, alternatives: [], children: [] };
    expect(collections).toEqual([{ usagePage: 1, usage: 2, type: HID_COLLECTION.application, alternatives: [], children: [pointer] }]);
    const axes = reports[0]?.fields[2];
    expect(axes).toMatchObject({ bitOffset: 8, logicalMinimum: -127, logicalMaximum: 127, physicalMinimum: -127, physicalMaximum: 127 });
    expect(axes).toMatchObject({ isRelative: true, usages: [range(1, 0x30), range(1, 0x31)] });
    expect(axes?.collectionPath).toEqual([
      { usagePage: 1, usage: 2 },
      { usagePage: 1, usage: 1 },
    ]);
  });

  test('an empty descriptor has nothing', () => {
    expect(parse('')).toEqual({ collections: [], reports: [] });
  });
});

describe('main items', () => {
  test.each([
    ['without data', '80', {}],
    ['constant', '81 01', { isConstant: true }],
    ['variable', '81 02', { isArray: false }],
    ['relative', '81 04', { isRelative: true }],
    ['wrap', '81 08', { wrap: true }],
    ['non linear', '81 10', { nonLinear: true }],
    ['no preferred state', '81 20', { noPreferred: true }],
    ['null state', '81 40', { nullState: true }],
    ['bit 7 of an input, which is reserved', '81 80', {}],
    ['volatile output', '91 80', { kind: 'output', volatile: true }],
    ['volatile feature', 'B1 80', { kind: 'feature', volatile: true }],
    ['buffered bytes', '82 00 01', { bufferedBytes: true }],
    ['all flags in four data bytes', 'B3 FF 01 00 00', { ...allFlags(true), kind: 'feature', isArray: false }],
  ])('%s', (_name, item, differs) => {
    expect(onlyField(`75 08 95 01 ${item}`)).toMatchObject({ kind: 'input', ...allFlags(false), isArray: true, ...differs });
  });

  test('fields of one report line up wherever they stand, and reports keep apart by id and kind', () => {
    const { reports } = parse('75 08 95 01 85 01 81 02 91 02 85 02 81 02 85 01 75 04 95 03 81 02 B1 02 91 02');
    const summary = reports.map((report) => [
      report.kind,
      report.id,
      report.bitLength,
      report.byteLength,
      report.fields.map((field) => field.bitOffset),
    ]);
    expect(summary).toEqual([
      ['input', 1, 20, 4, [0, 8]],
      ['output', 1, 20, 4, [0, 8]],
      ['input', 2, 8, 2, [0]],
      ['feature', 1, 12, 3, [0]],
    ]);
  });

  test('fields of no bits leave no trace but use up their local items', () => {
    expect(onlyField('05 0B 09 20 75 00 95 05 81 02 09 21 75 01 95 00 81 02 95 01 09 2F 81 02')).toMatchObject({
      bitOffset: 0,
      usages: [range(0x0b, 0x2f)],
    });
  });

  test('a field may stand outside of collections', () => {
    expect(onlyField('75 08 95 01 81 02').collectionPath).toEqual([]);
  });

  test('a collection without data or usage is physical and undefined, a vendor type is kept', () => {
    const blank = { usagePage: 0, usage: 0, alternatives: [], children: [] };
    expect(parse('A0 C0 A1 80 C0').collections).toEqual([
      { ...blank, type: 0 },
      { ...blank, type: 0x80 },
    ]);
  });

  test('a collection in a delimiter set has its preferred usage and the alternatives', () => {
    const [collection] = parse('05 0B A9 01 09 05 0B 01 00 00 FF A9 00 A1 01 C0').collections;
    expect(collection).toMatchObject({ usagePage: 0x0b, usage: 5, alternatives: [{ usagePage: 0xff00, usage: 1 }] });
  });
});

describe('global items', () => {
  test.each([
    ['unsigned maximum in one byte', '15 00 25 FF', 0, 255],
    ['unsigned maximum in two bytes', '16 00 00 26 FF FF', 0, 65_535],
    ['unsigned maximum in four bytes', '15 00 27 FF FF FF FF', 0, 4_294_967_295],
    ['a positive minimum', '15 01 25 80', 1, 128],
    ['signed minimum and maximum', '15 80 25 FF', -128, -1],
    ['signed two bytes', '16 00 80 26 FF 7F', -32_768, 32_767],
    ['signed four bytes', '17 00 00 00 80 27 FF FF FF 7F', -2_147_483_648, 2_147_483_647],
    ['mixed widths', '15 FF 26 FF 00', -1, 255],
    ['a maximum that stands before its minimum', '25 FF 15 00', 0, 255],
    ['no data', '14 24', 0, 0],
  ])('logical extents: %s', (_name, items, logicalMinimum, logicalMaximum) => {
    expect(onlyField(`${items} 75 08 95 01 81 02`)).toMatchObject({ logicalMinimum, logicalMaximum });
  });

  test.each([
    ['stated', '35 00 46 68 01', 0, 360],
    ['stated and negative', '35 A6 45 5A', -90, 90],
    ['two zeros, which mean "as logical"', '35 00 45 00', -5, 5],
    ['none', '', -5, 5],
  ])('physical extents: %s', (_name, items, physicalMinimum, physicalMaximum) => {
    expect(onlyField(`15 FB 25 05 ${items} 75 08 95 01 81 02`)).toMatchObject({ physicalMinimum, physicalMaximum });
  });

  test.each([
    ['55 00', 0],
    ['55 07', 7],
    ['55 08', -8],
    ['55 0F', -1],
    ['55 FE', -2],
  ])('unit exponent %s is %i', (item, unitExponent) => {
    expect(onlyField(`${item} 75 08 95 01 81 02`)).toMatchObject({ unitExponent });
  });

  test('the unit is kept as its code, all 32 bits', () => {
    expect(onlyField('67 21 D1 F0 F0 75 08 95 01 81 02').unit).toBe(0xf0f0d121);
  });

  test('push saves every global item and pop brings it back', () => {
    const { reports } = parse(`
      05 0B 15 01 25 02 35 03 45 04 55 05 65 06 75 07 85 08 95 09 A4
      05 0C 15 11 25 12 35 13 45 14 55 07 65 16 75 17 85 18 95 19 A4
      B4 09 01 81 02
      B4 09 01 81 02`);
    expect(reports.map((report) => report.fields)).toMatchObject([
      [state({ usagePage: 0x0c, extents: [0x11, 0x12, 0x13, 0x14], unitExponent: 7, unit: 0x16, bitSize: 0x17, reportId: 0x18, count: 0x19 })],
      [state({ usagePage: 0x0b, extents: [1, 2, 3, 4], unitExponent: 5, unit: 6, bitSize: 7, reportId: 8, count: 9 })],
    ]);
  });

  test('push and pop leave local items alone', () => {
    expect(onlyField('05 0B 75 01 95 02 09 20 A4 09 2F B4 81 02').usages).toEqual([range(0x0b, 0x20), range(0x0b, 0x2f)]);
  });

  test.each([
    ['85 01', 1],
    ['85 FF', 255],
  ])('%s is a report id', (item, reportId) => {
    expect(onlyField(`${item} 75 08 95 01 81 02`)).toMatchObject({ reportId });
  });

  test('a push may stay open at the end', () => {
    expect(parse('A4').reports).toEqual([]);
  });
});

describe('what is skipped', () => {
  test.each([
    ['a long item with data', 'FE 03 10 81 02 C0'],
    ['a long item without data', 'FE 00 10'],
    ['a reserved item type', '0D 81 FE 01 10 AA FD C0'],
    ['a reserved local item', 'B9 01'],
  ])('%s moves nothing and keeps the local items', (_name, item) => {
    expect(onlyField(`05 0B 75 01 95 01 09 20 ${item} 81 02`)).toMatchObject({ bitOffset: 0, usages: [range(0x0b, 0x20)] });
  });

  test('a reserved main item moves nothing but uses up the local items', () => {
    expect(onlyField('05 0B 75 01 95 01 09 20 D1 01 81 02')).toMatchObject({ bitOffset: 0, usages: [] });
  });

  test('zero bytes behind the last item, with which some devices fill up', () => {
    expect(parse('A1 01 C0 00 00 00').collections).toHaveLength(1);
  });
});

function allFlags(value: boolean): Partial<HidField> {
  return {
    isConstant: value,
    isRelative: value,
    wrap: value,
    nonLinear: value,
    noPreferred: value,
    nullState: value,
    volatile: value,
    bufferedBytes: value,
  };
}

interface ExpectedState {
  readonly usagePage: number;
  readonly extents: readonly [number, number, number, number];
  readonly unitExponent: number;
  readonly unit: number;
  readonly bitSize: number;
  readonly reportId: number;
  readonly count: number;
}

function state({ usagePage, extents, ...rest }: ExpectedState): Partial<HidField> {
  const [logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum] = extents;
  return { ...rest, usages: [range(usagePage, 1)], logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum };
}
