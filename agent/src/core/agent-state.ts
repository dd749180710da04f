import { eventSchema, type Policy } from '../contract/index.ts';
import type { Json, Log, Store, StoreDamage, StoreWrite } from '../ports/index.ts';
import { type CommandRecord, parseCommandRecord } from './commands.ts';
import { type DesiredRecord, type DeviceRecord, parseDesiredRecord, parseDeviceRecord } from './devices/record.ts';
import { type Identity, parseIdentity } from './enrolment/identity.ts';
import { type Pace, parsePace } from './firmware/pace.ts';
import { type FirmwareRecord, parseFirmwareRecord } from './firmware/record.ts';
import { type DeviceHistory, parseDeviceHistory } from './overview/history-record.ts';
import { type HeldRecord, parseHeldRecord } from './platform/held-messages.ts';
import { type LinkRecord, parseLinkRecord } from './platform/link-state.ts';
import type { StoredEvent } from './platform/outbox.ts';
import { parsePolicyRecord } from './policy-holder.ts';
import { isJsonObject } from './state/json-object.ts';
import { Section } from './state/section.ts';

/** Everything the agent keeps over restarts. */
export interface AgentState {
  readonly identity: Section<Identity>;
  readonly policy: Section<Policy>;
  readonly devices: Section<DeviceRecord>;
  readonly desired: Section<DesiredRecord>;
  readonly events: Section<StoredEvent>;
  readonly commands: Section<CommandRecord>;
  /** What came before the policy ruled. */
  readonly held: Section<HeldRecord>;
  readonly link: Section<LinkRecord>;
  readonly firmware: Section<FirmwareRecord>;
  /** How fast updates went, by transport. */
  readonly paces: Section<Pace>;
  /** What people at this PC are told of the devices' past. */
  readonly history: Section<DeviceHistory>;
  /** Devices whose retained document is still to be deleted at the broker. */
  readonly tombstones: Section<true>;
}

/** Events are kept without `sentAt` and schema; their own fields are checked as one that would be sent. */
export function parseStoredEvent(json: Json): StoredEvent | null {
  if (!isJsonObject(json)) return null;
  const parsed = eventSchema.safeParse({ ...json, schema: 'event/1', sentAt: '1970-01-01T00:00:00.000Z' });
  if (!parsed.success) return null;
  const { schema: _schema, sentAt: _sentAt, ...event } = parsed.data;
  return event;
}

export async function loadState(store: Store, log: Log): Promise<AgentState> {
  return {
    identity: await Section.load(store, 'identity', parseIdentity, log),
    policy: await Section.load(store, 'policy', parsePolicyRecord, log),
    devices: await Section.load(store, 'devices', parseDeviceRecord, log),
    desired: await Section.load(store, 'desired', parseDesiredRecord, log),
    events: await Section.load(store, 'events', parseStoredEvent, log),
    commands: await Section.load(store, 'commands', parseCommandRecord, log),
    held: await Section.load(store, 'held', parseHeldRecord, log),
    link: await Section.load(store, 'link', parseLinkRecord, log),
    firmware: await Section.load(store, 'firmware', parseFirmwareRecord, log),
    paces: await Section.load(store, 'paces', parsePace, log),
    history: await Section.load(store, 'history', parseDeviceHistory, log),
    tombstones: await Section.load(store, 'tombstones', () => true as const, log),
  };
}

/** Another client than before: nothing that belonged to the old name goes on. The link's memory of the broker does. */
export function clearForNewIdentity(state: AgentState): readonly StoreWrite[] {
  return [
    state.policy,
    state.devices,
    state.desired,
    state.events,
    state.commands,
    state.held,
    state.tombstones,
    state.firmware,
    state.history,
  ].flatMap((section) => section.clear());
}

/** As the platform is told of it: the sentence for the log has paths in it, and so perhaps the name of the person whose home they are in. */
export function damageReport({ lostRecords }: StoreDamage): string {
  if (lostRecords === 0) return 'The stored state was damaged. Nothing was lost.';
  return `The stored state was damaged. Records lost: ${lostRecords ?? 'unknown'}.`;
}

/** After a loss a device's record may be older than what was told of it: its document goes on above that, as one that was lost altogether does (contract 3). */
export function raiseRevisions({ devices }: AgentState, damage: readonly StoreDamage[], now: number): readonly StoreWrite[] {
  if (damage.every(({ lostRecords }) => lostRecords === 0)) return [];
  return [...devices.entries()].map(([deviceId, { document, applied }]) =>
    devices.put(deviceId, { document: { ...document, revision: Math.max(document.revision + 1, now) }, applied }),
  );
}
