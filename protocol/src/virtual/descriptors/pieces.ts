import { buildReportDescriptor, HID_COLLECTION, hidItem, type HidItemBytes } from '../../hid/index.ts';

/** A top-level collection: Windows makes a path of each. */
export interface TopLevelCollection {
  readonly usagePage: number;
  readonly usage: number;
  readonly reportIds: readonly number[];
  /** Complete in itself: no item relies on a collection before it. */
  readonly bytes: Uint8Array;
}

type Kind = 'input' | 'output' | 'feature';

const i = hidItem;

export const bits = (count: number): HidItemBytes[] => [i.reportSize(1), i.reportCount(count)];
export const padding = (count: number, kind: Kind): HidItemBytes[] => [...bits(count), i[kind](['constant'])];
export const range = (maximum: number): HidItemBytes[] => [i.logicalMinimum(0), i.logicalMaximum(maximum)];
const usages = (...ids: readonly number[]): HidItemBytes[] => ids.map((id) => i.usage(id));
export const bytes63 = (kind: Kind): HidItemBytes[] => [...range(255), i.reportSize(8), i.reportCount(63), i[kind](['variable', 'bufferedBytes'])];

export function topLevel(
  usagePage: number,
  usage: number,
  reportIds: readonly number[],
  ...rows: readonly (readonly HidItemBytes[])[]
): TopLevelCollection {
  const collection = i.collection(HID_COLLECTION.application, rows.flat());
  return { usagePage, usage, reportIds, bytes: buildReportDescriptor([i.usagePage(usagePage), i.usage(usage), collection]) };
}

/** Report 1: consumer controls, one bit each, filled up to whole bytes. */
export const consumer = (bytes: number, ...controls: readonly number[]): TopLevelCollection =>
  topLevel(
    0x0c,
    0x01,
    [1],
    [i.reportId(1), ...range(1), ...usages(...controls), ...bits(controls.length), i.input(['variable'])],
    padding(8 * bytes - controls.length, 'input'),
  );

/** LEDs and ringer, filled up to two bytes. */
const lamps = (leds: readonly number[]): HidItemBytes[] => [
  i.usagePage(0x08),
  ...range(1),
  ...usages(...leds),
  ...bits(leds.length),
  i.output(['variable', 'noPreferred']),
  i.usagePage(0x0b),
  ...range(1),
  i.usage(0x9e),
  ...bits(1),
  i.output(['variable', 'noPreferred']),
  ...padding(15 - leds.length, 'output'),
];

/** Telephony, report 2; 3 on some Speak 510 units (facts D3). `inputs` are the items of its two input bytes. */
export const telephony = (inputs: readonly HidItemBytes[], leds: readonly number[], reportId = 2): TopLevelCollection =>
  topLevel(0x0b, 0x05, [reportId], [i.reportId(reportId), i.usagePage(0x0b), ...range(1)], inputs, lamps(leds));

/** The telephony inputs of a PanaCast 50 (facts D2): hook, line busy, line; mute, flash, redial; button 7. */
export const recordedInputs: readonly HidItemBytes[] = [
  ...usages(0x20, 0x97, 0x2a),
  ...bits(3),
  i.input(['constant', 'variable', 'noPreferred']),
  ...usages(0x2f, 0x21, 0x24),
  ...bits(3),
  i.input(['constant', 'variable', 'relative']),
  i.usage(0x07),
  i.usagePage(0x09),
  ...bits(1),
  i.input(['variable']),
  ...padding(9, 'input'),
];

/** Hook, line busy; mute, flash, redial, speed dial; button 7; a keypad of four bits (facts D3: WebHID demo's layout). */
export const headsetInputs: readonly HidItemBytes[] = [
  ...usages(0x20, 0x97),
  ...bits(2),
  i.input(['variable', 'noPreferred']),
  ...usages(0x2f, 0x21, 0x24, 0x50),
  ...bits(4),
  i.input(['variable', 'relative']),
  i.usage(0x07),
  i.usagePage(0x09),
  ...bits(1),
  i.input(['variable']),
  i.usagePage(0x0b),
  i.usageMinimum(0xb0),
  i.usageMaximum(0xbb),
  // Value 1 is the first key, 0 is none (GOnnect's table of a headset's keypad).
  i.logicalMinimum(1),
  i.logicalMaximum(12),
  i.reportSize(4),
  i.reportCount(1),
  i.input(['nullState']),
  ...padding(5, 'input'),
];

/** Off-hook, mute, ring, hold, microphone. */
export const headsetLeds = [0x17, 0x09, 0x18, 0x20, 0x21];
/** Those with on-line. */
export const recordedLeds = [...headsetLeds, 0x2a];
/** Those with the speaker LED second. Link 380 (24C8), facts D3. */
export const linkLeds = [0x17, 0x1e, 0x09, 0x18, 0x20, 0x21, 0x2a];
/** Consumer controls of a Link 380 (24CA): volume and mute, then play/pause, stop, next, previous, forward, rewind. */
export const linkConsumerKeys = [0xea, 0xe9, 0xe2, 0xcd, 0xb7, 0xb5, 0xb6, 0xb3, 0xb4];

/** Reports 4 (the vendor's mirror of telephony) and 5 (GNP, 63 bytes each way), as a PanaCast 50 has them (facts D2). */
export const vendor = (usage: number): TopLevelCollection =>
  topLevel(
    0xff00,
    usage,
    [4, 5],
    [i.reportId(4), i.usagePage(0xff30), ...range(1), i.usage(0xffff), ...bits(1)],
    [i.feature(['constant', 'variable', 'noPreferred']), ...padding(7, 'feature')],
    [...usages(0x20, 0xfffb, 0x97, 0x2a), ...bits(4), i.input(['constant', 'variable', 'noPreferred'])],
    [...usages(0x2f, 0x21, 0x24, 0xfffd), ...bits(4), i.input(['constant', 'variable', 'relative']), ...padding(8, 'input')],
    [i.usagePage(0xff40), ...range(1), ...usages(0x17, 0xfffb, 0x09, 0x18, 0x20, 0x21, 0x2a), ...bits(7), i.output(['variable', 'noPreferred'])],
    [i.usagePage(0xff30), ...range(1), i.usage(0x9e), ...bits(1), i.output(['variable', 'noPreferred']), ...padding(8, 'output')],
    [i.reportId(5), i.usagePage(0xff00), i.usage(1), ...bytes63('output'), i.usage(1), ...bytes63('input')],
  );
