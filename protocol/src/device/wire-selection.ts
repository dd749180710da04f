import type { Family } from '../families/index.ts';
import { Command } from '../frames/index.ts';
import { operatorWire, type OperatorMapping, type SettingKey, type SettingsWire, syntheticWires, verifiedWires } from '../settings/index.ts';
import type { HidBus } from '../session/hid-port.ts';
import { compareVersions } from '../images/version.ts';

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

/** An operator's mapping counts for the products and versions it was verified on, and for no other; in the group of settings, and in no other. */
function holdsFor({ command, productIds, firmware }: OperatorMapping, selection: WireSelection): boolean {
  if (command !== Command.config || !productIds.some((id) => selection.productIds.includes(id))) return false;
  if (!firmware) return true;
  if (selection.version === null) return false;
  const afterFrom = firmware.from === null || (compareVersions(selection.version, firmware.from) ?? -1) >= 0;
  const beforeTo = firmware.to === null || (compareVersions(selection.version, firmware.to) ?? 1) <= 0;
  return afterFrom && beforeTo;
}

/**
 * The wires that may be used on a device: verified ones of its family, an operator's own for its product, synthetic ones on a virtual bus only;
 * in this order, so that none replaces one before it. A product without a family in the contract gets none: it is never written to.
 */
export function selectWires(selection: WireSelection): readonly SettingsWire[] {
  const { family, bus, operatorMappings } = selection;
  if (!family || family.id === 'unknown') return [];
  const operator = operatorMappings.filter((mapping) => holdsFor(mapping, selection)).map(operatorWire);
  const selected: SettingsWire[] = [];
  const carried = new Set<SettingKey>();
  for (const wire of [...verifiedWires, ...operator, ...(bus === 'virtual' ? syntheticWires : [])]) {
    if (!wire.keys.some((key) => family.settings.includes(key)) || wire.keys.some((key) => carried.has(key))) continue;
    selected.push(wire);
    for (const key of wire.keys) carried.add(key);
  }
  return selected;
}
