import type { DesiredSource, DeviceDocument } from '../contract/index.ts';
import type { AgentParts } from './agent-parts.ts';
import type { AgentSettings } from './agent-settings.ts';
import type { AgentState } from './agent-state.ts';
import type { Identity } from './enrolment/identity.ts';
import type { FirmwareView } from './firmware/view.ts';
import type { PairingView } from './pairing/view.ts';

/** Where a device's settings come from. */
export interface DesiredOverview {
  readonly deviceId: string;
  readonly revision: number;
  readonly source: DesiredSource;
  /** It is applied at the next login. */
  readonly waitsForLogin: boolean;
}

/** What a user interface shows of the agent. */
export interface AgentOverview {
  readonly clientId: string;
  readonly organizationId: string;
  /** Null until a policy names it. */
  readonly organizationName: string | null;
  readonly clientName: string | null;
  readonly version: string;
  readonly revoked: boolean;
  readonly devices: readonly DeviceDocument[];
  readonly desired: readonly DesiredOverview[];
  readonly firmware: readonly FirmwareView[];
  /** Null where no pairing is open. */
  readonly pairing: PairingView | null;
}

export function overviewOf(
  { clientId, revoked }: Pick<Identity, 'clientId' | 'revoked'>,
  { organizationId, clientName, clientVersion }: AgentSettings,
  { devices, firmware, pairing, policy }: AgentParts,
  state: Pick<AgentState, 'desired'>,
): AgentOverview {
  return {
    clientId,
    organizationId,
    organizationName: policy.received?.organizationName ?? null,
    clientName,
    version: clientVersion,
    revoked,
    devices: devices.documents(),
    desired: [...state.desired.entries()].map(([deviceId, { document, waitsForLogin }]) => {
      const { revision, source } = document;
      return { deviceId, revision, source, waitsForLogin: waitsForLogin !== null };
    }),
    firmware: firmware?.snapshot() ?? [],
    pairing: pairing.view,
  };
}
