import { nack, silence, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceBench } from './testing/device-bench.ts';

const id = '24da-70bf92000001';

let bench: DeviceBench;
let headset: VirtualDevice;
beforeEach(() => {
  bench = new DeviceBench();
  headset = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bench.bus.plug(headset);
});
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

/** Level and second of each publication. */
const published = (): (readonly [number | null | undefined, number])[] =>
  bench.publications.map(({ document, at }) => [document?.battery?.level, at / 1000]);
const lowEvents = (): unknown[] => bench.eventsOf(id, 'battery.low').map(({ data }) => data);

describe('a battery’s level', () => {
  it('is published at once when it is first read, then at most once a minute, the newest of each', async () => {
    await bench.start();
    await bench.advance(10_000);
    for (const level of [79, 78, 77]) {
      headset.setBattery(level, false);
      await bench.advance(10_000);
    }
    expect(published()).toEqual([[80, 0]]);
    await bench.advance(20_000);
    expect(published()).toEqual([
      [80, 0],
      [77, 60],
    ]);
    headset.setBattery(76, false);
    await bench.advance(59_999);
    expect(published()).toHaveLength(2);
    await bench.advance(1);
    expect(published().at(-1)).toEqual([76, 120]);
    await bench.advance(300_000);
    headset.setBattery(75, false);
    await bench.advance(0);
    expect(published().at(-1)).toEqual([75, 420]);
  });

  it('that comes back to what was published is not published', async () => {
    await bench.start();
    headset.setBattery(79, false);
    await bench.advance(1000);
    headset.setBattery(80, false);
    await bench.advance(300_000);
    expect(published()).toHaveLength(1);
  });

  it('goes along at once when charging begins or ends', async () => {
    await bench.start();
    headset.setBattery(79, false);
    await bench.advance(1000);
    headset.setBattery(79, true);
    await bench.advance(1000);
    headset.setBattery(81, false);
    await bench.advance(1000);
    expect(bench.publications.map(({ document, at }) => [document?.battery, at])).toEqual([
      [{ level: 80, charging: false, low: false }, 0],
      [{ level: 79, charging: true, low: false }, 1000],
      [{ level: 81, charging: false, low: false }, 2000],
    ]);
  });

  it('that is unknown is null and not 0, and known at once when it becomes known for the first time', async () => {
    headset.setBattery(0, false);
    await bench.start();
    expect(bench.document(id).battery).toEqual({ level: null, charging: false, low: false });
    await bench.advance(10_000);
    headset.setBattery(50, false);
    await bench.advance(1000);
    headset.setBattery(0, false);
    await bench.advance(1000);
    headset.setBattery(51, false);
    await bench.advance(120_000);
    expect(published()).toEqual([
      [null, 0],
      [50, 10],
      [51, 70],
    ]);
    expect(lowEvents()).toEqual([]);
  });

  it('is published no more once the device is away, whatever waited', async () => {
    await bench.start();
    headset.setBattery(70, false);
    await bench.advance(1000);
    bench.bus.unplug(headset);
    await bench.advance(120_000);
    expect(published().map(([level]) => level)).toEqual([80, 80]);
    expect(bench.document(id).connection.status).toBe('disconnected');
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(bench.document(id).battery?.level).toBe(70);
  });
});

describe('a low battery', () => {
  it('is told once on the way down, with the document at once', async () => {
    await bench.start();
    headset.setBattery(21, false);
    await bench.advance(1000);
    expect(lowEvents()).toEqual([]);
    headset.setBattery(20, false);
    await bench.advance(1000);
    expect(lowEvents()).toEqual([{ level: 20 }]);
    expect(bench.document(id).battery).toEqual({ level: 20, charging: false, low: true });
    headset.setBattery(10, false);
    await bench.advance(120_000);
    expect(lowEvents()).toHaveLength(1);
    headset.setBattery(60, true);
    await bench.advance(1000);
    headset.setBattery(60, false);
    await bench.advance(1000);
    headset.setBattery(19, false);
    await bench.advance(1000);
    expect(lowEvents()).toEqual([{ level: 20 }, { level: 19 }]);
  });

  it('is told when a device is plugged in that says so itself', async () => {
    headset.setBattery(12, false);
    await bench.start();
    expect(bench.eventTypes(id)).toEqual(['device.connected', 'battery.low']);
  });

  it('is not told again at each connect, refresh and start while it stays low', async () => {
    headset.setBattery(12, false);
    await bench.start();
    await bench.manager.device(id)?.refresh();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    bench.bus.plug(headset);
    await bench.advance(1000);
    await bench.restart();
    expect(lowEvents()).toHaveLength(1);
  });

  it('is told where it went down while the device was away', async () => {
    await bench.start();
    bench.bus.unplug(headset);
    await bench.advance(1000);
    headset.setBattery(15, false);
    bench.bus.plug(headset);
    await bench.advance(1000);
    expect(lowEvents()).toEqual([{ level: 15 }]);
  });
});

describe('no battery', () => {
  it('is null for a device that has none', async () => {
    bench.bus.unplug(headset);
    const dongle = virtualDevice({ family: 'link-380', serial: '50C275000001' });
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.document('24c7-50c275000001').battery).toBeNull();
    await bench.advance(600_000);
    expect(bench.documentsOf('24c7-50c275000001')).toHaveLength(1);
  });

  it('is null for a device that refuses to tell', async () => {
    headset.behave({ name: 'refuses', onPacket: ({ command }) => (command === 0x12 ? nack(0xff) : undefined) });
    await bench.start();
    expect(bench.document(id).battery).toBeNull();
  });

  it('is not made of one that was silent this time', async () => {
    await bench.start();
    headset.behave({ name: 'silent', onPacket: ({ command }) => (command === 0x12 ? silence : undefined) });
    bench.bus.unplug(headset);
    await bench.advance(1000);
    bench.bus.plug(headset);
    await bench.advance(10_000);
    expect(bench.document(id)).toMatchObject({ connection: { status: 'connected' }, battery: { level: 80 } });
  });
});
