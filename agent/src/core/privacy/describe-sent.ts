import type { BodyOf, DeviceDocument, EventType, Presence } from '../../contract/index.ts';
import type { Json, SentHistory, SentRecord } from '../../ports/index.ts';
import { isJsonObject } from '../state/json-object.ts';
import type { AgentKind } from './outgoing.ts';

/** What a message tells of: devices, the policy's three groups, and the app itself. */
export type SentGroup = 'device' | 'computer' | 'userName' | 'location' | 'app';

/** One message for the people at the PC: what the company was told, and the text itself. */
export interface SentEntry extends SentRecord {
  readonly groups: readonly SentGroup[];
  /** One line, in English. */
  readonly summary: string;
}

export interface DescribedHistory extends Omit<SentHistory, 'records'> {
  /** Newest first. */
  readonly entries: readonly SentEntry[];
}

type Described = Pick<SentEntry, 'groups' | 'summary'>;
type Payload<K extends AgentKind> = BodyOf<K> & { readonly schema: string };

/** What was sent was a document of the contract. */
function payloadOf<K extends AgentKind>(_kind: K, { payload }: SentRecord): Payload<K> | null {
  if (payload === null || payload === '') return null;
  try {
    const parsed: Json = JSON.parse(payload);
    // It was encoded from a body of that kind; whoever may write into the file may do worse than confuse its reader.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return isJsonObject(parsed) ? (parsed as unknown as Payload<K>) : null;
  } catch {
    return null;
  }
}

const nameOf = ({ model }: Pick<DeviceDocument, 'model'>): string => model.name.replace(/^Jabra /, '');
const batteryOf = ({ battery }: Payload<'devices'>): string =>
  battery === null ? 'no battery' : `battery ${battery.level ?? 'unknown'} %${battery.charging ? ', charging' : ''}${battery.low ? ', low' : ''}`;
const connectionOf = ({ connection: { status, transport } }: Payload<'devices'>): string =>
  status === 'connected' ? `connected by ${transport === 'usb' ? 'USB' : transport}` : 'not connected any more';
function firmwareOf({ firmware: { version, status, targetVersion, progress } }: Payload<'devices'>): string {
  const target = targetVersion === null ? '' : ` to ${targetVersion}`;
  const state = status === 'unmanaged' || status === 'unknown' ? '' : `, ${status}${target}${progress === null ? '' : ` ${progress} %`}`;
  return `firmware ${version ?? 'unknown'}${state}`;
}
const settingsOf = ({ settings }: Payload<'devices'>): string => `${Object.keys(settings.values).length} settings, ${settings.state}`;

const parts = [
  ['connection', connectionOf],
  ['firmware', firmwareOf],
  ['battery', batteryOf],
  ['settings', settingsOf],
] as const;

/** All of it the first time, then what changed against the message before about the same device. */
function describeDevice(now: Payload<'devices'>, before: Payload<'devices'> | null): string {
  const changed = parts.filter(([name]) => before === null || JSON.stringify(now[name]) !== JSON.stringify(before[name]));
  const told = changed.map(([, words]) => words(now)).filter((words) => words !== 'no battery');
  return `${nameOf(now)}: ${told.length === 0 ? 'everything as before, told again' : told.join(', ')}`;
}

const presences: Readonly<Record<Presence['reason'], string>> = {
  connected: 'App started and connected',
  shutdown: 'App ended',
  'connection-lost': 'Connection lost',
  sleep: 'PC goes to sleep',
  revoked: 'This PC is not managed any more',
};

const events: Readonly<Record<EventType, string>> = {
  'device.connected': 'a device was connected',
  'device.disconnected': 'a device was disconnected',
  'settings.pending': 'settings wait',
  'settings.applied': 'settings were applied',
  'settings.failed': 'settings were refused',
  'settings.lock-enforced': 'a locked setting was put back',
  'firmware.started': 'a firmware update began',
  'firmware.updated': 'the firmware was updated',
  'firmware.failed': 'a firmware update failed',
  'firmware.postponed': 'a firmware update was postponed',
  'battery.low': 'a battery is low',
  'agent.started': 'the app started',
  'agent.stopped': 'the app ended',
  'contract.violation': 'a message of the platform could not be understood',
  'events.dropped': 'events were dropped',
};

function describeClient(body: Payload<'client'> | null): Described {
  const { userName, computer, location } = body?.metadata ?? {};
  const groups: SentGroup[] = [];
  if (computer !== undefined) groups.push('computer');
  if (userName !== undefined) groups.push('userName');
  if (location !== undefined) groups.push('location');
  if (groups.length === 0) return { groups: ['app'], summary: 'About the app: its version and when it started' };
  const words = { computer: `computer ${computer?.computerName}`, userName: `user name ${userName}`, location: 'location', device: '', app: '' };
  return { groups, summary: `About this PC: ${groups.map((group) => words[group]).join(', ')}` };
}

/** Reads records oldest first. */
class Describer {
  readonly #devices = new Map<string, Payload<'devices'>>();

  describe(record: SentRecord): Described {
    switch (record.kind) {
      case 'devices':
        return { groups: ['device'], summary: this.#device(record) };
      case 'client':
        return describeClient(payloadOf('client', record));
      case 'presence':
        return { groups: ['app'], summary: presences[payloadOf('presence', record)?.reason ?? 'connected'] };
      case 'events':
        return this.#event(payloadOf('events', record));
      case 'results': {
        const status = payloadOf('results', record)?.status ?? 'given';
        return { groups: ['app'], summary: `Answer to a command: ${status}` };
      }
      case 'connect':
        return { groups: ['app'], summary: record.acknowledged ? `Connected to ${record.to}` : `${record.to} did not accept the connection` };
      case 'diagnostics':
        return { groups: ['device', 'app'], summary: `Diagnostics file${record.note === null ? '' : `: ${record.note}`}` };
      case 'enrolment':
        return { groups: ['app'], summary: record.note ?? 'Enrolment' };
    }
  }

  #device(record: SentRecord): string {
    const topic = record.topic ?? '';
    const now = payloadOf('devices', record);
    const before = this.#devices.get(topic) ?? null;
    if (now === null) {
      this.#devices.delete(topic);
      return `${before ? nameOf(before) : 'A device'}: forgotten`;
    }
    this.#devices.set(topic, now);
    return describeDevice(now, before);
  }

  #event(event: Payload<'events'> | null): Described {
    if (event === null) return { groups: ['app'], summary: 'Event' };
    const deviceId = 'deviceId' in event ? event.deviceId : null;
    const device = [...this.#devices.values()].find((document) => document.deviceId === deviceId);
    const whose = device ? ` (${nameOf(device)})` : '';
    return { groups: [deviceId === null ? 'app' : 'device'], summary: `Event: ${events[event.type]}${whose}` };
  }
}

/** What cannot be described, since the file holds something else than what was sent, is shown all the same. */
function described(describer: Describer, record: SentRecord): SentEntry {
  try {
    return { ...record, ...describer.describe(record) };
  } catch {
    return { ...record, groups: ['app'], summary: record.kind };
  }
}

/** What was sent, with words for people. */
export function describeSent({ records, ...rest }: SentHistory): DescribedHistory {
  const describer = new Describer();
  return {
    ...rest,
    entries: records
      .toReversed()
      .map((record) => described(describer, record))
      .toReversed(),
  };
}
