import { describe, expect, test } from 'vitest';
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
