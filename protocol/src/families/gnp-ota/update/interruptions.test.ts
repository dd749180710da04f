import { describe, expect, test } from 'vitest';
import { Command } from '../../../frames/index.ts';
import { updateStart } from '../../../messages/firmware.ts';
import {
  type Behaviour,
  faults,
  onUpdateEvent,
  onUpdateRequest,
  type UpdateEventFault,
  type UpdateEventStep,
  type UpdateRequestFault,
  type UpdateRequestStep,
} from '../../../virtual/index.ts';
import { imageOf, packageOf, updateBench, type UpdateBench } from './testing/update-bench.ts';

/** Two images of 13 and 3 blocks: acknowledged are 0, 10 and 12, and 0 and 2. */
const images = [imageOf(640), imageOf(150, 2)];
const firmware = packageOf(images);

/** What must hold whatever happened: one of the two versions whole, nothing left running. */
function expectWhole({ device, clock }: UpdateBench, version: string): void {
  expect(device.state.bricked).toBe(false);
  expect(device.state.version).toBe(version);
  expect([...(device.state.flash?.running.values() ?? [])]).toEqual(version === '2.3.4' ? images : []);
  expect(clock.pendingTimers).toBe(0);
}

const requestSteps = ['partition', 'start', 'crc', 'block', 'version', 'commit'] as const satisfies readonly UpdateRequestStep[];
const eventSteps = ['erased', 'block-acknowledged', 'verified'] as const satisfies readonly UpdateEventStep[];

/** The first image's and the second one's; of blocks the first, one in the middle, and the last. */
const occasions = { partition: [1, 2], start: [1, 2], crc: [1, 2], block: [1, 7, 13, 16], version: [1, 2], commit: [1] } as const;

/** Everything that passes by itself: an update gets through it. */
const passing = [
  'lost',
  'unanswered',
  'nack',
  'power-cut',
  'power-cut-after',
  'unplug',
  'unplug-after',
  'silent',
] as const satisfies readonly UpdateRequestFault[];

describe.each([
  ['by its cable', false],
  ['behind a dongle', true],
])('%s', (_, isBehindDongle) => {
  // Behind a dongle it is leaving that differs, and coming back unnoticed.
  const faultsHere = isBehindDongle ? passing.filter((fault) => /lost|power-cut|unplug/.test(fault)) : passing;
  const cases = requestSteps.flatMap((step) => faultsHere.flatMap((fault) => occasions[step].map((nth) => [step, nth, fault] as const)));
  // A refused commit is no commit, and one that never arrives isn't sent again.
  const isFinal = (step: UpdateRequestStep, fault: UpdateRequestFault): boolean =>
    step === 'commit' && ['lost', 'nack', 'silent', 'unplug', 'power-cut'].includes(fault);
  const isDeaf = (step: UpdateRequestStep, fault: UpdateRequestFault): boolean => fault === 'silent' || isFinal(step, fault);

  test.each(cases.filter(([step, , fault]) => !isDeaf(step, fault)))('an update gets through %s %i: %s', async (step, nth, fault) => {
    const bench = updateBench({ isBehindDongle, behaviours: [onUpdateRequest(step, fault, { nth })] });
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated', from: '1.8.13', version: '2.3.4' });
    expectWhole(bench, '2.3.4');
  });

  test.each(cases.filter(([step, , fault]) => isFinal(step, fault) && fault !== 'silent'))(
    'an update whose %s %i is: %s leaves the old firmware, and says so; the next one gets through',
    async (step, nth, fault) => {
      const bench = updateBench({ isBehindDongle, behaviours: [onUpdateRequest(step, fault, { nth })] });
      const reason = fault === 'nack' ? 'rejected' : 'not-installed';
      expect(await bench.update(firmware)).toMatchObject({ status: 'failed', reason, phase: 'installing' });
      expectWhole(bench, '1.8.13');
      expect(bench.journal.text).toBeNull();
      expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
      expectWhole(bench, '2.3.4');
    },
  );

  test.each(cases.filter(([, , fault]) => fault === 'silent'))(
    'a device that falls silent at %s %i ends the update, on the old firmware',
    async (step, nth) => {
      const bench = updateBench({ isBehindDongle, behaviours: [onUpdateRequest(step, 'silent', { nth })] });
      const outcome = await bench.update(firmware);
      expect(outcome).toMatchObject(step === 'commit' ? { status: 'interrupted', next: 'prove' } : { status: 'failed', reason: 'no-answer' });
      expectWhole(bench, '1.8.13');
      // Somebody switches it off and on.
      bench.device.restart(500);
      await bench.clock.advance(500);
      expect(await bench.update(firmware)).toMatchObject({ status: 'updated', version: '2.3.4' });
      expectWhole(bench, '2.3.4');
    },
  );

  const told = eventSteps.flatMap((step) =>
    (
      [
        'lost',
        'doubled',
        'power-cut',
        'unplug',
        ...(step === 'block-acknowledged' ? (['wrong'] as const) : []),
      ] as const satisfies readonly UpdateEventFault[]
    ).flatMap((fault) => [1, 2, ...(step === 'block-acknowledged' ? [3, 5] : [])].map((nth) => [step, nth, fault] as const)),
  );
  test.each(told)('an update gets through the event %s %i: %s', async (step, nth, fault) => {
    const bench = updateBench({ isBehindDongle, behaviours: [onUpdateEvent(step, fault, { nth })] });
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated', version: '2.3.4' });
    expectWhole(bench, '2.3.4');
  });
});

describe('an update is given up', () => {
  test.each([
    ['partition', 'rejected'],
    ['start', 'rejected'],
    ['crc', 'rejected'],
    ['version', 'rejected'],
  ] as const)('where the device refuses %s three times', async (step, reason) => {
    const bench = updateBench({ behaviours: [onUpdateRequest(step, 'nack', { count: 3 })] });
    expect(await bench.update(firmware)).toMatchObject({
      status: 'failed',
      reason,
      phase: step === 'version' ? 'verifying' : 'transferring',
      step: step === 'start' ? 'erasing' : step,
    });
    expectWhole(bench, '1.8.13');
  });

  test('where what arrives is damaged each time', async () => {
    const bench = updateBench({ behaviours: [onUpdateRequest('block', 'damaged', { nth: 3, count: 1000 })] });
    expect(await bench.update(firmware)).toMatchObject({ status: 'failed', reason: 'corrupted', step: 'verifying' });
    expectWhole(bench, '1.8.13');
  });

  test('where no block gets through, after three images of six attempts', async () => {
    const bench = updateBench({ behaviours: [onUpdateRequest('block', 'lost', { nth: 5, count: 1000 })] });
    const before = bench.clock.monotonic();
    expect(await bench.update(firmware)).toMatchObject({ status: 'failed', reason: 'no-answer', step: 'sending' });
    expect(bench.clock.monotonic() - before).toBeLessThan(3 * 6 * 3200 + 2000);
    expectWhole(bench, '1.8.13');
  });

  test('where the erase takes longer than 60 s', async () => {
    const bench = updateBench({ firmware: { eraseMs: 60_001 } });
    expect(await bench.update(firmware)).toMatchObject({ status: 'failed', reason: 'no-answer', step: 'erasing' });
    await bench.clock.advance(60_001);
    expectWhole(bench, '1.8.13');
  });

  test('where the device is lost for the third time', async () => {
    const bench = updateBench({ behaviours: [onUpdateRequest('block', 'unplug', { nth: 5, count: 3 })] });
    expect(await bench.update(firmware)).toMatchObject({ status: 'interrupted', next: 'write', step: 'sending' });
    await bench.clock.advance(500);
    expectWhole(bench, '1.8.13');
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
  });

  test('where it doesn’t come back within 45 s', async () => {
    const bench = updateBench({ behaviours: [faults.unplug(9)] });
    expect(await bench.update(firmware)).toMatchObject({ status: 'interrupted', next: 'write', step: 'reconnecting' });
    expect(bench.clock.monotonic()).toBeGreaterThan(45_000);
    expectWhole(bench, '1.8.13');
  });

  test('where its battery ran down while it was away', async () => {
    const bench = updateBench({ behaviours: [onUpdateRequest('block', 'power-cut')] });
    const outcome = bench.begin(firmware);
    await bench.clock.advance(300);
    bench.device.setBattery(10, false);
    expect(await bench.clock.complete(outcome)).toMatchObject({ status: 'refused', reason: 'low-battery' });
    expectWhole(bench, '1.8.13');
  });
});

test('a headset that is away for 25 s behind a dongle that doesn’t tell is lost, not refused', async () => {
  const bench = updateBench({ isBehindDongle: true, dongleTells: false });
  const outcome = bench.begin(firmware);
  await bench.clock.advance(201);
  bench.plugged.detach();
  await bench.clock.advance(25_000);
  bench.plugged.attach(bench.device);
  expect(await bench.clock.complete(outcome)).toMatchObject({ status: 'updated' });
  expectWhole(bench, '2.3.4');
});

test('an erase of 59 s is waited for', async () => {
  const bench = updateBench({ firmware: { eraseMs: 59_000 } });
  expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
  expectWhole(bench, '2.3.4');
});

test('battery reports in between change nothing', async () => {
  const bench = updateBench();
  const outcome = bench.begin(firmware);
  for (let level = 79; level > 40; level -= 1) {
    bench.device.setBattery(level, false);
    await bench.clock.advance(11);
  }
  expect(await bench.clock.complete(outcome)).toMatchObject({ status: 'updated' });
});

test('a device that acknowledges with the number before is understood', async () => {
  const bench = updateBench({ firmware: { acknowledgesOneLess: true } });
  expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
  expect(bench.clock.monotonic()).toBeLessThan(2000);
  expectWhole(bench, '2.3.4');
});

/** What getting through may cost. */
describe('it takes no longer than it must', () => {
  const starts = ({ device }: UpdateBench): number =>
    device.received.filter(({ packet }) => packet?.command === Command.firmware && packet.subcommand === updateStart.subcommand).length;
  const cost = async (behaviours: readonly Behaviour[], more: Parameters<typeof updateBench>[0] = {}) => {
    const bench = updateBench({ behaviours, ...more });
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
    return { starts: starts(bench), ms: bench.clock.monotonic(), blocks: bench.device.state.flash?.blocksReceived };
  };

  test('without faults: two erases, and 16 blocks', async () => {
    expect(await cost([])).toEqual({ starts: 2, ms: 945, blocks: 16 });
  });

  test('a lost answer to the start, which the end of the erase stands for, costs the time of the answer', async () => {
    expect(await cost([onUpdateRequest('start', 'unanswered')])).toEqual({ starts: 2, ms: 945 + 3200 - 200, blocks: 16 });
  });

  test('nothing but patience where the erase takes longer than the answer', async () => {
    const slow = { firmware: { eraseMs: 5000 } };
    expect(await cost([onUpdateRequest('start', 'unanswered', { count: 2 })], slow)).toEqual({ starts: 2, ms: 945 + 2 * 4800, blocks: 16 });
  });

  test('a lost block costs the rest of its window', async () => {
    expect(await cost([onUpdateRequest('block', 'lost', { nth: 5 })])).toEqual({ starts: 2, ms: 946, blocks: 15 + 7 });
  });

  test('a lost acknowledgement costs the time of an answer and its window', async () => {
    expect(await cost([onUpdateEvent('block-acknowledged', 'lost', { nth: 2 })])).toEqual({ starts: 2, ms: 945 + 3200, blocks: 16 + 10 });
  });

  test('a lost last acknowledgement costs nothing, since the image is verified', async () => {
    expect(await cost([onUpdateEvent('block-acknowledged', 'lost', { nth: 3 })])).toEqual({ starts: 2, ms: 945, blocks: 16 });
  });

  test('a headset that leaves its dongle for a moment is noticed at once', async () => {
    expect((await cost([onUpdateEvent('block-acknowledged', 'unplug', { nth: 2 })], { isBehindDongle: true })).ms).toBeLessThan(3000);
    expect(
      (await cost([onUpdateEvent('block-acknowledged', 'unplug', { nth: 2 })], { isBehindDongle: true, dongleTells: false })).ms,
    ).toBeGreaterThan(3200);
  });
});
