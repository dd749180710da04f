import type { Clock } from '@jpd/protocol';
import type { DesiredSource, DeviceDocument } from '../contract/index.ts';
import type { AgentParts } from './agent-parts.ts';
import type { AgentSettings } from './agent-settings.ts';
import type { AgentState } from './agent-state.ts';
import type { Enroller } from './enrolment/enroller.ts';
import type { Identity } from './enrolment/identity.ts';
import { type FirmwareOverview, firmwareOverview } from './overview/firmware-overview.ts';
import { type SettingRow, settingRows } from './overview/setting-rows.ts';
import { policyOf, type PolicyOverview, statusOf, type StatusOverview } from './overview/status.ts';
import type { PairingView } from './pairing/view.ts';
import type { Connector } from './platform/connector.ts';

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
  readonly status: StatusOverview;
  readonly policy: PolicyOverview;
  /** A device is in a call, as far as anybody knows. */
  readonly inCall: boolean;
  readonly devices: readonly DeviceDocument[];
  readonly desired: readonly DesiredOverview[];
  readonly settings: readonly { readonly deviceId: string; readonly rows: readonly SettingRow[] }[];
  readonly firmware: readonly FirmwareOverview[];
  /** Null where no pairing is open. */
  readonly pairing: PairingView | null;
}

/** What is another at another time. */
export interface OverviewPresent {
  readonly identity: Identity;
  readonly enroller: Pick<Enroller, 'hasLogin' | 'holdUp'>;
  /** Null between two client ids, and while the PC sleeps. */
  readonly connector: Pick<Connector, 'nextTryAt'> | null;
}

export function overviewOf(
  clock: Clock,
  settings: AgentSettings,
  parts: AgentParts,
  state: Pick<AgentState, 'desired'>,
  { identity, enroller, connector }: OverviewPresent,
): AgentOverview {
  const { clientId, revoked, revokedAt } = identity;
  const { organizationId, clientName, clientVersion, brokerUrl } = settings;
  const { calls, contact, devices, firmware, history, outbox, pairing, policy } = parts;
  const { hasLogin, holdUp } = enroller;
  const now = clock.now();
  const documents = devices.documents();
  const desiredOf = (deviceId: string) => state.desired.get(deviceId) ?? null;
  const factsOf = (deviceId: string) => devices.device(deviceId)?.facts ?? null;
  return {
    clientId,
    organizationId,
    organizationName: policy.received?.organizationName ?? null,
    clientName,
    version: clientVersion,
    revoked,
    status: statusOf({
      brokerUrl,
      isRevoked: revoked,
      revokedAt,
      contact,
      hasLogin,
      holdUp,
      nextTryAt: connector?.nextTryAt ?? null,
      queued: outbox.size,
    }),
    policy: policyOf(policy.rules),
    inCall: calls.isAnyInCall,
    devices: documents,
    desired: [...state.desired.entries()].map(([deviceId, { document, waitsForLogin }]) => {
      const { revision, source } = document;
      return { deviceId, revision, source, waitsForLogin: waitsForLogin !== null };
    }),
    settings: documents.map((document) => {
      const { deviceId } = document;
      const applied = factsOf(deviceId)?.applied ?? null;
      return { deviceId, rows: settingRows({ document, applied, desired: desiredOf(deviceId), history: history.of(deviceId), now }) };
    }),
    firmware: (firmware?.snapshot() ?? []).map((view) => {
      const { deviceId } = view;
      return firmwareOverview({ view, facts: factsOf(deviceId), desired: desiredOf(deviceId), history: history.of(deviceId) });
    }),
    pairing: pairing.view,
  };
}
