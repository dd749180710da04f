import type { Family } from '../families/index.ts';
import { operatorWire, type OperatorMapping, type SettingsWire, syntheticWires, verifiedWires } from '../settings/index.ts';
import type { HidBus } from '../session/hid-port.ts';

/**
 * The wires that may be used on a device: verified ones of its family, an operator's own for its product, synthetic ones on a virtual bus only.
 * A product without a family in the contract gets none: it is never written to.
 */
export function selectWires(
  family: Family | null,
  bus: HidBus,
  productIds: readonly number[],
  operatorMappings: readonly OperatorMapping[],
): readonly SettingsWire[] {
  if (!family || family.id === 'unknown') return [];
  const supports = ({ keys }: SettingsWire): boolean => keys.some((key) => family.settings.includes(key));
  const operator = operatorMappings.filter((mapping) => mapping.productIds.some((id) => productIds.includes(id))).map(operatorWire);
  const mapped = new Set(operator.flatMap(({ keys }) => keys));
  const verified = verifiedWires.filter(supports);
  const synthetic = bus === 'virtual' ? syntheticWires.filter((wire) => supports(wire) && !wire.keys.some((key) => mapped.has(key))) : [];
  const verifiedKeys = new Set(verified.flatMap(({ keys }) => keys));
  return [...verified, ...operator.filter(({ keys }) => !keys.some((key) => verifiedKeys.has(key))), ...synthetic];
}
