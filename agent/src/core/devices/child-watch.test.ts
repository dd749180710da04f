import { faults, nack, reply, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serial, silentAbout, version } from './testing/behaviours.ts';
import { DeviceBench } from './testing/device-bench.ts';

const dongleId = '24c7-50c275000001';
const headsetId = '24b3-70bf92000002';
const otherId = '24b3-70bf92000003';
const newHeadset = (family = 'evolve2-65', own = '70BF92000002'): VirtualDevice => virtualDevice({ family, serial: own });

let bench: DeviceBench;
let dongle: VirtualDevice;
let headset: VirtualDevice;
beforeEach(() => {
  bench = new DeviceBench();
  headset = newHeadset();
  dongle = virtualDevice({ family: 'link-380', serial: '50C275000001', child: headset });
});
afterEach(async () => {
  await bench.stop();
  expect(bench.violations).toEqual([]);
  expect(bench.log.errors).toEqual([]);
  expect(bench.clock.pendingTimers).toBe(0);
});

describe('a headset behind a dongle', () => {
  it('is a device of its own with the dongle as its parent', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
    expect(bench.document(headsetId)).toMatchObject({
      model: { productId: 0x24b3, dfuProductId: 0x24b3, family: 'evolve2-65', formFactor: 'headset' },
      electronicSerialNumber: '70BF92000002',
      connection: { status: 'connected', transport: 'dongle', parentDeviceId: dongleId },
      battery: { level: 80 },
    });
    expect(bench.document(dongleId)).toMatchObject({
      model: { formFactor: 'dongle' },
      connection: { transport: 'usb', parentDeviceId: null },
      battery: null,
      settings: { values: { autoPairing: true } },
    });
  });

  it('comes and goes without the dongle', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    dongle.detach();
    await bench.advance(1000);
    expect(bench.document(headsetId).connection).toMatchObject({ status: 'disconnected', transport: 'dongle', parentDeviceId: dongleId });
    dongle.attach(headset);
    await bench.advance(1000);
    expect(bench.eventTypes(headsetId)).toEqual(['device.connected', 'device.disconnected', 'device.connected']);
    expect(bench.eventTypes(dongleId)).toEqual(['device.connected']);
  });

  it('goes with the dongle and comes back with it', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    bench.bus.unplug(dongle);
    await bench.advance(1000);
    expect(bench.ids('disconnected')).toEqual([headsetId, dongleId]);
    bench.bus.plug(dongle);
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
  });

  it('is written to through the dongle, at its own address', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    await bench.desire(headsetId, 1, { sidetoneLevel: { value: 6, locked: true } });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(6);
    expect([headset.writes, dongle.writes]).toEqual([1, 0]);
  });

  it('is found by the look where the dongle doesn’t tell', async () => {
    let isReachable = false;
    headset.behave({ name: 'out of reach', onPacket: () => (isReachable ? undefined : nack(0xf4)) });
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.ids()).toEqual([dongleId]);
    isReachable = true;
    await bench.advance(59_999);
    expect(bench.ids()).toEqual([dongleId]);
    await bench.advance(1);
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
    isReachable = false;
    await bench.advance(60_000);
    expect(bench.ids('disconnected')).toEqual([headsetId]);
  });

  it('is another one when another of the same model takes its place', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    dongle.detach();
    dongle.attach(newHeadset('evolve2-65', '70BF92000003'));
    await bench.advance(1000);
    expect(bench.ids('connected')).toEqual([otherId, dongleId]);
    expect(bench.eventTypes(headsetId)).toEqual(['device.connected', 'device.disconnected']);
  });

  it('is another one also when nobody told of it', async () => {
    let current = '70BF92000002';
    headset.behave({
      name: 'swapped unheard',
      onPacket: ({ subcommand, command }) => {
        if (command !== 0x02 || subcommand !== serial[1]) return undefined;
        return reply(Uint8Array.from([current.length, ...new TextEncoder().encode(current)]));
      },
    });
    bench.bus.plug(dongle);
    await bench.start();
    current = '70BF92000003';
    await bench.advance(60_000);
    expect(bench.ids('connected')).toEqual([otherId, dongleId]);
    expect(bench.ids('disconnected')).toEqual([headsetId]);
  });

  it('of another model is that model, whatever was still to be asked of the one before', async () => {
    headset.behave(silentAbout(...version));
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.document(headsetId).firmware.version).toBeNull();
    dongle.detach();
    dongle.attach(newHeadset('evolve2-75', '70BF92000003'));
    await bench.advance(600_000);
    expect(bench.ids('connected')).toEqual(['24c7-50c275000001', '24da-70bf92000003']);
    expect(bench.document('24da-70bf92000003')).toMatchObject({ model: { family: 'evolve2-75' }, firmware: { version: '1.8.13' } });
    expect(bench.eventTypes('24da-70bf92000003')).toEqual(['device.connected']);
  });

  it('that leaves while it is asked who it is leaves no trace', async () => {
    let asked = 0;
    headset.behave({
      name: 'leaves',
      onPacket: ({ subcommand }) => {
        if (subcommand === 0x00) {
          asked += 1;
          dongle.detach();
        }
        return undefined;
      },
    });
    bench.bus.plug(dongle);
    await bench.start();
    await bench.advance(120_000);
    expect(asked).toBe(1);
    expect(bench.ids()).toEqual([dongleId]);
  });

  it('that leaves while settings are applied is no device that refused them', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    let isThere = true;
    headset.behave({
      name: 'leaves',
      onPacket: ({ command, subcommand }, context) => {
        if (command === 0x13 && subcommand === 0x01 && isThere) context.leave(null);
        isThere = headset.connected;
        return undefined;
      },
    });
    await bench.desire(headsetId, 1, {
      voiceGuidance: { value: 'off' },
      audioProtection: { value: 'g616' },
      sidetoneLevel: { value: 6 },
    });
    await bench.advance(5000);
    expect(bench.document(headsetId)).toMatchObject({
      connection: { status: 'disconnected' },
      settings: { state: 'pending-device', desiredRevision: 1, appliedRevision: null, errors: [] },
    });
    expect(bench.eventsOf(headsetId, 'settings.failed')).toEqual([]);
  });

  it('that gets out of reach while it is asked who it is, or worked on, is neither a headset without a name nor one that refuses', async () => {
    let isReachable = true;
    let lostAt = 0x00;
    headset.behave({
      name: 'out of reach',
      onPacket: ({ command, subcommand }) => {
        if (command === (lostAt === 0x00 ? 0x02 : 0x13) && subcommand === lostAt) isReachable = false;
        return isReachable ? undefined : nack(0xf4);
      },
    });
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.ids()).toEqual([dongleId]);
    lostAt = 0x01;
    isReachable = true;
    await bench.advance(60_000);
    expect(bench.ids()).toEqual([dongleId]);
    lostAt = -1;
    isReachable = true;
    await bench.advance(60_000);
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
    lostAt = 0x01;
    await bench.desire(headsetId, 1, { voiceGuidance: { value: 'off' }, audioProtection: { value: 'g616' }, sidetoneLevel: { value: 6 } });
    expect(bench.document(headsetId).settings).toMatchObject({ appliedRevision: null, errors: [] });
    await bench.advance(60_000);
    expect(bench.document(headsetId)).toMatchObject({
      connection: { status: 'disconnected' },
      settings: { state: 'pending-device', desiredRevision: 1, appliedRevision: null, errors: [] },
    });
    lostAt = -1;
    isReachable = true;
    await bench.advance(60_000);
    expect(bench.document(headsetId).settings).toMatchObject({ state: 'in-sync', appliedRevision: 1 });
    expect(bench.eventsOf(headsetId, 'settings.failed')).toEqual([]);
  });

  it('that lost its power behind the dongle gets back what it must hold', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    await bench.desire(headsetId, 1, { sidetoneLevel: { value: 6 } });
    headset.powerCut();
    await bench.advance(1000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(6);
    expect(bench.eventsOf(headsetId, 'settings.applied').map(({ data }) => data['cause'])).toEqual(['published', 'connect']);
  });

  it('that lost its power and was back before the dongle could be asked does so as well', async () => {
    bench.bus.plug(dongle);
    await bench.start();
    await bench.desire(headsetId, 1, { sidetoneLevel: { value: 6 } });
    headset.state.settings.set('sidetoneLevel', 0);
    dongle.detach();
    dongle.attach(headset);
    await bench.advance(1000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(6);
  });

  it('comes late where it is silent at first, once and with its own id', async () => {
    headset.behave(faults.timeout(12));
    bench.bus.plug(dongle);
    await bench.start();
    await bench.advance(120_000);
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
    expect(bench.ids('disconnected')).toEqual([]);
  });
});

describe('a dongle', () => {
  it('that doesn’t say what is behind it stays what it is, and is asked again', async () => {
    let refuses = true;
    headset.behave({ name: 'refuses', onPacket: ({ subcommand }) => (refuses && subcommand === 0x13 ? nack(0xf0) : undefined) });
    bench.bus.plug(dongle);
    await bench.start();
    expect(bench.ids()).toEqual([dongleId]);
    refuses = false;
    await bench.advance(60_000);
    expect(bench.ids('connected')).toEqual([headsetId, dongleId]);
    expect(bench.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('is asked about its child once a minute and no more', async () => {
    dongle.detach();
    bench.bus.plug(dongle);
    await bench.start();
    const before = dongle.received.length;
    await bench.advance(600_000);
    expect(dongle.received).toHaveLength(before + 10);
  });
});
