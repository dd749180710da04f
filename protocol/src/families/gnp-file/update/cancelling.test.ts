import { describe, expect, test } from 'vitest';
import { CancelSource } from '../../../session/index.ts';
import { at, moments, oldVersion, rig } from './testing/rig.ts';

const drained = (): Promise<unknown> => new Promise((resolve) => void setImmediate(resolve));

describe('a caller who changes his mind', () => {
  test.each(moments)('at request %s %i gets the device back as it was', async (name, nth) => {
    const made = rig(drained);
    const source = new CancelSource();
    made.device.behave(
      at(name, nth, (context) => {
        source.cancel();
        return context.next();
      }),
    );
    expect(await made.drive(made.start(undefined, { signal: source.signal }))).toEqual({ status: 'cancelled' });
    expect([made.device.state.version, made.device.state.files.isInstalling]).toEqual([oldVersion, false]);
    expect(made.clock.pendingTimers).toBe(0);
    expect((await made.drive(made.start())).status).toBe('updated');
  });

  test('before anything began asks nothing', async () => {
    const made = rig(drained);
    const source = new CancelSource();
    source.cancel();
    expect(await made.drive(made.start(undefined, { signal: source.signal }))).toEqual({ status: 'cancelled' });
    expect(made.device.received).toEqual([]);
  });

  test('while the device is busy need not wait', async () => {
    const made = rig(drained);
    made.device.state.files.busyUntil = Number.MAX_SAFE_INTEGER;
    const source = new CancelSource();
    made.clock.setTimer(10_000, () => {
      source.cancel();
    });
    expect(await made.drive(made.start(undefined, { signal: source.signal }))).toEqual({ status: 'cancelled' });
    expect(made.clock.monotonic()).toBeLessThan(11_000);
  });

  test('after the start is too late', async () => {
    const made = rig(drained);
    const source = new CancelSource();
    made.device.behave(
      at('start', 1, (context) => {
        source.cancel();
        return context.next();
      }),
    );
    expect((await made.drive(made.start(undefined, { signal: source.signal }))).status).toBe('updated');
  });
});
