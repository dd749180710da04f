export type HidReportKind = 'input' | 'output' | 'feature';

/** One usage: what a control or a collection is for. */
export interface HidUsage {
  readonly usagePage: number;
  readonly usage: number;
}

/** The usages `minimum` to `maximum` of one page, both included. Never expanded, so that it costs the same whatever it spans. */
export interface HidUsageSpan {
  readonly usagePage: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A span of a field's usages, one for each element, with the other usages that a delimiter set offers for the same elements. */
export interface HidUsageRange extends HidUsageSpan {
  /** In the set's order; the device prefers the range itself. Element n of an alternative stands for element n of the range. */
  readonly alternatives: readonly HidUsageSpan[];
}

/** Designator or string indices `minimum` to `maximum`, one for each element. */
export interface HidIndexRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** Data of an Input, Output or Feature item: HID 1.11, 6.2.2.5. */
export interface HidMainFlags {
  /** False: variable, one value for each control. True: array, each element names a control that is active. */
  readonly isArray: boolean;
  /** Real headsets set it on controls that they do change (PanaCast 50, report 2): only a constant field without usages is padding. */
  readonly isConstant: boolean;
  readonly isRelative: boolean;
  readonly wrap: boolean;
  readonly nonLinear: boolean;
  readonly noPreferred: boolean;
  readonly nullState: boolean;
  /** Always false for inputs, where the bit is reserved. */
  readonly volatile: boolean;
  readonly bufferedBytes: boolean;
}

/** `count` elements of `bitSize` bits next to each other, made by one main item. */
export interface HidField extends HidMainFlags {
  readonly kind: HidReportKind;
  /** 0 where the descriptor has no report ids. */
  readonly reportId: number;
  /** Of the first element, counted from the byte after the report id. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  /** In element order; ask `usageAt`, which also knows that the last usage repeats. Empty for padding. */
  readonly usages: readonly HidUsageRange[];
  readonly designators: readonly HidIndexRange[];
  readonly strings: readonly HidIndexRange[];
  readonly logicalMinimum: number;
  readonly logicalMaximum: number;
  /** The logical extents where the descriptor states none, or two zeros (HID 1.11, 6.2.2.7). */
  readonly physicalMinimum: number;
  readonly physicalMaximum: number;
  /** Raw unit code of HID 1.11, 6.2.2.7; 0 = none. */
  readonly unit: number;
  /** Power of ten, -8 to 7. */
  readonly unitExponent: number;
  /** Usages of the collections around the field, the top-level one first. Fields of one collection share one array. */
  readonly collectionPath: readonly HidUsage[];
}

export interface HidReport {
  /** 0 where the descriptor has no report ids. */
  readonly id: number;
  readonly kind: HidReportKind;
  /** Without the id byte. */
  readonly bitLength: number;
  /** With the id byte, which report arrays always have; it is 0 where the descriptor has no report ids (hidapi does the same). */
  readonly byteLength: number;
  /** In bit order. */
  readonly fields: readonly HidField[];
}

export interface HidCollection extends HidUsage {
  /** One of `HID_COLLECTION`, or a reserved (0x07–0x7F) or vendor-defined (0x80–0xFF) type. */
  readonly type: number;
  /** Further usages of a delimiter set, if the collection has one. */
  readonly alternatives: readonly HidUsage[];
  readonly children: readonly HidCollection[];
}

/** A parsed report descriptor. */
export interface ReportDescriptor {
  /** Top-level collections in order. */
  readonly collections: readonly HidCollection[];
  /** In order of first appearance. */
  readonly reports: readonly HidReport[];
}

/** Collection types of HID 1.11, 6.2.2.6. */
export const HID_COLLECTION = {
  physical: 0,
  application: 1,
  logical: 2,
  report: 3,
  namedArray: 4,
  usageSwitch: 5,
  usageModifier: 6,
} as const;
