import { describe, expect, test } from 'vitest';
import { CancelSource, Session } from '../../session/index.ts';
import { ackTo, eventFrom, nackTo, ScriptedChannel } from '../../session/testing/scripted-channel.ts';
import { faults, radioTiming, VirtualClock } from '../../virtual/index.ts';
import { Dongle } from './dongle.ts';
import type { FoundHeadset } from './search.ts';
import { dongleBench } from './testing/dongle-bench.ts';

const first = '70:BF:92:00:00:01';
const second = '70:BF:92:00:00:02';
const firstBytes = [0x70, 0xbf, 0x92, 0, 0, 1];

/** A dongle that acknowledges, and says what the test says. */
function scripted() {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  channel.onWrite = (packet) => {
    channel.deliver(ackTo(packet));
  };
  const dongle = new Dongle(new Session(channel, clock), clock);
  const told: FoundHeadset[] = [];
  const tell = (subcommand: number, ...bytes: readonly number[]): void => {
    channel.deliver(eventFrom(1, 0x0d, subcommand, bytes));
  };
  return { clock, channel, dongle, told, tell, onFound: (headset: FoundHeadset) => told.push(headset) };
}

describe('a search', () => {
  test('finds the headsets in pairing mode, and their names when they tell them', async () => {
    const { clock, dongle, bring } = await dongleBench();
    bring(first, { discoverable: true, nameMs: 5000 });
    bring(second, { discoverable: true }, 'evolve2-75');
    bring('70:BF:92:00:00:03');
    const told: [number, string, string | null][] = [];
    const search = dongle.search({ onFound: ({ address, name }) => told.push([clock.monotonic(), address, name]) });
    expect(await clock.complete(search)).toEqual({
      headsets: [
        { address: first, name: 'Jabra Evolve2 65' },
        { address: second, name: 'Jabra Evolve2 75' },
      ],
      end: 'ended',
    });
    expect(told).toEqual([
      [800, first, null],
      [1600, second, null],
      [2300, second, 'Jabra Evolve2 75'],
      [5800, first, 'Jabra Evolve2 65'],
    ]);
    expect(clock.monotonic()).toBe(20_000);
    expect([dongle.isSearching, clock.pendingTimers]).toEqual([false, 0]);
  });

  test('is started byte for byte as the tool does', async () => {
    const { channel, dongle } = scripted();
    void dongle.search();
    expect([...(channel.sent[0]?.report.subarray(0, 10) ?? [])]).toEqual([0x05, 0x01, 0x00, 0x00, 0x88, 0x0d, 0x20, 0x05, 0x14, 0x00]);
  });

  test('tells each headset once, however often the dongle does, and once more for a name', async () => {
    const { clock, dongle, told, tell, onFound } = scripted();
    const search = dongle.search({ onFound });
    await clock.settle();
    for (let time = 0; time < 3; time += 1) tell(0x22, 1, ...firstBytes, 9, 9, 9, 9, 9, 9);
    for (let time = 0; time < 3; time += 1) tell(0x2b, 1, ...firstBytes, 2, 0x41, 0x42);
    tell(0x22, 1, ...firstBytes, 9, 9, 9, 9, 9, 9);
    tell(0x2b, 1, ...firstBytes, 0);
    tell(0x23, 1);
    expect((await search).headsets).toEqual([{ address: first, name: 'AB' }]);
    expect(told).toEqual([
      { address: first, name: null },
      { address: first, name: 'AB' },
    ]);
  });

  test('takes a name whose address was lost for a found headset', async () => {
    const { clock, dongle, tell } = scripted();
    const search = dongle.search();
    await clock.settle();
    tell(0x2b, 1, ...firstBytes, 2, 0x41);
    tell(0x23, 1);
    expect((await search).headsets).toEqual([{ address: first, name: 'A' }]);
  });

  test('hears nothing in garbage, in what another address says, and after its end', async () => {
    const { clock, channel, dongle, told, tell, onFound } = scripted();
    const search = dongle.search({ onFound });
    await clock.settle();
    tell(0x22);
    tell(0x22, 0, ...firstBytes);
    tell(0x22, 1, 0x70, 0xbf);
    tell(0x22, 1, 0, 0, 0, 0, 0, 0);
    tell(0x2b, 1, ...firstBytes);
    channel.deliver(eventFrom(4, 0x0d, 0x22, [1, ...firstBytes]), eventFrom(4, 0x0d, 0x23, [1]), eventFrom(1, 0x0f, 0x23, [1]));
    tell(0x23);
    expect(await search).toEqual({ headsets: [], end: 'ended' });
    tell(0x22, 1, ...firstBytes);
    expect(told).toEqual([]);
  });

  test('ends with its time where the dongle never ends it', async () => {
    const { clock, dongle } = scripted();
    expect(await clock.complete(dongle.search())).toEqual({ headsets: [], end: 'deadline' });
    expect(clock.monotonic()).toBe(60_000);
    expect(dongle.isSearching).toBe(false);
  });

  test('that the dongle refuses is rejected, and the next one begins at once', async () => {
    const { clock, channel, dongle, tell } = scripted();
    channel.onWrite = (packet) => {
      channel.deliver(channel.sent.length === 1 ? nackTo(packet, 0xff) : ackTo(packet));
    };
    await expect(dongle.search()).rejects.toMatchObject({ code: 'rejected', reason: 'unknown-subcommand' });
    expect([dongle.isSearching, clock.pendingTimers]).toEqual([false, 0]);
    const search = dongle.search();
    await clock.settle();
    tell(0x23, 1);
    expect((await search).end).toBe('ended');
  });

  test('that the dongle doesn’t answer is given up', async () => {
    const { clock, channel, dongle } = scripted();
    channel.onWrite = () => undefined;
    await expect(clock.complete(dongle.search())).rejects.toMatchObject({ code: 'timeout' });
    expect(channel.subcommands).toEqual([0x20, 0x20, 0x20]);
    expect(dongle.isSearching).toBe(false);
  });

  test('goes on in the dongle where nobody waits any more; the next one waits for its end and tells what is found meanwhile', async () => {
    const { clock, dongle, bring, writes } = await dongleBench();
    bring(first, { discoverable: true });
    const cancel = new CancelSource();
    const cancelled = dongle.search({ signal: cancel });
    await clock.advance(500);
    cancel.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(dongle.isSearching).toBe(true);
    const told: FoundHeadset[] = [];
    const next = dongle.search({ onFound: (headset) => told.push(headset) });
    await clock.advance(radioTiming.foundMs);
    expect(told).toEqual([{ address: first, name: null }]);
    expect(writes()).toEqual(['0D/20']);
    expect((await clock.complete(next)).end).toBe('ended');
    expect(writes()).toEqual(['0D/20', '0D/20']);
    expect([clock.monotonic(), clock.pendingTimers]).toEqual([40_000, 0]);
  });

  test('that goes on after somebody gave it up tells the next one at once what it found already, each once', async () => {
    const { clock, dongle, bring } = await dongleBench();
    bring(first, { discoverable: true });
    const cancel = new CancelSource();
    const cancelled = dongle.search({ signal: cancel });
    await clock.advance(radioTiming.foundMs + radioTiming.nameMs);
    cancel.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const told: FoundHeadset[] = [];
    const next = dongle.search({ onFound: (headset) => told.push(headset) });
    expect(told).toEqual([{ address: first, name: 'Jabra Evolve2 65' }]);
    const { headsets } = await clock.complete(next);
    expect(headsets).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  test('is ended by a second one', async () => {
    const { clock, dongle } = await dongleBench();
    const one = dongle.search();
    const two = dongle.search();
    await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    expect((await clock.complete(two)).end).toBe('ended');
  });

  test('that is under way when the session ends is over, and leaves no timer', async () => {
    const { clock, dongle, session } = await dongleBench();
    const search = dongle.search();
    await clock.advance(1000);
    dongle.close();
    await expect(search).rejects.toMatchObject({ code: 'disconnected' });
    expect(dongle.isSearching).toBe(false);
    await session.close();
    dongle.close();
    const abandoned = await dongleBench();
    const cancel = new CancelSource();
    const cancelled = abandoned.dongle.search({ signal: cancel });
    await abandoned.clock.advance(1000);
    cancel.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    const before = abandoned.clock.pendingTimers;
    abandoned.dongle.close();
    expect(abandoned.clock.pendingTimers).toBe(before - 1);
  });

  test('tells nothing from the moment on in which it is cancelled', async () => {
    const { clock, dongle, told, tell, onFound } = scripted();
    const cancel = new CancelSource();
    const search = dongle.search({ onFound, signal: cancel });
    await clock.settle();
    cancel.cancel();
    tell(0x22, 1, ...firstBytes);
    await expect(search).rejects.toMatchObject({ code: 'cancelled' });
    expect(told).toEqual([]);
  });

  test('isn’t begun where it was cancelled before', async () => {
    const { dongle, writes } = await dongleBench();
    const cancel = new CancelSource();
    cancel.cancel();
    await expect(dongle.search({ signal: cancel })).rejects.toMatchObject({ code: 'cancelled' });
    expect([writes(), dongle.isSearching]).toEqual([[], false]);
  });

  test('ends with the dongle, also one that nobody waits for', async () => {
    const { clock, bus, device, dongle, session } = await dongleBench();
    const cancel = new CancelSource();
    const cancelled = dongle.search({ signal: cancel });
    const search = dongle.search();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await clock.advance(100);
    bus.unplug(device);
    await expect(search).rejects.toMatchObject({ code: 'disconnected' });
    expect([dongle.isSearching, clock.pendingTimers]).toEqual([false, 0]);
    await expect(dongle.search()).rejects.toMatchObject({ code: 'disconnected' });
    await session.close();
  });

  test.each(['drop', 'duplicate', 'garbage', 'timeout', 'late', 'wrong-sequence'] as const)('survives the fault %s', async (kind) => {
    const { clock, device, dongle, bring } = await dongleBench();
    bring(first, { discoverable: true });
    const fault = { ...faults, 'wrong-sequence': faults.wrongSequence, late: (count: number) => faults.late(count, 1300) }[kind];
    device.behave(fault(1));
    const { headsets, end } = await clock.complete(dongle.search());
    expect([headsets.map(({ address }) => address), end]).toEqual([[first], 'ended']);
  });
});
