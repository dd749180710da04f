import {
  elementOf,
  type HidField,
  type HidFieldLocation,
  type HidReport,
  type HidReportKind,
  type HidUsage,
  indexOfUsage,
  type ReportDescriptor,
} from '../hid/index.ts';
import {
  buttonUsages,
  type ButtonName,
  firstKeypadUsage,
  keypadKeys,
  lampUsages,
  type LampName,
  namesOf,
  switchUsages,
  type SwitchName,
} from './controls.ts';

/** Where a control is. */
export interface ControlLocation {
  /** Which of the device's HID paths, counted in the order in which their descriptors were given. */
  readonly path: number;
  readonly report: HidReport;
  /** Its element; of an array the first, since no element of an array belongs to one usage. */
  readonly element: HidFieldLocation;
  /** The usage that was found. */
  readonly usage: HidUsage;
  /** True: each report with a value is one press, or one change, of the control. False: the value is its state. */
  readonly isRelative: boolean;
}

/** A field that carries keys of a phone's keypad. */
export interface KeypadLocation {
  readonly path: number;
  readonly report: HidReport;
  readonly field: HidField;
}

/** Where a device has its call control; what it lacks is null. Read from its descriptors, never from its product id: bits differ between products. */
export interface TelephonyLayout {
  readonly switches: Readonly<Record<SwitchName, ControlLocation | null>>;
  readonly buttons: Readonly<Record<ButtonName, ControlLocation | null>>;
  readonly lamps: Readonly<Record<LampName, ControlLocation | null>>;
  readonly keypad: readonly KeypadLocation[];
}

const telephonyPage = 0x0b;
const consumerPage = 0x0c;
const firstVendorPage = 0xff00;

/**
 * Finds call control in the descriptors of a device's paths: one, or one for each top-level collection (Windows, `&ColNN`); null stands for a path
 * whose descriptor the system doesn't give. Returns null for a device that has neither a hook switch nor an off-hook LED.
 *
 * The vendor's own mirror of telephony (report 4, pages FF30 and FF40) is left alone: it repeats the standard pages, and what its other usages mean
 * nobody published.
 */
export function findTelephonyLayout(descriptors: readonly (ReportDescriptor | null)[]): TelephonyLayout | null {
  const find = (kind: HidReportKind, usages: readonly HidUsage[]): ControlLocation | null => locate(descriptors, kind, usages);
  const layout: TelephonyLayout = {
    switches: map(switchUsages, (usages) => find('input', usages)),
    buttons: map(buttonUsages, (usages) => find('input', usages)),
    lamps: map(lampUsages, (usages) => find('output', usages)),
    keypad: keypadOf(descriptors),
  };
  return layout.switches.hook === null && layout.lamps.offHook === null ? null : layout;
}

interface Candidate {
  readonly location: ControlLocation;
  readonly rank: number;
}

/** The same usage may stand in several collections: the one whose top level is of the usage's kind comes first, a vendor's own last. */
function locate(descriptors: readonly (ReportDescriptor | null)[], kind: HidReportKind, usages: readonly HidUsage[]): ControlLocation | null {
  const candidates: Candidate[] = [];
  for (const [path, report, field] of fieldsOf(descriptors, kind)) {
    // What an array of LEDs would need is not known of any device.
    if (kind === 'output' && field.isArray) continue;
    for (const usage of usages) {
      const index = indexOfUsage(field, usage);
      if (index === null || (!field.isArray && index >= field.count)) continue;
      const element = elementOf(field, field.isArray ? 0 : index);
      candidates.push({ location: { path, report, element, usage, isRelative: field.isRelative }, rank: rankOf(field, usage) });
    }
  }
  return candidates.toSorted((a, b) => a.rank - b.rank)[0]?.location ?? null;
}

function rankOf(field: HidField, usage: HidUsage): number {
  const page = field.collectionPath[0]?.usagePage ?? 0;
  if (page === (usage.usagePage === consumerPage ? consumerPage : telephonyPage)) return 0;
  return page >= firstVendorPage ? 2 : 1;
}

function keypadOf(descriptors: readonly (ReportDescriptor | null)[]): KeypadLocation[] {
  const keys = keypadKeys.map((_, index) => ({ usagePage: telephonyPage, usage: firstKeypadUsage + index }));
  return [...fieldsOf(descriptors, 'input')]
    .filter(([, , field]) => keys.some((key) => indexOfUsage(field, key) !== null))
    .map(([path, report, field]) => ({ path, report, field }));
}

function* fieldsOf(descriptors: readonly (ReportDescriptor | null)[], kind: HidReportKind): Generator<[number, HidReport, HidField]> {
  for (const [path, descriptor] of descriptors.entries())
    for (const report of descriptor?.reports ?? []) if (report.kind === kind) for (const field of report.fields) yield [path, report, field];
}

function map<Name extends string>(
  table: Readonly<Record<Name, readonly HidUsage[]>>,
  find: (usages: readonly HidUsage[]) => ControlLocation | null,
): Readonly<Record<Name, ControlLocation | null>> {
  // The entries are those of `table`, one for each of its names.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(namesOf(table).map((name) => [name, find(table[name])])) as Record<Name, ControlLocation | null>;
}
