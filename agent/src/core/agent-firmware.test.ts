import { afterEach, describe, expect, it } from 'vitest';
import { FirmwareLab, target } from './firmware/testing/firmware-lab.ts';

let rig: FirmwareLab;

afterEach(async () => {
  if (rig.lab.isRunning) await rig.lab.stop();
  expect(rig.lab.log.errors).toEqual([]);
});

describe('a managed device', () => {
  it('gets the package that is desired, and proves it', async () => {
    rig = new FirmwareLab();
    const headset = rig.headset();
    await rig.lab.start();
    rig.policy({});
    rig.desire(rig.offer({ bytes: 20_000 }));
    await rig.clock.advance(60_000);
    expect(headset.state.version).toBe(target);
    expect(rig.document().firmware).toEqual({ status: 'latest', version: target, targetVersion: null, progress: null, reason: null, error: null });
    expect(rig.told()).toEqual([
      'unmanaged',
      'pending/downloading',
      'pending',
      ...Array.from({ length: 21 }, (_, step) => `updating ${step * 5}`),
      'latest',
    ]);
    expect(rig.eventsOf()).toEqual(['device.connected', 'settings.applied', 'firmware.started', 'firmware.updated']);
  });
});
