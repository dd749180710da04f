import { describe, expect, test } from 'vitest';
import { Command } from '../../../frames/index.ts';
import { updateBlock } from '../../../messages/firmware.ts';
import { hidUpdateTarget } from '../../update/index.ts';
import { Killable } from './testing/killable.ts';
import { imageOf, packageOf, updateBench } from './testing/update-bench.ts';

const images = [imageOf(60), imageOf(150, 2)];
const firmware = packageOf(images);
/** Five questions, then partition, start, crc, blocks and version of two images, then the commit, then its proof. */
const commits = 5 + (3 + 2 + 1) + (3 + 3 + 1) + 1;
const writes = commits + 2;
const moments = Array.from({ length: writes }, (_, index) => index + 1);
/** Behind a dongle only the commit and what is around it differs. */
const around = moments.slice(-4);

describe.each([
  ['by its cable', false],
  ['behind a dongle', true],
])('%s: a host that is killed', (_, isBehindDongle) => {
  const killedAt = async (at: number, isDelivered: boolean, pauseMs: number) => {
    const bench = updateBench({ isBehindDongle });
    const { bus, clock, plugged, device, journal } = bench;
    const program = new Killable(at, isDelivered);
    const where = { vendorId: 0x0b0e, serial: plugged.serial, physicalPort: 'virtual-1' };
    const target = hidUpdateTarget(program.port(bus.port()), clock, where, bench.address);
    void bench.begin(firmware, { target, journal: program.journal(journal) });
    await clock.complete(program.died);
    await clock.advance(pauseMs);
    const blocks = (): number =>
      device.received.filter(({ packet }) => packet?.command === Command.firmware && packet.subcommand === updateBlock.subcommand).length;
    const before = blocks();
    const outcome = await bench.update(firmware);
    return { ...bench, outcome, blocksAgain: blocks() - before };
  };

  test.each(
    (isBehindDongle ? around : moments).flatMap((at) =>
      [true, false].map((isDelivered) => [at, isDelivered, isBehindDongle === isDelivered ? 0 : 5000] as const),
    ),
  )('at its write %i (delivered: %s), and called again after %i ms, goes on where it is safe to', async (at, isDelivered, pauseMs) => {
    const { outcome, device, journal, blocksAgain } = await killedAt(at, isDelivered, pauseMs);
    expect(outcome).toMatchObject({ status: 'updated', from: '1.8.13', version: '2.3.4' });
    expect(device.state.bricked).toBe(false);
    expect([...(device.state.flash?.running.values() ?? [])]).toEqual(images);
    expect(journal.text).toBeNull();
    const wasCommitted = at > commits || (at === commits && isDelivered);
    // After a commit nothing is written again, before it everything; an erase that was still going on may cost one attempt.
    expect(blocksAgain > 0).toBe(!wasCommitted);
    if (pauseMs > 0 && !wasCommitted) expect(blocksAgain).toBe(5);
  });
});

describe('a journal', () => {
  test('of another package, or of another device, is not taken up', async () => {
    for (const change of [{ digest: 'another' }, { serial: 'another' }]) {
      const { journal, update, clock } = updateBench();
      journal.text = JSON.stringify({
        format: 1,
        serial: '70BF92000001',
        digest: 'digest',
        from: '1',
        to: '2.3.4',
        phase: 'committing',
        attempts: 1,
        ...change,
      });
      expect(await update(firmware)).toMatchObject({ status: 'updated', from: '1.8.13' });
      expect(clock.monotonic()).toBeLessThan(10_000);
    }
  });

  test.each([
    ['nothing', null],
    ['no JSON object', 7],
    ['another format', { format: 2 }],
    ['half an entry', { format: 1, digest: 'digest', phase: 'committing' }],
  ])('that holds %s is an empty one', async (_, held) => {
    const { journal, update } = updateBench();
    journal.text = JSON.stringify(held);
    expect(await update(firmware)).toMatchObject({ status: 'updated' });
  });

  test('counts how often writing began, over restarts of the program', async () => {
    const { journal, update } = updateBench();
    journal.text = JSON.stringify({
      format: 1,
      serial: '70BF92000001',
      digest: 'digest',
      from: '1.8.13',
      to: '2.3.4',
      phase: 'writing',
      attempts: 3,
    });
    await update(firmware);
    expect(journal.saved).toEqual([
      { format: 1, serial: '70BF92000001', digest: 'digest', from: '1.8.13', to: '2.3.4', phase: 'writing', attempts: 4 },
      { format: 1, serial: '70BF92000001', digest: 'digest', from: '1.8.13', to: '2.3.4', phase: 'committing', attempts: 4 },
    ]);
  });

  test('that cannot be written stops the update before the commit', async () => {
    const { update, device, clock, journal } = updateBench();
    journal.save = (entry: { readonly phase?: string }) =>
      entry.phase === 'committing' ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
    expect(await update(firmware)).toMatchObject({ status: 'failed', reason: 'not-recorded', phase: 'verifying' });
    await clock.advance(1000);
    expect(device.state).toMatchObject({ version: '1.8.13', bricked: false });
  });

  test('that never answers doesn’t hold an update up for ever', async () => {
    const { update, clock, journal } = updateBench();
    journal.save = () => new Promise(() => undefined);
    journal.load = () => new Promise(() => undefined);
    journal.clear = () => new Promise(() => undefined);
    expect(await update(firmware)).toMatchObject({ status: 'failed', reason: 'not-recorded' });
    expect(clock.monotonic()).toBeLessThan(60_000);
  });

  test('that says committed of a device that is away is kept, and the device proven when it is back', async () => {
    const { journal, update, bus, plugged, clock } = updateBench({ version: '2.3.4' });
    const entry = JSON.stringify({
      format: 1,
      serial: '70BF92000001',
      digest: 'digest',
      from: '1.8.13',
      to: '2.3.4',
      phase: 'committing',
      attempts: 1,
    });
    journal.text = entry;
    bus.unplug(plugged);
    expect(await update(firmware)).toMatchObject({ status: 'interrupted', next: 'prove', phase: 'installing' });
    expect(clock.monotonic()).toBe(45_000);
    expect(journal.text).toBe(entry);
    bus.plug(plugged);
    expect(await update(firmware)).toEqual({ status: 'updated', from: '1.8.13', version: '2.3.4', cancelRefused: false });
    expect(journal.text).toBeNull();
  });
});
