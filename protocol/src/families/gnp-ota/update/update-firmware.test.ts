import { describe, expect, test } from 'vitest';
import { Command } from '../../../frames/index.ts';
import type { FirmwarePackage } from '../../../images/index.ts';
import { CancelSource } from '../../../session/cancel.ts';
import { faults, virtualDevice } from '../../../virtual/index.ts';
import { hidUpdateTarget } from '../../update/index.ts';
import type { FirmwareUpdateProgress } from './outcome.ts';
import type { UpdatePolicy } from './plan.ts';
import { imageOf, packageOf, updateBench } from './testing/update-bench.ts';

const small = packageOf([imageOf(600), imageOf(1000, 2)]);

describe('an update', () => {
  test.each([7, 16])('under protocol %i brings the new version, and proves it', async (updateProtocol) => {
    const { device, update, clock, journal } = updateBench({ updateProtocol });
    expect(await update(small)).toEqual({ status: 'updated', from: '1.8.13', version: '2.3.4', cancelRefused: false });
    expect(device.state.version).toBe('2.3.4');
    expect([...(device.state.flash?.running ?? [])]).toEqual([
      [1, imageOf(600)],
      [2, imageOf(1000, 2)],
    ]);
    expect(clock.pendingTimers).toBe(0);
    expect(journal.text).toBeNull();
  });

  test('of a headset goes through its dongle', async () => {
    const { device, plugged, update, clock } = updateBench({ isBehindDongle: true });
    expect(await update(small)).toMatchObject({ status: 'updated', version: '2.3.4' });
    expect(device.state.version).toBe('2.3.4');
    expect(plugged.state.version).toBe('1.16.0');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('before it writes anything', () => {
  test.each<[string, Partial<FirmwarePackage>, UpdatePolicy, unknown]>([
    ['it refuses another product’s package', { dfuProductIds: [0x24db] }, {}, { status: 'refused', reason: 'wrong-product' }],
    ['it asks for 30 % of battery', {}, { minimumBattery: 90 }, { status: 'refused', reason: 'low-battery' }],
    [
      'it leaves a device alone that is up to date, where asked to',
      { version: '1.8.13' },
      { skipIfCurrent: true },
      { status: 'current', version: '1.8.13' },
    ],
  ])('%s', async (_, changes, policy, outcome) => {
    const { device, update, clock } = updateBench();
    expect(await update({ ...small, ...changes }, policy)).toMatchObject(outcome as object);
    expect(device.received.filter(({ packet }) => packet?.command === Command.firmware)).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('it says that a device isn’t there, or doesn’t answer', async () => {
    const away = updateBench();
    away.bus.unplug(away.plugged);
    expect(await away.update(small)).toEqual({ status: 'interrupted', next: 'write', phase: 'checking', step: 'checking', cause: null });
    const off = updateBench({ isBehindDongle: true });
    off.plugged.detach();
    expect(await off.update(small)).toMatchObject({ status: 'interrupted', next: 'write', cause: { reason: 'no-child' } });
    const deaf = updateBench({ behaviours: [faults.timeout(100)] });
    expect(await deaf.update(small)).toMatchObject({ status: 'failed', reason: 'no-answer', phase: 'checking' });
    expect([away.clock.pendingTimers, off.clock.pendingTimers, deaf.clock.pendingTimers]).toEqual([0, 0, 0]);
  });
});

describe('progress', () => {
  test('goes through every step, in bytes that the device acknowledged', async () => {
    const { progress, update } = updateBench();
    await update(small);
    const steps = progress.map(({ step, image }) => `${step} ${image}`);
    expect(steps.filter((one, index) => one !== steps[index - 1])).toEqual([
      'checking 0',
      ...['partition', 'erasing', 'crc', 'sending', 'verifying', 'version'].map((step) => `${step} 0`),
      ...['partition', 'erasing', 'crc', 'sending', 'verifying', 'recording', 'version', 'committing', 'restarting', 'proving', 'done'].map(
        (step) => `${step} 1`,
      ),
    ]);
    expect(progress.filter(({ step }) => step === 'sending').map(({ image, imageDone, done }) => [image, imageDone, done])).toEqual([
      [0, 0, 0],
      [0, 52, 52],
      [0, 572, 572],
      [1, 0, 600],
      [1, 52, 652],
      [1, 572, 1172],
    ]);
    expect(new Set(progress.slice(1).map(({ total, images }) => `${total} ${images}`))).toEqual(new Set(['1600 2']));
    expect(progress.at(-1)).toMatchObject({ step: 'done', phase: 'installing', done: 1600, cancellable: false });
  });

  test('has a phase of its own for a device that is away', async () => {
    const { progress, update } = updateBench();
    await update(small);
    const phases = progress.map(({ phase }) => phase);
    expect(phases.filter((one, index) => one !== phases[index - 1])).toEqual([
      'checking',
      'transferring',
      'verifying',
      'transferring',
      'verifying',
      'installing',
    ]);
    expect(progress.filter(({ cancellable }) => !cancellable).map(({ step }) => step)).toEqual(['committing', 'restarting', 'proving', 'done']);
  });
});

describe('a cancellation', () => {
  const cancelledAt = async (step: string, image: number) => {
    const bench = updateBench();
    const cancel = new CancelSource();
    const reports: FirmwareUpdateProgress[] = [];
    const outcome = await bench.update(small, {
      signal: cancel,
      onProgress: (one) => {
        reports.push(one);
        if (one.step === step && one.image === image) cancel.cancel();
      },
    });
    await bench.clock.advance(2000);
    return { ...bench, outcome, reports };
  };

  test.each(
    ['partition', 'erasing', 'crc', 'sending', 'verifying', 'version']
      .flatMap((step) => [[step, 0] as const, [step, 1] as const])
      .concat([['recording', 1]]),
  )('at %s of image %i leaves the old firmware', async (step, image) => {
    const { outcome, device, clock, journal, update } = await cancelledAt(step, image);
    expect(outcome).toEqual({ status: 'cancelled' });
    expect(device.state).toMatchObject({ version: '1.8.13', bricked: false });
    expect(journal.text).toBeNull();
    expect(clock.pendingTimers).toBe(0);
    expect(await update(small)).toMatchObject({ status: 'updated' });
  });

  test.each(['committing', 'restarting', 'proving'])('at %s comes too late, and that is said', async (step) => {
    const { outcome, device, reports } = await cancelledAt(step, 1);
    expect(outcome).toEqual({ status: 'updated', from: '1.8.13', version: '2.3.4', cancelRefused: true });
    expect(device.state.version).toBe('2.3.4');
    expect(reports.at(-1)).toMatchObject({ step: 'done', cancelRefused: true });
  });

  test('that came before sends nothing', async () => {
    const { update, device } = updateBench();
    const cancel = new CancelSource();
    cancel.cancel();
    expect(await update(small, { signal: cancel })).toEqual({ status: 'cancelled' });
    expect(device.received).toEqual([]);
  });

  test('of a device that is waited for ends the waiting', async () => {
    const { begin, bus, plugged, clock } = updateBench();
    const cancel = new CancelSource();
    const outcome = begin(small, { signal: cancel });
    await clock.advance(100);
    bus.unplug(plugged);
    await clock.advance(5000);
    cancel.cancel();
    await clock.settle();
    expect(await outcome).toEqual({ status: 'cancelled' });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a device that comes back', () => {
  test('is found under another path, by its serial number in another port as well', async () => {
    const { bus, plugged, begin, clock, device } = updateBench();
    const [before] = await bus.list(0x0b0e);
    const outcome = begin(small);
    await clock.advance(250);
    bus.unplug(plugged);
    await clock.advance(3000);
    bus.plug(plugged);
    expect(await clock.complete(outcome)).toMatchObject({ status: 'updated' });
    const [now] = await bus.list(0x0b0e);
    expect(now?.path).not.toBe(before?.path);
    expect(device.state.version).toBe('2.3.4');
  });

  test('is not mistaken for another one in its port', async () => {
    const { bus, plugged, begin, clock, target } = updateBench();
    const other = virtualDevice({ family: 'evolve2-75', serial: '70BF92000009', version: '1.8.13' });
    let current = target;
    // Found by its port: the system tells no serial number.
    const outcome = begin(small, { target: { connect: () => current.connect(), onChange: (listener) => target.onChange(listener) } });
    await clock.advance(250);
    bus.plug(other);
    current = hidUpdateTarget(bus, clock, { vendorId: 0x0b0e, serial: '70BF92000009', physicalPort: '' }, 8);
    bus.unplug(plugged);
    expect(await clock.complete(outcome)).toMatchObject({ status: 'refused', reason: 'wrong-product' });
    expect(other.state.version).toBe('1.8.13');
    expect(other.received.filter(({ packet }) => packet?.command === Command.firmware)).toEqual([]);
  });

  test('is the only one that proves the update: another one that runs the version does not', async () => {
    const { bus, plugged, update, target, clock, journal } = updateBench();
    const other = virtualDevice({ family: 'evolve2-75', serial: '70BF92000009', version: '2.3.4' });
    let current = target;
    const outcome = await update(small, {
      target: { connect: () => current.connect(), onChange: (listener) => target.onChange(listener) },
      onProgress: ({ step }) => {
        if (step !== 'proving' || current !== target) return;
        bus.unplug(plugged);
        bus.plug(other);
        current = hidUpdateTarget(bus, clock, { vendorId: 0x0b0e, serial: '70BF92000009', physicalPort: '' }, 8);
      },
    });
    expect(outcome).toMatchObject({ status: 'interrupted', next: 'prove', step: 'proving' });
    expect(journal.text).toContain('committing');
    expect(clock.pendingTimers).toBe(0);
  });

  test('keeps its settings', async () => {
    const { device, update } = updateBench();
    device.setLocally('voiceGuidance', 'off');
    await update(small);
    expect(device.state.settings.get('voiceGuidance')).toBe('off');
  });
});

test('an update takes hardly longer than its erases, round trips and restart', async () => {
  const { update, clock } = updateBench();
  const image = imageOf(52 * 1001);
  await update(packageOf([image]));
  // 101 windows of 1 ms each, 200 ms of erase, 10 of verification, 20 and 500 of restart; nothing in between.
  expect(clock.monotonic()).toBe(101 + 200 + 10 + 20 + 500);
});
