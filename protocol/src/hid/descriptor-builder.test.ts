import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildReportDescriptor, hidItem as i, type HidItemBytes } from './descriptor-builder.ts';
import { HID_COLLECTION, type HidCollection, type HidField, type HidReportKind, type HidUsage } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';

describe('items are written as the class definition says', () => {
  test.each<[string, HidItemBytes, number[]]>([
    ['usage page in one byte', i.usagePage(0x0b), [0x05, 0x0b]],
    ['usage page in two bytes', i.usagePage(0xff00), [0x06, 0x00, 0xff]],
    ['logical minimum', i.logicalMinimum(-127), [0x15, 0x81]],
    ['logical minimum in two bytes', i.logicalMinimum(-129), [0x16, 0x7f, 0xff]],
    ['logical minimum in four bytes', i.logicalMinimum(-32_769), [0x17, 0xff, 0x7f, 0xff, 0xff]],
    ['logical maximum', i.logicalMaximum(127), [0x25, 0x7f]],
    ['least logical minimum of one byte', i.logicalMinimum(-128), [0x15, 0x80]],
    ['least logical minimum of two bytes', i.logicalMinimum(-32_768), [0x16, 0x00, 0x80]],
    ['least logical minimum', i.logicalMinimum(-0x8000_0000), [0x17, 0x00, 0x00, 0x00, 0x80]],
    ['first logical maximum that would be negative in one byte', i.logicalMaximum(128), [0x26, 0x80, 0x00]],
    ['logical maximum that would be negative in one byte', i.logicalMaximum(255), [0x26, 0xff, 0x00]],
    ['greatest logical maximum of two bytes', i.logicalMaximum(32_767), [0x26, 0xff, 0x7f]],
    ['first logical maximum that would be negative in two bytes', i.logicalMaximum(32_768), [0x27, 0x00, 0x80, 0x00, 0x00]],
    ['logical maximum that would be negative in two bytes', i.logicalMaximum(65_535), [0x27, 0xff, 0xff, 0x00, 0x00]],
    ['logical maximum that is unsigned only', i.logicalMaximum(0xffff_ffff), [0x27, 0xff, 0xff, 0xff, 0xff]],
    ['physical minimum', i.physicalMinimum(-1), [0x35, 0xff]],
    ['physical maximum', i.physicalMaximum(360), [0x46, 0x68, 0x01]],
    ['unit exponent', i.unitExponent(-2), [0x55, 0x0e]],
    ['unit', i.unit(0xf0d121), [0x67, 0x21, 0xd1, 0xf0, 0x00]],
    ['report size', i.reportSize(8), [0x75, 0x08]],
    ['report id', i.reportId(5), [0x85, 0x05]],
    ['greatest report count of one byte', i.reportCount(255), [0x95, 0xff]],
    ['report count', i.reportCount(300), [0x96, 0x2c, 0x01]],
    ['greatest report count of two bytes', i.reportCount(65_535), [0x96, 0xff, 0xff]],
    ['report count in four bytes', i.reportCount(65_536), [0x97, 0x00, 0x00, 0x01, 0x00]],
    ['push', i.push(), [0xa4]],
    ['pop', i.pop(), [0xb4]],
    ['usage', i.usage(0x20), [0x09, 0x20]],
    ['usage in two bytes', i.usage(0xfffb), [0x0a, 0xfb, 0xff]],
    ['usage minimum', i.usageMinimum(0xb0), [0x19, 0xb0]],
    ['usage maximum', i.usageMaximum(0x1bb), [0x2a, 0xbb, 0x01]],
    ['extended usage', i.extendedUsage(0x0b, 0x20), [0x0b, 0x20, 0x00, 0x0b, 0x00]],
    ['extended usage minimum', i.extendedUsageMinimum(0xff00, 1), [0x1b, 0x01, 0x00, 0x00, 0xff]],
    ['extended usage maximum', i.extendedUsageMaximum(0xff00, 2), [0x2b, 0x02, 0x00, 0x00, 0xff]],
    ['designator index', i.designatorIndex(1), [0x39, 0x01]],
    ['designator minimum', i.designatorMinimum(2), [0x49, 0x02]],
    ['designator maximum', i.designatorMaximum(3), [0x59, 0x03]],
    ['string index', i.stringIndex(4), [0x79, 0x04]],
    ['string minimum', i.stringMinimum(5), [0x89, 0x05]],
    ['string maximum', i.stringMaximum(6), [0x99, 0x06]],
    ['delimiter set', i.alternatives([i.usage(1), i.usage(2)]), [0xa9, 0x01, 0x09, 0x01, 0x09, 0x02, 0xa9, 0x00]],
    ['input', i.input(), [0x81, 0x00]],
    ['input with flags', i.input(['constant', 'variable', 'relative']), [0x81, 0x07]],
    ['output', i.output(['variable', 'noPreferred']), [0x91, 0x22]],
    ['output with all other flags', i.output(['wrap', 'nonLinear', 'nullState', 'volatile']), [0x91, 0xd8]],
    ['feature', i.feature(['variable', 'bufferedBytes']), [0xb2, 0x02, 0x01]],
    ['collection', i.collection(HID_COLLECTION.application, [i.usage(1)]), [0xa1, 0x01, 0x09, 0x01, 0xc0]],
    ['long item without data', i.longItem(0, []), [0xfe, 0x00, 0x00]],
    ['long item', i.longItem(0xf0, [1, 2, 3]), [0xfe, 0x03, 0xf0, 1, 2, 3]],
  ])('%s', (_name, item, expected) => {
    expect([...buildReportDescriptor([item])]).toEqual(expected);
  });

  test.each([
    ['a page of 17 bits', () => i.usagePage(0x1_0000)],
    ['a usage of 17 bits', () => i.usage(0x1_0000)],
    ['a negative count', () => i.reportCount(-1)],
    ['a fraction', () => i.reportSize(1.5)],
    ['a minimum that only fits unsigned', () => i.logicalMinimum(0x8000_0000)],
    ['a minimum below 32 bits', () => i.physicalMinimum(-0x8000_0001)],
    ['a minimum that only fits unsigned, physical', () => i.physicalMinimum(0x8000_0000)],
    ['a maximum above 32 bits', () => i.logicalMaximum(0x1_0000_0000)],
    ['a maximum below 32 bits', () => i.logicalMaximum(-0x8000_0001)],
    ['a unit above 32 bits', () => i.unit(0x1_0000_0000)],
    ['a collection type of 9 bits', () => i.collection(256, [])],
    ['an exponent below a nibble', () => i.unitExponent(-9)],
    ['an exponent of more than a nibble', () => i.unitExponent(8)],
    ['a report id of 9 bits', () => i.reportId(256)],
    ['a long item of 256 bytes', () => i.longItem(0, Array<number>(256).fill(0))],
  ])('%s is refused', (_name, act) => {
    expect(act).toThrow(RangeError);
  });
});

type FlagName = 'isArray' | 'isConstant' | 'isRelative' | 'wrap' | 'nonLinear' | 'noPreferred' | 'nullState' | 'volatile' | 'bufferedBytes';
type PlannedField = Omit<HidField, 'bitOffset' | 'collectionPath'>;

/** A descriptor as a test wants it, before any bytes exist. */
interface PlannedCollection extends HidUsage {
  readonly type: number;
  readonly alternatives: readonly HidUsage[];
  readonly content: readonly (PlannedField | PlannedCollection)[];
}

const u16 = fc.integer({ min: 0, max: 0xffff });
const usage = fc.record({ usagePage: u16, usage: u16 });
const span = fc.tuple(u16, u16, u16).map(([usagePage, a, b]) => ({ usagePage, minimum: Math.min(a, b), maximum: Math.max(a, b) }));
const indexRange = fc.tuple(fc.nat(500), fc.nat(500)).map(([a, b]) => ({ minimum: Math.min(a, b), maximum: Math.max(a, b) }));
const extent = fc
  .oneof(
    fc.tuple(fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }), fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff })),
    fc.tuple(fc.integer({ min: 0, max: 0x7fff_ffff }), fc.integer({ min: 0, max: 0xffff_ffff })),
    fc.constantFrom([0, 1], [0, 255], [-128, 127], [0, 0xffff_ffff]),
  )
  .map(([a = 0, b = 0]) => [Math.min(a, b), Math.max(a, b)] as const);

const plannedField: fc.Arbitrary<PlannedField> = fc
  .record({
    kind: fc.constantFrom<HidReportKind>('input', 'output', 'feature'),
    reportId: fc.integer({ min: 1, max: 4 }),
    bitSize: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: 1, max: 20 }),
    usages: fc.array(
      fc.tuple(span, fc.array(span, { maxLength: 2 })).map(([preferred, alternatives]) => ({ ...preferred, alternatives })),
      { maxLength: 4 },
    ),
    designators: fc.array(indexRange, { maxLength: 2 }),
    strings: fc.array(indexRange, { maxLength: 2 }),
    logical: extent,
    physical: extent,
    unit: fc.integer({ min: 0, max: 0xffff_ffff }),
    unitExponent: fc.integer({ min: -8, max: 7 }),
    flags: fc.record<Record<FlagName, boolean>>({
      isArray: fc.boolean(),
      isConstant: fc.boolean(),
      isRelative: fc.boolean(),
      wrap: fc.boolean(),
      nonLinear: fc.boolean(),
      noPreferred: fc.boolean(),
      nullState: fc.boolean(),
      volatile: fc.boolean(),
      bufferedBytes: fc.boolean(),
    }),
  })
  .map(({ logical, physical, flags, ...rest }) => {
    const [physicalMinimum, physicalMaximum] = physical[0] === 0 && physical[1] === 0 ? logical : physical;
    const volatile = flags.volatile && rest.kind !== 'input';
    return { ...rest, ...flags, volatile, logicalMinimum: logical[0], logicalMaximum: logical[1], physicalMinimum, physicalMaximum };
  });

const { collection: plannedCollection } = fc.letrec<{ collection: PlannedCollection; member: PlannedField | PlannedCollection }>((tie) => ({
  member: fc.oneof({ depthSize: 'small', withCrossShrink: true }, plannedField, tie('collection')),
  collection: fc.record({
    usagePage: u16,
    usage: u16,
    type: fc.integer({ min: 0, max: 255 }),
    alternatives: fc.array(usage, { maxLength: 2 }),
    content: fc.array(tie('member'), { maxLength: 5 }),
  }),
}));

const isField = (member: PlannedField | PlannedCollection): member is PlannedField => 'kind' in member;

function spanItems(of: { usagePage: number; minimum: number; maximum: number }): HidItemBytes[] {
  if (of.minimum === of.maximum) return [i.extendedUsage(of.usagePage, of.minimum)];
  return [i.extendedUsageMinimum(of.usagePage, of.minimum), i.extendedUsageMaximum(of.usagePage, of.maximum)];
}

function fieldItems(field: PlannedField): HidItemBytes[] {
  const names = [
    ...(field.isArray ? [] : ['variable' as const]),
    ...(field.isConstant ? ['constant' as const] : []),
    ...(field.isRelative ? ['relative' as const] : []),
    ...(['wrap', 'nonLinear', 'noPreferred', 'nullState', 'volatile', 'bufferedBytes'] as const).filter((name) => field[name]),
  ];
  return [
    i.reportId(field.reportId),
    i.reportSize(field.bitSize),
    i.reportCount(field.count),
    i.logicalMinimum(field.logicalMinimum),
    i.logicalMaximum(field.logicalMaximum),
    i.physicalMinimum(field.physicalMinimum),
    i.physicalMaximum(field.physicalMaximum),
    i.unit(field.unit),
    i.unitExponent(field.unitExponent),
    ...field.usages.flatMap((entry) =>
      entry.alternatives.length === 0 ? spanItems(entry) : [i.alternatives([entry, ...entry.alternatives].flatMap(spanItems))],
    ),
    ...field.designators.flatMap(({ minimum, maximum }) => [i.designatorMinimum(minimum), i.designatorMaximum(maximum)]),
    ...field.strings.flatMap(({ minimum, maximum }) => [i.stringMinimum(minimum), i.stringMaximum(maximum)]),
    i[field.kind](names),
  ];
}

function collectionItems(collection: PlannedCollection): HidItemBytes[] {
  const content = collection.content.flatMap((member) => (isField(member) ? fieldItems(member) : collectionItems(member)));
  const others = collection.alternatives.map((other) => i.extendedUsage(other.usagePage, other.usage));
  const own = [i.usagePage(collection.usagePage), i.usage(collection.usage)];
  const head = others.length === 0 ? own : [i.usagePage(collection.usagePage), i.alternatives([i.usage(collection.usage), ...others])];
  // What a collection changes is put back, so that the globals of one never explain those of the next.
  return [i.push(), ...head, i.collection(collection.type, content), i.pop()];
}

function modelOf({ usagePage, usage: id, type, alternatives, content }: PlannedCollection): HidCollection {
  const children = content.flatMap((member) => (isField(member) ? [] : [modelOf(member)]));
  return { usagePage, usage: id, type, alternatives, children };
}

/** Every field in descriptor order with the usages of the collections around it. */
function fieldsOf(collection: PlannedCollection, outer: readonly HidUsage[]): Omit<HidField, 'bitOffset'>[] {
  const collectionPath = [...outer, { usagePage: collection.usagePage, usage: collection.usage }];
  return collection.content.flatMap((member) => (isField(member) ? [{ ...member, collectionPath }] : fieldsOf(member, collectionPath)));
}

const keyOf = (field: PlannedField | Omit<HidField, 'bitOffset'>) => `${field.kind} ${field.reportId}`;

describe('round trip', () => {
  test('what is built is parsed again, bit for bit', () => {
    fc.assert(
      fc.property(fc.array(plannedCollection, { maxLength: 4 }), (plan) => {
        const parsed = parseReportDescriptor(buildReportDescriptor(plan.flatMap(collectionItems)));
        expect(parsed.collections).toEqual(plan.map(modelOf));

        const planned = plan.flatMap((collection) => fieldsOf(collection, []));
        const keys = [...new Set(planned.map(keyOf))];
        expect(parsed.reports.map(({ kind, id }) => `${kind} ${id}`)).toEqual(keys);
        for (const report of parsed.reports) {
          let bits = 0;
          const fields = planned
            .filter((field) => keyOf(field) === `${report.kind} ${report.id}`)
            .map((field) => {
              const bitOffset = bits;
              bits += field.bitSize * field.count;
              return { ...field, bitOffset };
            });
          expect(report).toEqual({ id: report.id, kind: report.kind, bitLength: bits, byteLength: 1 + Math.ceil(bits / 8), fields });
        }
      }),
      { numRuns: 300 },
    );
  });
});
