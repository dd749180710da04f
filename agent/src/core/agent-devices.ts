import type { Clock } from '@jpd/protocol';
import type { Log } from '../ports/index.ts';
import type { AgentParts } from './agent-parts.ts';
import type { AgentState } from './agent-state.ts';
import { within } from './in-time.ts';

/** Finds what is plugged in; what was reported as connected and isn't there is told then. */
export function examineDevices({ devices, discovery }: Pick<AgentParts, 'devices' | 'discovery'>, log: Log): void {
  discovery
    .start()
    .then(() => devices.settle())
    .catch((error: unknown) => {
      log.error('devices could not be examined', { error });
    });
}

/** Locks are released; values stay. */
export async function forgetDesired({ desired }: Pick<AgentState, 'desired'>, { devices }: Pick<AgentParts, 'devices'>): Promise<void> {
  for (const [deviceId] of desired.entries()) await devices.desiredForgotten(deviceId);
}

/** Milliseconds, each at most. */
const endMs = { firmware: 300, devices: 700, discovery: 500 } as const;

/** Devices go on as they are, and nobody asks anything of them any more. Takes 1.5 s at most. */
export async function letDevicesGo(
  clock: Clock,
  { devices, discovery, firmware, pairing }: Pick<AgentParts, 'devices' | 'discovery' | 'firmware' | 'pairing'>,
): Promise<void> {
  pairing.stop();
  if (firmware) await within(clock, endMs.firmware, firmware.stop());
  await within(clock, endMs.devices, devices.stop());
  firmware?.close();
  await within(clock, endMs.discovery, discovery.stop());
}
