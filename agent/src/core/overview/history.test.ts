import { describe, expect, it } from 'vitest';
import type { Desired } from '../../contract/index.ts';
import type { Json, StoreWrite } from '../../ports/index.ts';
import { parseDesiredRecord } from '../devices/record.ts';
import type { EventDraft, StoredEvent } from '../platform/outbox.ts';
import { openMemoryStore } from '../testing/memory-store.ts';
import { sectionOf } from '../testing/sections.ts';
import { History } from './history.ts';
import { noHistory, parseDeviceHistory } from './history-record.ts';

const deviceId = 'd1';
const source = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' } as const;

const desiredDocument = (revision: number, settings: Desired['settings']): Desired => ({
  schema: 'desired/1',
  sentAt: '2026-11-22T08:00:00.000Z',
  revision,
  source,
  settings,
  firmware: { management: 'unmanaged' },
});

const event = (type: Extract<EventDraft, { readonly deviceId: string }>['type'], data: Readonly<Record<string, Json>> = {}): EventDraft => ({
  type,
  deviceId,
  data,
});
const acknowledged = (at: string): StoredEvent => ({ id: '8cbd4eae-5a32-4f77-a3a7-1a4e3e6e8e11', at, type: 'firmware.failed', deviceId, data: {} });

async function opened() {
  const store = openMemoryStore();
  const section = await sectionOf('history', parseDeviceHistory, store);
  const desired = await sectionOf('desired', parseDesiredRecord, store);
  const time = { now: 1000, percent: null as number | null };
  const history = new History({ section, desired, devices: 'devices', now: () => time.now, percentOf: () => time.percent });
  return {
    time,
    history,
    desire: (document: Desired) => desired.put(deviceId, { document, waitsForLogin: null }),
    note: (events: readonly EventDraft[], writes: readonly StoreWrite[] = []) => store.commit(history.note(writes, events)),
    /** As the next start finds it. */
    kept: async () => (await sectionOf('history', parseDeviceHistory, store)).get(deviceId),
  };
}

describe('the history of a device', () => {
  it('knows since when a setting is wanted so, and forgets what is wanted no more', async () => {
    const { history, desire, note, time, kept } = await opened();
    desire(desiredDocument(1, { a: { value: 1, locked: true }, b: { value: 2, locked: false } }));
    await note([event('settings.applied', { cause: 'published', revision: 1, written: [] })]);
    time.now = 2000;
    await note([event('settings.lock-enforced', { keys: ['a'] }), event('settings.applied', { cause: 'connect', revision: 1, written: ['b'] })]);
    expect(history.of(deviceId)).toMatchObject({ enforced: { a: 2000 }, putBack: { b: 2000 } });
    time.now = 3000;
    desire(desiredDocument(2, { a: { value: 1, locked: true }, b: { value: 3, locked: false } }));
    await note([event('settings.failed', { cause: 'published', revision: 2, written: [], errors: [] })]);
    expect(history.of(deviceId)).toMatchObject({
      applied: { revision: 2, source },
      since: { a: { at: 1000 }, b: { at: 3000, value: 3 } },
      enforced: { a: 2000 },
      putBack: {},
    });
    expect(await kept()).toEqual(history.of(deviceId));
  });

  it('takes no word for another revision’s', async () => {
    const { history, desire, note } = await opened();
    desire(desiredDocument(2, { a: { value: 1, locked: true } }));
    await note([event('settings.applied', { cause: 'published', revision: 1, written: [] })]);
    expect(history.of(deviceId)).toEqual(noHistory);
  });

  it('ends with the document that it tells of, and with the device', async () => {
    const { history, desire, note, kept } = await opened();
    desire(desiredDocument(1, { a: { value: 1, locked: true } }));
    await note([
      event('settings.applied', { cause: 'published', revision: 1, written: [] }),
      event('firmware.started'),
      event('firmware.failed', {}),
    ]);
    await note([], [{ section: 'desired', key: deviceId, value: undefined }]);
    expect(history.of(deviceId)).toMatchObject({ applied: null, since: {}, failure: { isKnown: false } });
    await note([], [{ section: 'devices', key: deviceId, value: undefined }]);
    expect([history.of(deviceId), await kept()]).toEqual([noHistory, undefined]);
  });

  it('tells of a failed try when it was and how far it came, and of one that never began that it failed', async () => {
    const { history, note, time } = await opened();
    await note([event('firmware.failed', { version: '2.0.0', code: 'hash-mismatch' })]);
    expect(history.of(deviceId)).toMatchObject({ lastTry: null, failure: { at: 1000, isKnown: false } });
    await note([event('firmware.started', { version: '2.0.0' })]);
    expect(history.of(deviceId)).toMatchObject({ updateStartedAt: 1000, failure: null });
    Object.assign(time, { now: 5000, percent: 45 });
    await note([event('firmware.failed', { version: '2.0.0', code: 'device-error' })]);
    expect(history.of(deviceId).lastTry).toEqual({ startedAt: 1000, endedAt: 5000, version: '2.0.0', stoppedAt: 45 });
    await note([event('firmware.updated', { version: '2.0.0' })]);
    expect(history.of(deviceId)).toMatchObject({ lastTry: null, failure: null, updateStartedAt: null });
  });

  it('takes the acknowledgement of an earlier failure for no other', async () => {
    const { history, note, time } = await opened();
    time.now = Date.UTC(2026, 10, 22, 9);
    await note([event('firmware.failed', { version: '2.0.0', code: 'device-error' })]);
    history.acknowledged([acknowledged('2026-11-22T08:59:59.999Z')]);
    expect(history.of(deviceId).failure?.isKnown).toBe(false);
    history.acknowledged([acknowledged('2026-11-22T09:00:00.000Z')]);
    expect(history.of(deviceId).failure?.isKnown).toBe(true);
    expect(history.acknowledged([acknowledged('2026-11-22T09:00:00.000Z')])).toEqual([]);
  });

  it('is whole whatever a damaged or newer store holds, or none', () => {
    expect(parseDeviceHistory('nothing')).toBeNull();
    expect(parseDeviceHistory({})).toEqual(noHistory);
    const broken = {
      applied: { revision: 1, source: { kind: 'other', id: 'x', name: 'y' } },
      since: { a: { at: 'x' }, b: { at: 1, value: true, locked: true }, c: 5 },
      enforced: { a: 'x', b: 2 },
      putBack: [1],
      updateStartedAt: 'x',
      lastTry: { startedAt: 1 },
      failure: { isKnown: true },
    };
    expect(parseDeviceHistory(broken)).toEqual({
      ...noHistory,
      since: { b: { at: 1, value: true, locked: true } },
      enforced: { b: 2 },
      putBack: {},
    });
  });
});
