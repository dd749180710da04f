import { GLOBAL_TAG, ITEM_TYPE, LOCAL_TAG, LONG_ITEM_PREFIX, MAIN_TAG } from './item-tags.ts';
import { MAIN_FLAG } from './main-flags.ts';

/** Bytes of one or more items. */
export type HidItemBytes = readonly number[];

/** Names of the flags that differ from "data, array, absolute, …"; the default is none. */
export type HidMainFlagNames = readonly (keyof typeof MAIN_FLAG)[];

/** A report descriptor from items. The result is what the parts say: a descriptor with faults can be built, to see who notices. */
export function buildReportDescriptor(items: readonly HidItemBytes[]): Uint8Array {
  return Uint8Array.from(items.flat());
}

/**
 * The items of a report descriptor, each as short as its value allows (HID 1.11, 6.2.2).
 *
 * @throws RangeError for a value that the item cannot carry
 */
export const hidItem = {
  usagePage: (page: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.usagePage, within(page, 0, 0xffff)),
  logicalMinimum: (value: number) => signed(GLOBAL_TAG.logicalMinimum, within(value, -0x8000_0000, 0x7fff_ffff)),
  logicalMaximum: (value: number) => signed(GLOBAL_TAG.logicalMaximum, value),
  physicalMinimum: (value: number) => signed(GLOBAL_TAG.physicalMinimum, within(value, -0x8000_0000, 0x7fff_ffff)),
  physicalMaximum: (value: number) => signed(GLOBAL_TAG.physicalMaximum, value),
  /** Power of ten, -8 to 7. */
  unitExponent: (exponent: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.unitExponent, within(exponent, -8, 7) & 0x0f),
  unit: (code: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.unit, code),
  /** Bits of one element. */
  reportSize: (bits: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.reportSize, bits),
  reportCount: (count: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.reportCount, count),
  reportId: (id: number) => unsigned(ITEM_TYPE.global, GLOBAL_TAG.reportId, within(id, 0, 0xff)),
  push: (): HidItemBytes => shortItem(ITEM_TYPE.global, GLOBAL_TAG.push, []),
  pop: (): HidItemBytes => shortItem(ITEM_TYPE.global, GLOBAL_TAG.pop, []),

  usage: (usage: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.usage, within(usage, 0, 0xffff)),
  usageMinimum: (usage: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.usageMinimum, within(usage, 0, 0xffff)),
  usageMaximum: (usage: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.usageMaximum, within(usage, 0, 0xffff)),
  /** A usage with its own page, whatever `usagePage` says. */
  extendedUsage: (page: number, usage: number) => extended(LOCAL_TAG.usage, page, usage),
  extendedUsageMinimum: (page: number, usage: number) => extended(LOCAL_TAG.usageMinimum, page, usage),
  extendedUsageMaximum: (page: number, usage: number) => extended(LOCAL_TAG.usageMaximum, page, usage),
  designatorIndex: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.designatorIndex, index),
  designatorMinimum: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.designatorMinimum, index),
  designatorMaximum: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.designatorMaximum, index),
  stringIndex: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.stringIndex, index),
  stringMinimum: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.stringMinimum, index),
  stringMaximum: (index: number) => unsigned(ITEM_TYPE.local, LOCAL_TAG.stringMaximum, index),
  /** A delimiter set: usages of which the first is preferred. */
  alternatives: (items: readonly HidItemBytes[]): HidItemBytes => [
    ...unsigned(ITEM_TYPE.local, LOCAL_TAG.delimiter, 1),
    ...items.flat(),
    ...unsigned(ITEM_TYPE.local, LOCAL_TAG.delimiter, 0),
  ],

  input: (flags: HidMainFlagNames = []) => field(MAIN_TAG.input, flags),
  output: (flags: HidMainFlagNames = []) => field(MAIN_TAG.output, flags),
  feature: (flags: HidMainFlagNames = []) => field(MAIN_TAG.feature, flags),
  /** A whole collection; `type` is one of `HID_COLLECTION` or vendor-defined. */
  collection: (type: number, items: readonly HidItemBytes[]): HidItemBytes => [
    ...unsigned(ITEM_TYPE.main, MAIN_TAG.collection, within(type, 0, 0xff)),
    ...items.flat(),
    ...shortItem(ITEM_TYPE.main, MAIN_TAG.endCollection, []),
  ],
  /** An item of the long format, for which the class definition has no use yet. */
  longItem: (tag: number, data: readonly number[]): HidItemBytes => [LONG_ITEM_PREFIX, within(data.length, 0, 0xff), within(tag, 0, 0xff), ...data],
} as const;

function shortItem(type: number, tag: number, data: readonly number[]): HidItemBytes {
  const sizeCode = data.length === 4 ? 3 : data.length;
  return [(tag << 4) | (type << 2) | sizeCode, ...data];
}

function unsigned(type: number, tag: number, value: number): HidItemBytes {
  within(value, 0, 0xffff_ffff);
  return shortItem(type, tag, littleEndian(value, value <= 0xff ? 1 : value <= 0xffff ? 2 : 4));
}

/** Extents are written as signed numbers, so that parsers that know only those agree (255 as `FF 00`); beyond them a maximum may be unsigned. */
function signed(tag: number, value: number): HidItemBytes {
  within(value, -0x8000_0000, 0xffff_ffff);
  const size = value >= -0x80 && value <= 0x7f ? 1 : value >= -0x8000 && value <= 0x7fff ? 2 : 4;
  return shortItem(ITEM_TYPE.global, tag, littleEndian(value, size));
}

function extended(tag: number, page: number, usage: number): HidItemBytes {
  return shortItem(ITEM_TYPE.local, tag, littleEndian(within(page, 0, 0xffff) * 0x1_0000 + within(usage, 0, 0xffff), 4));
}

function field(tag: number, flags: HidMainFlagNames): HidItemBytes {
  return unsigned(
    ITEM_TYPE.main,
    tag,
    flags.reduce((bits, name) => bits | MAIN_FLAG[name], 0),
  );
}

function littleEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}

function within(value: number, lowest: number, highest: number): number {
  if (!Number.isInteger(value) || value < lowest || value > highest) throw new RangeError(`${value} is not an integer from ${lowest} to ${highest}`);
  return value;
}
