import type { LocalState } from '@jpd/agent/local';
import type { AgentState, PolicyView, StatusView } from '../../bridge/index.ts';

/** Where no agent says anything: nothing is claimed. */
function unknownStatus(process: AgentState): StatusView {
  const isUnusable = process.state === 'stopped' && process.code === 'configuration';
  return {
    organisation: null,
    client: null,
    connection: isUnusable ? 'not-set-up' : 'not-connected',
    host: null,
    isEncrypted: false,
    lastContactAt: null,
    nextTryAt: null,
    revokedAt: null,
    queued: 0,
    usage: null,
    rivals: [],
  };
}

export function statusView(process: AgentState, local: LocalState | null): StatusView {
  if (!local) return unknownStatus(process);
  const { organizationId, organizationName, clientName, status } = local;
  const { connection, host, isEncrypted, lastContactAt, nextTryAt, revokedAt, queued, usage, rivals } = status;
  return {
    organisation: connection === 'not-set-up' ? null : (organizationName ?? organizationId),
    client: clientName,
    connection,
    host: host === '' ? null : host,
    isEncrypted,
    lastContactAt,
    nextTryAt,
    revokedAt,
    queued,
    usage,
    // Nobody looked: none is shown.
    rivals: rivals ?? [],
  };
}

/** The rules before any policy (contract 4), as far as a person sees them. */
const noPolicy: PolicyView = {
  endUserSettings: 'allowed',
  allowQuit: true,
  metadata: { userName: false, computer: false, location: false },
  updateWindow: null,
};

export function policyView(local: LocalState | null): PolicyView {
  if (!local) return noPolicy;
  const { endUserSettings, allowQuit, metadata, updateWindow } = local.policy;
  return { endUserSettings, allowQuit, metadata, updateWindow };
}
