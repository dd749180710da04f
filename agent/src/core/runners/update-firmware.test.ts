import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { timestamp } from '../../contract/index.ts';
import type { FirmwareControl, FirmwareRequestOutcome } from '../firmware/view.ts';
import { updateFirmware } from './update-firmware.ts';

/** What the command comes to where the engine answers so after `percents`. */
async function updating(came: FirmwareRequestOutcome | 'when nobody waits', percents: readonly number[] = [], deviceId: string | null = '24da-1') {
  const clock = new VirtualClock();
  const told: string[] = [];
  const progress = {
    accepted: () => void told.push('accepted'),
    running: (percent?: number) => void told.push(`running ${percent}`),
  };
  const request: FirmwareControl['request'] = async (_deviceId, options) => {
    for (const percent of percents) options?.onProgress?.(percent);
    if (came !== 'when nobody waits') return came;
    await new Promise<void>((resolve) => options?.signal?.addEventListener('abort', resolve));
    return { status: 'waiting', reason: 'outside-window' };
  };
  const expiresAt = timestamp(clock.now() + 60_000);
  const command = { schema: 'command/1' as const, sentAt: expiresAt, id: 'c-1', type: 'update-firmware', params: {}, expiresAt };
  const run = updateFirmware({ clock, firmware: { request } });
  const outcome = await clock.complete(run({ ...command, ...(deviceId === null ? {} : { deviceId }) }, progress));
  return { outcome, told, tookMs: clock.monotonic() };
}

describe('update-firmware', () => {
  it('is done when the device came back with the new version, and tells how far it is', async () => {
    const { outcome, told } = await updating({ status: 'updated', version: '1.11.7' }, [0, 50, 100]);
    expect(outcome).toEqual({ status: 'succeeded', data: { version: '1.11.7' } });
    expect(told).toEqual(['accepted', 'running 0', 'running 50', 'running 100']);
  });

  it('is done where there is nothing to do', async () => {
    expect((await updating({ status: 'latest', version: '1.11.7' })).outcome).toEqual({ status: 'succeeded', data: { version: '1.11.7' } });
  });

  it('fails with the contract’s code', async () => {
    const { outcome } = await updating({ status: 'failed', error: { code: 'hash-mismatch', message: 'another package' } });
    expect(outcome).toEqual({ status: 'failed', error: { code: 'hash-mismatch', message: 'another package' } });
  });

  it('is rejected where nothing is desired, and fails for a device that nobody knows', async () => {
    const rejected = async (reason: 'unknown-device' | 'not-managed' | 'no-package') =>
      (await updating({ status: 'rejected', reason, message: 'why' })).outcome;
    expect(await rejected('not-managed')).toMatchObject({ status: 'rejected', error: { code: 'not-managed' } });
    expect(await rejected('no-package')).toMatchObject({ status: 'rejected', error: { code: 'no-package' } });
    expect(await rejected('unknown-device')).toMatchObject({ status: 'failed', error: { code: 'unknown-device' } });
    expect((await updating({ status: 'latest', version: '1' }, [], null)).outcome).toMatchObject({
      status: 'rejected',
      error: { code: 'not-supported' },
    });
  });

  it('is waited for until the command expires: it goes on by itself then', async () => {
    const { outcome, tookMs } = await updating('when nobody waits');
    expect(outcome).toEqual({ status: 'accepted', data: { reason: 'outside-window' } });
    expect(tookMs).toBe(60_000);
  });

  it('is not supported by a program without an engine', async () => {
    const run = updateFirmware({ clock: new VirtualClock(), firmware: null });
    const sentAt = timestamp(0);
    const command = { schema: 'command/1' as const, sentAt, id: 'c-1', type: 'update-firmware', params: {}, expiresAt: sentAt };
    const progress = { accepted: () => undefined, running: () => undefined };
    expect(await run(command, progress)).toMatchObject({ status: 'rejected', error: { code: 'not-supported' } });
  });
});
