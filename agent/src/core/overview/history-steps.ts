import type { Desired } from '../../contract/index.ts';
import type { EventDraft } from '../platform/outbox.ts';
import { type DeviceHistory, noHistory, type SettingSince } from './history-record.ts';

/** What an event leaves to be told of. */
export interface Happening {
  readonly event: EventDraft;
  /** Unix milliseconds. */
  readonly at: number;
  /** The desired document of the device, as it is now. */
  readonly desired: Desired | null;
  /** How far the device's last update came, percent. */
  readonly percent: number | null;
}

const keysOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((key): key is string => typeof key === 'string') : []);

const withTimes = (times: Readonly<Record<string, number>>, keys: readonly string[], at: number): Readonly<Record<string, number>> => ({
  ...times,
  ...Object.fromEntries(keys.map((key) => [key, at])),
});

/** Another word of the organisation: what it says as before it has said since then. */
function published(before: DeviceHistory, { settings, revision, source }: Desired, at: number): DeviceHistory {
  const since = Object.entries(settings).map(([key, { value, locked }]): [string, SettingSince] => {
    const known = before.since[key];
    return [key, known && known.value === value && known.locked === locked ? known : { at, value, locked }];
  });
  const stays = ([key]: readonly [string, number]): boolean => before.since[key]?.at === since.find(([other]) => other === key)?.[1].at;
  const kept = (times: Readonly<Record<string, number>>) => Object.fromEntries(Object.entries(times).filter(stays));
  return {
    ...before,
    applied: { revision, source },
    since: Object.fromEntries(since),
    enforced: kept(before.enforced),
    putBack: kept(before.putBack),
  };
}

/** The history after what happened; the same where it leaves nothing to tell. Pure. */
export function afterEvent(before: DeviceHistory, { event, at, desired, percent }: Happening): DeviceHistory {
  const { type, data } = event;
  switch (type) {
    case 'settings.applied':
    case 'settings.failed': {
      const isConnect = data['cause'] === 'connect';
      if (isConnect) {
        const written = keysOf(data['written']);
        return written.length === 0 ? before : { ...before, putBack: withTimes(before.putBack, written, at) };
      }
      return desired && desired.revision === data['revision'] ? published(before, desired, at) : before;
    }
    case 'settings.lock-enforced':
      return { ...before, enforced: withTimes(before.enforced, keysOf(data['keys']), at) };
    case 'firmware.started':
      return { ...before, updateStartedAt: at, lastTry: null, failure: null };
    case 'firmware.failed': {
      const { updateStartedAt: startedAt } = before;
      const version = typeof data['version'] === 'string' ? data['version'] : '';
      const lastTry = startedAt === null ? null : { startedAt, endedAt: at, version, stoppedAt: percent };
      return { ...before, updateStartedAt: null, lastTry, failure: { at, isKnown: false } };
    }
    case 'firmware.updated':
      return { ...before, updateStartedAt: null, lastTry: null, failure: null };
    case 'device.connected':
    case 'device.disconnected':
    case 'settings.pending':
    case 'firmware.postponed':
    case 'battery.low':
    case 'agent.started':
    case 'agent.stopped':
    case 'contract.violation':
    case 'events.dropped':
      return before;
  }
}

/** The platform has the event of a failure that was told at `at`. */
export function afterAcknowledgement(before: DeviceHistory, at: number): DeviceHistory {
  const { failure } = before;
  return failure && !failure.isKnown && at >= failure.at ? { ...before, failure: { ...failure, isKnown: true } } : before;
}

/** The desired document was forgotten: nobody but the user decides. */
export const afterForgotten = ({ updateStartedAt, lastTry, failure }: DeviceHistory): DeviceHistory => ({
  ...noHistory,
  updateStartedAt,
  lastTry,
  failure,
});
