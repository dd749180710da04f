import type { Family } from '../families/index.ts';
import { identifyRequest, rebootRequest } from '../messages/actions.ts';
import type { HidBus } from '../session/hid-port.ts';

/** `reboot`: it leaves and comes back with what it held. `identify`: it blinks or sounds, so that a person finds it. */
export type DeviceAction = 'reboot' | 'identify';

const none: ReadonlySet<DeviceAction> = new Set();
const made: ReadonlySet<DeviceAction> = new Set<DeviceAction>(['reboot', 'identify']);

/** Every message that an action can come to. */
export const actionMessages = { reboot: rebootRequest, identify: identifyRequest } as const satisfies Readonly<Record<DeviceAction, unknown>>;

/**
 * What a device can be asked to do. Nobody vouches for any bytes of it, so that only a virtual bus has it, for the families of the contract; a mapping
 * that is verified one day is added here by its bus and family, and nowhere else.
 */
export function selectActions({ family, bus }: { readonly family: Family | null; readonly bus: HidBus }): ReadonlySet<DeviceAction> {
  return bus === 'virtual' && family && family.id !== 'unknown' ? made : none;
}
