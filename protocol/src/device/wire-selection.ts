import type { Family } from '../families/index.ts';
import { operatorWire, type OperatorMapping, type SettingsWire, syntheticWires, verifiedWires } from '../settings/index.ts';
import type { HidBus } from '../session/hid-port.ts';
import { compareVersions } from './version.ts';

/** What decides on the wires of a device. */
export interface WireSelection {
  readonly family: Family | null;
  readonly bus: HidBus;
  /** USB and DFU product id. */
  readonly productIds: readonly number[];
  /** Firmware, null while unknown. */
  readonly version: string | null;
  readonly operatorMappings: readonly OperatorMapping[];
}

/** An operator's mapping counts for the products and versions it was verified on, and for no other. */
function holdsFor({ productIds, firmware }: OperatorMapping, selection: WireSelection): boolean {
  if (!productIds.some((id) => selection.productIds.includes(id))) return false;
  if (!firmware) return true;
  if (selection.version === null) return false;
  const afterFrom = firmware.from === null || (compareVersions(selection.version, firmware.from) ?? -1) >= 0;
  const beforeTo = firmware.to === null || (compareVersions(selection.version, firmware.to) ?? 1) <= 0;
  return afterFrom && beforeTo;
}

/**
 * The wires that may be used on a device: verified ones of its family, an operator's own for its product, synthetic ones on a virtual bus only.
 * A product without a family in the contract gets none: it is never written to.
 */
export function selectWires({ family, bus, productIds, version, operatorMappings }: WireSelection): readonly SettingsWire[] {
  if (!family || family.id === 'unknown') return [];
  const supports = ({ keys }: SettingsWire): boolean => keys.some((key) => family.settings.includes(key));
  const operator = operatorMappings.filter((mapping) => holdsFor(mapping, { family, bus, productIds, version, operatorMappings })).map(operatorWire);
  const mapped = new Set(operator.flatMap(({ keys }) => keys));
  const verified = verifiedWires.filter(supports);
  const synthetic = bus === 'virtual' ? syntheticWires.filter((wire) => supports(wire) && !wire.keys.some((key) => mapped.has(key))) : [];
  const verifiedKeys = new Set(verified.flatMap(({ keys }) => keys));
  return [...verified, ...operator.filter(({ keys }) => !keys.some((key) => verifiedKeys.has(key))), ...synthetic];
}
