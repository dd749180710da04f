import type { Family } from '../../families/index.ts';
import type { HidBus } from '../../session/hid-port.ts';

/** Families on which the messages of `messages/bluetooth.ts` were seen at work: the tool's author runs it on a Link 370 (facts E5). */
const verified: ReadonlySet<string> = new Set(['link-370']);

/**
 * Whether a `Dongle` may be made of a device: search, pair and connect are messages of one model, and whether another one takes them the same way is not
 * known. A virtual bus has them for every adapter of the contract; a model that is verified one day is added here, and nowhere else.
 */
export function hasPairing({ family, bus }: { readonly family: Family | null; readonly bus: HidBus }): boolean {
  if (family?.formFactor !== 'dongle' || family.id === 'unknown') return false;
  return bus === 'virtual' || (bus === 'usb' && verified.has(family.id));
}
