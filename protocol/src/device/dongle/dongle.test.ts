import { describe, expect, test } from 'vitest';
import { CancelSource } from '../../session/index.ts';
import { eventFrom } from '../../session/testing/scripted-channel.ts';
import { ack, type Behaviour, faults, nack, radioTiming, reply, silence } from '../../virtual/index.ts';
import type { ConnectionEvent } from './link.ts';
import { dongleBench } from './testing/dongle-bench.ts';

const first = '70:BF:92:00:00:01';
const second = '70:BF:92:00:00:02';
const third = '70:BF:92:00:00:03';
const unknown = '02:00:00:00:00:99';

const noList: Behaviour = { name: 'no list', onPacket: ({ subcommand, type }) => (type === 1 && subcommand === 0x28 ? nack(0xff) : undefined) };
/** Its list ends behind the first place, with a refusal. */
const brokenList: Behaviour = {
  name: 'list breaks off',
  onPacket: ({ subcommand, type, payload }, context) => {
    if (type !== 1 || subcommand !== 0x28) return undefined;
    const answer = context.next();
    return payload[1] !== 0 || answer.kind !== 'reply' ? nack(0xf0) : reply(answer.payload.with(0, 0).with(1, 1));
  },
};
/** Acknowledges a write and does nothing. */
const lying = (write: number): Behaviour => ({
  name: 'lies',
  onPacket: ({ subcommand, type }) => (type === 2 && subcommand === write ? ack : undefined),
});

describe('pairing', () => {
  test('connects to a headset that was found, and the dongle remembers it', async () => {
    const { clock, dongle, device, bring, exchange } = await dongleBench();
    const headset = bring(first, { discoverable: true });
    await clock.complete(dongle.pair(first));
    expect(clock.monotonic()).toBe(radioTiming.pairMs);
    expect([device.child, headset.connected]).toEqual([headset, true]);
    expect((await clock.complete(dongle.pairedList())).headsets).toEqual([{ index: 0, address: first, name: 'Jabra Evolve2 65', connected: true }]);
    expect(await exchange('05 04 00 09 46 12 02')).toEqual(['05 00 04 09 C8 12 02 00 50']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is asked for byte for byte as the tool does', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    await clock.complete(dongle.pair(first));
    await clock.complete(dongle.disconnect(first));
    await clock.complete(dongle.connect(first));
    const sent = device.received.filter(({ packet }) => packet?.type === 2).map(({ report }) => [...report.subarray(4, 15)]);
    const address = [0x70, 0xbf, 0x92, 0, 0, 1, 0];
    expect(sent).toEqual([
      [0x8d, 0x0d, 0x30, 0x04, ...address],
      [0x8d, 0x0d, 0x25, 0x00, ...address],
      [0x8d, 0x0d, 0x24, 0x00, ...address],
    ]);
  });

  test('takes the place of the headset that is connected', async () => {
    const { clock, dongle, device, attach, bring } = await dongleBench();
    const before = attach(first);
    const after = bring(second, { discoverable: true });
    await clock.settle();
    const told: ConnectionEvent[] = [];
    dongle.onConnection((event) => told.push(event));
    await clock.complete(dongle.pair(second));
    expect([before.connected, device.child]).toEqual([false, after]);
    expect(told).toEqual([
      { address: first, connected: false },
      { address: second, connected: true },
    ]);
  });

  test.each([
    ['is not in pairing mode', { discoverable: false }],
    ['is not there at all', null],
  ])('times out where the headset %s', async (_, air) => {
    const { clock, dongle, bring } = await dongleBench();
    if (air) bring(first, air);
    await expect(clock.complete(dongle.pair(first))).rejects.toMatchObject({ code: 'timeout' });
    expect([clock.monotonic(), clock.pendingTimers]).toEqual([30_000, 0]);
  });

  test('times out where the headset leaves in the middle', async () => {
    const { clock, dongle, bring, radio } = await dongleBench();
    const headset = bring(first, { discoverable: true });
    const pairing = dongle.pair(first);
    await clock.advance(1000);
    radio.take(headset);
    await expect(clock.complete(pairing)).rejects.toMatchObject({ code: 'timeout' });
    expect((await clock.complete(dongle.pairedList())).headsets).toEqual([]);
  });

  test('is refused with the dongle’s reason', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    device.behave(faults.nack(1, 0xff));
    await expect(clock.complete(dongle.pair(first))).rejects.toMatchObject({ code: 'rejected', reason: 'unknown-subcommand' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('can be given up, which the next request doesn’t wait for', async () => {
    const { clock, dongle } = await dongleBench();
    const cancel = new CancelSource();
    const pairing = dongle.pair(unknown, { signal: cancel });
    await clock.advance(100);
    cancel.cancel();
    await expect(pairing).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.pendingTimers).toBe(0);
    await clock.complete(dongle.disconnect(unknown));
    expect(clock.monotonic()).toBe(100);
  });

  test('ends with the dongle', async () => {
    const { clock, dongle, bus, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    const pairing = dongle.pair(first);
    await clock.advance(1000);
    bus.unplug(device);
    await expect(pairing).rejects.toMatchObject({ code: 'disconnected' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('needs an address that is one', async () => {
    const { dongle } = await dongleBench();
    for (const act of [() => dongle.pair('x'), () => dongle.connect('x'), () => dongle.disconnect('x'), () => dongle.remove('x')])
      await expect(act()).rejects.toBeInstanceOf(RangeError);
  });

  test('works beside a search', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    const headset = bring(first, { discoverable: true });
    const search = dongle.search();
    await clock.advance(1000);
    await clock.complete(dongle.pair(first));
    expect(device.child).toBe(headset);
    expect((await clock.complete(search)).headsets).toMatchObject([{ address: first }]);
  });
});

describe('how a connection is known', () => {
  test('without its event, from the list', async () => {
    const { clock, dongle, device, bring } = await dongleBench({}, (report) => report[5] === 0x0d && report[6] === 0x26);
    const headset = bring(first, { discoverable: true });
    await clock.complete(dongle.pair(first));
    expect(device.child).toBe(headset);
    await clock.complete(dongle.disconnect(first));
    expect(device.child).toBeNull();
    // Never later than the next look at the list.
    expect(clock.monotonic()).toBeLessThanOrEqual(radioTiming.pairMs + radioTiming.disconnectMs + 2000);
  });

  test('without a list, from its event', async () => {
    const { clock, dongle, device, bring } = await dongleBench({
      behaviours: [noList],
    });
    const headset = bring(first, { discoverable: true });
    await clock.complete(dongle.pair(first));
    expect(device.child).toBe(headset);
    await clock.complete(dongle.disconnect(first));
    expect(device.child).toBeNull();
    await clock.complete(dongle.connect(first));
    expect(device.child).toBe(headset);
  });

  test('at once, when the dongle tells it', async () => {
    const { clock, dongle, attach } = await dongleBench();
    attach(first);
    await clock.complete(dongle.disconnect(first));
    expect(clock.monotonic()).toBe(radioTiming.disconnectMs);
  });

  test('not from what somebody else than the dongle says', async () => {
    const { clock, dongle, inject } = await dongleBench({ behaviours: [noList] });
    const pairing = dongle.pair(first);
    await clock.advance(10);
    inject(eventFrom(4, 0x0d, 0x26, [1, 0x70, 0xbf, 0x92, 0, 0, 1, 0, 0, 4, 0]));
    await expect(clock.complete(pairing)).rejects.toMatchObject({ code: 'timeout' });
  });

  test('not from a list that broke off before the headset came', async () => {
    const { clock, dongle, device, attach, radio, writes } = await dongleBench({ behaviours: [brokenList] });
    attach(second);
    radio.detach();
    const headset = attach(first);
    const disconnecting = dongle.disconnect(first);
    await clock.complete(disconnecting);
    expect([writes(), headset.connected, device.child]).toEqual([['0D/25'], false, null]);
    attach(first);
    device.behave(lying(0x2a));
    await expect(clock.complete(dongle.remove(first))).rejects.toMatchObject({ code: 'timeout' });
    device.behave({ ...lying(0x04), name: 'an empty place, and nothing behind it' });
    radio.pairings.remove(radio.known[0] ?? headset);
    await expect(clock.complete(dongle.clear())).rejects.toMatchObject({ code: 'timeout' });
  });

  test.each([
    [0x04, true],
    [0x01, false],
    [0x00, null],
    [0x05, null],
  ])('to a listener: a state of %i says %s', async (byte, connected) => {
    const { dongle, inject } = await dongleBench();
    const told: ConnectionEvent[] = [];
    dongle.onConnection((event) => told.push(event));
    inject(eventFrom(1, 0x0d, 0x26, [1, 0x70, 0xbf, 0x92, 0, 0, 1, 0, 0, byte, 0]));
    inject(eventFrom(1, 0x0d, 0x26, [1, 0x70]));
    inject(eventFrom(4, 0x0d, 0x26, [1, 0x70]));
    expect(told).toEqual([
      { address: first, connected },
      { address: null, connected: null },
    ]);
  });

  test('not from an event that the list contradicts', async () => {
    const { clock, dongle, inject, attach } = await dongleBench();
    attach(second);
    const state = (number: number, byte: number): Uint8Array => eventFrom(1, 0x0d, 0x26, [1, 0x70, 0xbf, 0x92, 0, 0, number, 0, 0, byte, 0]);
    const pairing = dongle.pair(first);
    await clock.advance(10);
    inject(state(1, 4));
    await expect(clock.complete(pairing)).rejects.toMatchObject({ code: 'timeout' });
    const disconnecting = dongle.disconnect(second);
    await clock.advance(10);
    inject(state(2, 1));
    await clock.complete(disconnecting);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(30_000 + radioTiming.disconnectMs);
  });

  test('not from an event that says nothing, or that another headset left', async () => {
    const { clock, dongle, device, attach, bring, radio } = await dongleBench();
    attach(second);
    bring(first, { discoverable: true });
    device.behave({ name: 'deaf', onPacket: ({ subcommand, type }) => (type === 2 && subcommand === 0x30 ? silence : undefined) });
    const pairing = dongle.pair(first, { timing: { attempts: 30 } });
    await clock.advance(100);
    radio.detach();
    await expect(clock.complete(pairing)).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('a paired headset', () => {
  const paired = async () => {
    const on = await dongleBench();
    const [one, two] = [on.attach(first), (on.radio.detach(), on.attach(second, 'evolve2-75'))];
    on.radio.bring(one);
    return { ...on, one, two };
  };

  test('is connected to after the one that is connected was disconnected', async () => {
    const { clock, dongle, device, one, two, writes } = await paired();
    await clock.complete(dongle.connect(first));
    expect([device.child, two.connected]).toEqual([one, false]);
    expect(writes()).toEqual(['0D/25', '0D/24']);
    await clock.complete(dongle.connect(first));
    expect(writes()).toEqual(['0D/25', '0D/24']);
  });

  test('is disconnected once', async () => {
    const { clock, dongle, device, writes } = await paired();
    await clock.complete(dongle.disconnect(second));
    await clock.complete(dongle.disconnect(second));
    expect(device.child).toBeNull();
    expect(writes()).toEqual(['0D/25']);
    expect((await clock.complete(dongle.pairedList())).headsets.map(({ connected }) => connected)).toEqual([false, false]);
  });

  test('is not reached where it is out of range', async () => {
    const { clock, dongle, radio, one, writes } = await paired();
    radio.detach();
    radio.take(one);
    await expect(clock.complete(dongle.connect(first))).rejects.toMatchObject({ code: 'timeout' });
    expect(writes()).toEqual(['0D/24']);
  });

  test('is not reached where it leaves in the middle', async () => {
    const { clock, dongle, radio, one } = await paired();
    radio.detach();
    const connecting = dongle.connect(first);
    await clock.advance(500);
    radio.take(one);
    await expect(clock.complete(connecting)).rejects.toMatchObject({ code: 'timeout' });
    radio.bring(one);
    await clock.complete(dongle.connect(first));
    expect(one.connected).toBe(true);
  });

  test('is the only one that can be connected to', async () => {
    const { clock, dongle, radio } = await paired();
    radio.detach();
    await expect(clock.complete(dongle.connect(unknown))).rejects.toMatchObject({ code: 'rejected', reason: 'no-child' });
  });

  test('is forgotten, disconnected before', async () => {
    const { clock, dongle, device, writes } = await paired();
    expect(await clock.complete(dongle.remove(second))).toBe(true);
    expect(writes()).toEqual(['0D/25', '0D/2A']);
    expect([device.child, device.paired.length]).toEqual([null, 1]);
    expect(await clock.complete(dongle.remove(second))).toBe(false);
    expect(writes()).toEqual(['0D/25', '0D/2A']);
  });

  test('is forgotten alone where the acknowledgement was lost', async () => {
    const { clock, dongle, device, writes } = await paired();
    device.behave({
      name: 'acknowledgement of the removal lost',
      onPacket: ({ subcommand, type }, context) => {
        if (type !== 2 || subcommand !== 0x2a) return undefined;
        context.next();
        return silence;
      },
    });
    expect(await clock.complete(dongle.remove(first))).toBe(true);
    expect(writes()).toEqual(['0D/2A']);
    expect(device.paired.map(({ serial }) => serial)).toEqual(['70BF92000002']);
  });

  test('is forgotten alone where the list changes before the removal', async () => {
    const { clock, dongle, device, radio } = await paired();
    const newcomer = radio.known[0];
    let reads = 0;
    device.behave({
      name: 'another headset takes the place',
      onPacket: ({ subcommand, type }) => {
        // The list is two reads; the third looks whether the place is still the headset's.
        if (type === 1 && subcommand === 0x28 && (reads += 1) === 3 && newcomer) {
          radio.pairings.clear();
          radio.pairings.use(radio.known[1] ?? newcomer);
          radio.pairings.use(newcomer);
        }
        return undefined;
      },
    });
    expect(await clock.complete(dongle.remove(first))).toBe(true);
    expect(device.paired.map(({ serial }) => serial)).toEqual(['70BF92000002']);
  });

  test('stays where the dongle refuses to forget it', async () => {
    const { clock, dongle, device } = await paired();
    device.behave({ name: 'keeps', onPacket: ({ subcommand, type }) => (type === 2 && subcommand === 0x2a ? nack(0xf0) : undefined) });
    await expect(clock.complete(dongle.remove(first))).rejects.toMatchObject({ code: 'rejected' });
    expect(device.paired.length).toBe(2);
  });

  test('stays where the dongle says that it forgot, and doesn’t', async () => {
    const { clock, dongle, device, writes } = await paired();
    device.behave({
      name: 'lies',
      onPacket: ({ subcommand, type }) => (type === 2 && subcommand === 0x2a ? { kind: 'ack' } : undefined),
    });
    await expect(clock.complete(dongle.remove(first))).rejects.toMatchObject({ code: 'timeout' });
    expect(writes()).toEqual(['0D/2A', '0D/2A', '0D/2A']);
    expect(device.paired.length).toBe(2);
  });

  test('is forgotten with all the others, and the connected one is gone', async () => {
    const { clock, dongle, device } = await paired();
    await clock.complete(dongle.clear());
    expect(device.paired).toEqual([]);
    await clock.advance(radioTiming.disconnectMs);
    expect(device.child).toBeNull();
    expect(await clock.complete(dongle.pairedList())).toEqual({ headsets: [], complete: true });
    const cleared = device.received.find(({ packet }) => packet?.command === 0x0c);
    expect([...(cleared?.report.subarray(4, 8) ?? [])]).toEqual([0x86, 0x0c, 0x04, 0x00]);
  });

  test('is believed to be forgotten where the dongle has no list to show any more', async () => {
    const { clock, dongle, device } = await paired();
    device.behave({ name: 'no list', onPacket: ({ subcommand, type }) => (type === 1 && subcommand === 0x28 ? nack(0xf0) : undefined) });
    await clock.complete(dongle.clear());
    expect(device.paired).toEqual([]);
  });

  test('is not forgotten where the list stays', async () => {
    const { clock, dongle, device } = await paired();
    device.behave({ name: 'lies', onPacket: ({ command, type }) => (type === 2 && command === 0x0c ? { kind: 'ack' } : undefined) });
    await expect(clock.complete(dongle.clear())).rejects.toMatchObject({ code: 'timeout' });
  });

  test('is remembered over an unplug', async () => {
    const { clock, bus, device } = await paired();
    bus.unplug(device);
    bus.plug(device);
    await clock.settle();
    expect([device.paired.length, device.child?.connected]).toEqual([2, true]);
  });
});

describe('requests to a dongle', () => {
  test('wait for each other', async () => {
    const { clock, dongle, device, bring, writes } = await dongleBench();
    bring(first, { discoverable: true });
    bring(second, { discoverable: true });
    await clock.complete(Promise.all([dongle.pair(first), dongle.pair(second), dongle.connect(first), dongle.remove(second)]));
    expect(writes()).toEqual(['0D/30', '0D/30', '0D/25', '0D/24', '0D/2A']);
    expect(device.paired.map(({ serial, connected }) => [serial, connected])).toEqual([['70BF92000001', true]]);
  });

  test('go on after one that failed', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    const failing = dongle.connect(third);
    const pairing = dongle.pair(first);
    await expect(failing).rejects.toMatchObject({ code: 'rejected' });
    await clock.complete(pairing);
    expect(device.child?.serial).toBe('70BF92000001');
  });

  test('are sent again where the dongle lost them', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    let lost = 0;
    device.behave({
      name: 'loses every third request',
      onPacket: () => ((lost += 1) % 3 === 1 ? silence : undefined),
    });
    await clock.complete(dongle.pair(first));
    await clock.complete(dongle.disconnect(first));
    expect([device.child, device.paired.length]).toEqual([null, 1]);
  });

  test('are not taken for refused where the acknowledgement was lost and the dongle minds being asked twice', async () => {
    const { clock, dongle, device, bring, writes } = await dongleBench();
    const headset = bring(first, { discoverable: true });
    let asked = 0;
    device.behave({
      name: 'once only',
      onPacket: ({ subcommand, type }, context) => {
        if (type !== 2 || (subcommand !== 0x30 && subcommand !== 0x20)) return undefined;
        asked += 1;
        if (asked === 2) return nack(0xf0);
        context.next();
        return silence;
      },
    });
    await clock.complete(dongle.pair(first));
    expect([device.child, writes()]).toEqual([headset, ['0D/30', '0D/30']]);
    asked = 0;
    expect((await clock.complete(dongle.search())).end).toBe('ended');
    expect(asked).toBe(2);
  });

  test('are not sent twice where the dongle carried them out and said nothing', async () => {
    const { clock, dongle, device, attach, writes } = await dongleBench();
    attach(first);
    device.behave({
      name: 'mute',
      onPacket: ({ type }, context) => {
        if (type !== 2) return undefined;
        context.next();
        return silence;
      },
    });
    await clock.complete(dongle.disconnect(first));
    expect([device.child, writes()]).toEqual([null, ['0D/25']]);
  });

  test('that are cancelled while they wait are over at once, and never begin', async () => {
    const { clock, dongle, writes } = await dongleBench();
    const cancel = new CancelSource();
    const failing = dongle.pair(first);
    const waiting = dongle.clear({ signal: cancel });
    await clock.advance(10);
    cancel.cancel();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(clock.monotonic()).toBe(10);
    await expect(clock.complete(failing)).rejects.toMatchObject({ code: 'timeout' });
    await clock.complete(dongle.disconnect(first));
    expect(writes()).toEqual(['0D/30']);
  });

  test('reach the dongle only', async () => {
    const { clock, dongle, device, bring } = await dongleBench();
    bring(first, { discoverable: true });
    await clock.complete(dongle.pair(first));
    await clock.complete(dongle.pairedList());
    await clock.complete(dongle.clear());
    expect(device.received.length).toBeGreaterThan(5);
    expect(device.received.every(({ packet }) => packet?.destination === 1)).toBe(true);
  });
});
