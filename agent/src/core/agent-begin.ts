import type { StoreWrite } from '../ports/index.ts';
import type { AgentPorts, AgentSettings } from './agent-settings.ts';
import { type AgentState, clearForNewIdentity, damageReport, loadState, raiseRevisions } from './agent-state.ts';
import { enrol, type EnrolmentKind, type Identity } from './enrolment/identity.ts';
import type { EventDraft } from './platform/outbox.ts';

/** What an agent begins with. `writes` are to be committed before anything else. */
export interface Beginning {
  readonly state: AgentState;
  readonly kind: EnrolmentKind;
  readonly identity: Identity;
  readonly writes: readonly StoreWrite[];
}

/** Loads the state, and finds out who this client is. */
export async function beginning({ clock, log, store, entropy, host }: AgentPorts, settings: AgentSettings): Promise<Beginning> {
  const { organizationId, enrollmentToken } = settings;
  for (const damage of store.damage) log.error('the state was damaged', { ...damage });
  const state = await loadState(store, log);
  const { kind, identity, writes } = enrol(state.identity, { organizationId, enrollmentToken, machineId: await host.machineId() }, entropy);
  if (kind === 'cloned') log.warn('this state came from another machine: the client takes a new id');
  const cleared = kind === 'kept' ? [] : clearForNewIdentity(state);
  const raised = raiseRevisions(state, store.damage, clock.now());
  return { state, kind, identity, writes: [...cleared, ...raised, ...writes] };
}

export function startedEvent({ store }: Pick<AgentPorts, 'store'>, { clientVersion }: AgentSettings, loginSessionId: string): EventDraft {
  const damage = store.damage.map(damageReport);
  return { type: 'agent.started', data: { version: clientVersion, loginSessionId, ...(damage.length > 0 ? { damage } : {}) } };
}
