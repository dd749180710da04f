import type { DeviceDocument } from '../../contract/index.ts';
import type { Json, Log, StateExamination } from '../../ports/index.ts';
import { type AgentState, loadState } from '../agent-state.ts';
import type { DesiredRecord, DeviceRecord } from '../devices/record.ts';

/** The state for a reader: numbers and revisions. Neither the hash of the enrolment token nor that of the machine's id is in it. */
export interface StateSummary {
  readonly problem: string | null;
  readonly records: Readonly<Record<string, number>>;
  readonly client: Json;
  readonly policy: Json;
  readonly devices: readonly Json[];
  readonly desired: readonly Json[];
  readonly events: Json;
  readonly link: Json;
}

function clientOf({ identity }: AgentState): Json {
  const held = identity.get('identity');
  if (!held) return null;
  const { organizationId, clientId, enrolment, revoked } = held;
  return { organizationId, clientId, enrolled: enrolment !== null, revoked };
}

function policyOf({ policy }: AgentState): Json {
  const held = policy.get('current');
  if (!held) return null;
  const { revision, sentAt, metadata, applySettings, endUserSettings, postponeLimit, logLevel, revoked } = held;
  return { revision, sentAt, metadata: { ...metadata }, applySettings, endUserSettings, postponeLimit, logLevel, revoked };
}

const deviceOf = ([deviceId, { document, applied }]: readonly [string, DeviceRecord]): Json => ({
  deviceId,
  revision: document.revision,
  appliedRevision: applied?.revision ?? null,
});

function desiredOf([deviceId, { document, waitsForLogin }]: readonly [string, DesiredRecord]): Json {
  const { revision, source, settings, firmware } = document;
  const locked = Object.values(settings).filter((setting) => setting.locked).length;
  const waits = waitsForLogin !== null;
  return { deviceId, revision, source: source.kind, settings: Object.keys(settings).length, locked, firmware: firmware.management, waits };
}

function eventsOf({ events }: AgentState): Json {
  const waiting = [...events.entries()].map(([, event]) => event);
  const types: Record<string, number> = {};
  for (const { type } of waiting) types[type] = (types[type] ?? 0) + 1;
  return { waiting: waiting.length, oldestAt: waiting[0]?.at ?? null, types };
}

function linkOf({ link }: AgentState): Json {
  const { failures = null, notBefore = null } = link.get('reconnect') ?? {};
  const { until = null } = link.get('version') ?? {};
  return { failures, nextAttemptNotBefore: notBefore, mqtt311Until: until };
}

export async function summariseState(
  examination: StateExamination,
  log: Log,
): Promise<{ readonly summary: StateSummary; readonly documents: readonly DeviceDocument[] }> {
  const state = await loadState(examination.store, log);
  const summary: StateSummary = {
    problem: examination.problem,
    records: Object.fromEntries(examination.counts),
    client: clientOf(state),
    policy: policyOf(state),
    devices: [...state.devices.entries()].map(deviceOf),
    desired: [...state.desired.entries()].map(desiredOf),
    events: eventsOf(state),
    link: linkOf(state),
  };
  return { summary, documents: [...state.devices.entries()].map(([, { document }]) => document) };
}
