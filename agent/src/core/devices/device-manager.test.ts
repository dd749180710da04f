import { type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentAbout, version } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';

const id = '24da-70bf92000001';
const dayMs = 86_400_000;

let bench: DeviceBench;
let headset: VirtualDevice;
beforeEach(() => {
  bench = new DeviceBench();
  headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
});
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

const tombstones = (): string[] => bench.publications.flatMap(({ deviceId, document }) => (document ? [] : [deviceId]));

describe('a desired document for a device that was never here', () => {
  it('is kept over restarts and applied when the device comes', async () => {
    await bench.start();
    await bench.desire(id, 4, { sidetoneLevel: { value: 3, locked: true } });
    expect(bench.publications).toEqual([]);
    await bench.restart();
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', desiredRevision: 4, appliedRevision: 4, locked: ['sidetoneLevel'] });
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'settings.applied']);
  });

  it('waits for its login also then', async () => {
    await bench.start();
    await bench.desire(id, 4, { sidetoneLevel: { value: 3 } }, { waitsForLogin: 'login-1' });
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'pending-login', desiredRevision: 4, appliedRevision: null });
    expect(headset.writes).toBe(0);
  });

  it('is one of at most 500, of which the oldest go; those of known devices do not count', async () => {
    bench.bus.plug(headset);
    await bench.start();
    await bench.desire(id, 0, { sidetoneLevel: { value: 3 } });
    const other = (number: number): string => `24da-${number.toString().padStart(4, '0')}`;
    for (let number = 1; number <= 503; number += 1) await bench.desire(other(number), number, {});
    const kept = bench.disk.contents.section('desired');
    expect(kept.size).toBe(501);
    expect(kept.has(id)).toBe(true);
    expect([1, 2, 3, 4].map((number) => kept.has(other(number)))).toEqual([false, false, false, true]);
    // Whatever its revision, the one that came last is kept.
    await bench.desire(other(900), 1, {});
    expect(bench.disk.contents.section('desired').has(other(900))).toBe(true);
    expect(bench.disk.contents.section('desired').size).toBe(501);
  });

  it('is forgotten when it is deleted', async () => {
    await bench.start();
    await bench.desire(id, 4, { sidetoneLevel: { value: 3 } });
    await bench.clock.complete(bench.manager.desiredForgotten(id));
    await bench.clock.complete(bench.manager.desiredForgotten(id));
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', desiredRevision: null });
  });
});

describe('a device that is away', () => {
  beforeEach(async () => {
    bench.bus.plug(headset);
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3 } });
    bench.bus.unplug(headset);
    await bench.advance(1000);
  });

  it('stays as disconnected for 90 days and is forgotten then, by an agent that runs', async () => {
    await bench.advance(90 * dayMs - 1000);
    expect(bench.ids('disconnected')).toEqual([id]);
    await bench.advance(dayMs + 1000);
    expect(bench.ids()).toEqual([]);
    expect(tombstones()).toEqual([id]);
    expect([...bench.disk.contents.section('devices').keys()]).toEqual([]);
  });

  it('is forgotten by one that starts later', async () => {
    await bench.stop();
    await bench.advance(90 * dayMs + 1000);
    await bench.start();
    expect(bench.ids()).toEqual([]);
    expect(tombstones()).toEqual([id]);
  });

  it('gets what was desired of it should it come back after all', async () => {
    headset.powerCut();
    await bench.advance(91 * dayMs);
    expect(bench.ids()).toEqual([]);
    const before = bench.documentsOf(id).at(-1)?.revision ?? 0;
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).settings).toMatchObject({ state: 'in-sync', appliedRevision: 1, values: { sidetoneLevel: 3 } });
    expect(bench.document(id).revision).toBeGreaterThan(before);
  });

  it('is not forgotten while it comes now and then', async () => {
    for (let month = 0; month < 4; month += 1) {
      await bench.advance(60 * dayMs);
      bench.bus.plug(headset);
      await bench.advance(1000);
      bench.bus.unplug(headset);
      await bench.advance(1000);
    }
    expect(bench.ids()).toEqual([id]);
    expect(tombstones()).toEqual([]);
  });

  it('has settings that wait for it', async () => {
    await bench.desire(id, 2, { sidetoneLevel: { value: 6 } });
    expect(bench.document(id).settings).toMatchObject({ state: 'pending-device', desiredRevision: 2, appliedRevision: 1 });
    expect(bench.eventsOf(id, 'settings.pending').map(({ data }) => data)).toEqual([{ revision: 2, reason: 'device' }]);
  });
});

describe('a device that is connected', () => {
  it('is never forgotten by itself', async () => {
    bench.bus.plug(headset);
    await bench.start();
    await bench.advance(100 * dayMs);
    expect(bench.ids('connected')).toEqual([id]);
  });

  it('is forgotten on command with what was desired of it, and comes back at its next connect', async () => {
    headset.behave(silentAbout(...version));
    bench.bus.plug(headset);
    await bench.start();
    await bench.desire(id, 1, { sidetoneLevel: { value: 3, locked: true } });
    expect(await bench.clock.complete(bench.manager.forget(id))).toBe(true);
    expect(tombstones()).toEqual([id]);
    // Neither what it announces nor what is still to be asked of it brings it back.
    headset.setLocally('sidetoneLevel', -6);
    await bench.advance(600_000);
    expect(bench.ids()).toEqual([]);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    bench.bus.unplug(headset);
    await bench.advance(1000);
    bench.bus.plug(headset);
    await bench.advance(5000);
    expect(bench.ids('connected')).toEqual([id]);
    expect(bench.document(id).settings).toMatchObject({ desiredRevision: null, appliedRevision: null, values: { sidetoneLevel: -6 } });
  });

  it('is not forgotten by a command that names another, whose document goes all the same', async () => {
    bench.bus.plug(headset);
    await bench.start();
    await bench.desire('24da-0001', 1, { sidetoneLevel: { value: 3 } });
    expect(await bench.clock.complete(bench.manager.forget('24da-0001'))).toBe(false);
    expect(bench.ids()).toEqual([id]);
    expect(tombstones()).toEqual([]);
    expect([...bench.disk.contents.section('desired').keys()]).toEqual([]);
  });

  it('that comes back while it is being forgotten is there', async () => {
    bench.bus.plug(headset);
    await bench.start();
    bench.diskIsStuck = true;
    const forgotten = bench.manager.forget(id);
    bench.bus.unplug(headset);
    bench.bus.plug(headset);
    await bench.advance(1000);
    bench.releaseDisk();
    await bench.clock.complete(forgotten);
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([id]);
    expect(bench.publications.at(-1)?.document).toEqual(bench.document(id));
    expect([...bench.disk.contents.section('devices').keys()]).toEqual([id]);
    // It was connected to the end as far as anybody was told.
    bench.violations.length = 0;
  });
});

describe('released documents', () => {
  it('are those that wait for another login than this one, or all', async () => {
    await bench.start();
    const ids = ['24da-0001', '24da-0002', '24da-0003'];
    await bench.desire('24da-0001', 1, {}, { waitsForLogin: 'login-1' });
    await bench.desire('24da-0002', 1, {}, { waitsForLogin: 'login-2' });
    await bench.desire('24da-0003', 1, {});
    const waiting = (): (string | null)[] =>
      ids.map((key) => (bench.disk.contents.section('desired').get(key) as { waitsForLogin: string | null }).waitsForLogin);
    await bench.clock.complete(bench.manager.release('login-2'));
    expect(waiting()).toEqual([null, 'login-2', null]);
    await bench.clock.complete(bench.manager.release(null));
    expect(waiting()).toEqual([null, null, null]);
  });
});
