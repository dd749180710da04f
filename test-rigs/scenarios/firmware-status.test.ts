import type { DeviceFirmware, FirmwareErrorCode } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirmwareLab, firstVersion, nextVersion } from '../lab/packages/firmware-lab.ts';
import { dfuProductIds } from '../lab/packages/firmware-package.ts';

/** A headset for each row, so that none waits for another. */
const headset = (number: number) => {
  const serial = `70BF9200${String(number).padStart(4, '0')}`;
  return { serial, id: `24da-${serial.toLowerCase()}` };
};
const speakerphone = { serial: '50C2ED000001', id: '0420-50c2ed000001' };
const plain: Pick<DeviceFirmware, 'progress' | 'reason' | 'error'> = { progress: null, reason: null, error: null };
const waits = { version: firstVersion, targetVersion: nextVersion, progress: null, error: null };

let rig: FirmwareLab;
beforeAll(async () => {
  const headsets = Array.from({ length: 20 }, (_, index) => `evolve2-75:${headset(index + 1).serial}`);
  rig = await FirmwareLab.start([...headsets, `speak-510:${speakerphone.serial}`]);
});
afterAll(() => rig?.stop());

describe('the firmware of a device is', () => {
  it('unknown where the device does not say which it runs, until it does', async () => {
    const { id, serial } = headset(18);
    await rig.lab.unplug(serial, id);
    const after = rig.lab.wire.mark();
    // Serial, version, ids and name, each refused as often as it is asked for.
    await rig.lab.bus.fault(serial, 'nack', 15);
    await rig.lab.bus.plug(serial);
    expect(await rig.until(id, 'unknown', after)).toEqual({ ...plain, status: 'unknown', version: null, targetVersion: null });
    await rig.lab.unplug(serial, id);
    const back = rig.lab.wire.mark();
    await rig.lab.bus.plug(serial);
    await rig.until(id, 'unmanaged', back);
  });

  it('unmanaged where nothing is desired, and where that is what is desired', async () => {
    const { id } = headset(1);
    expect((await rig.lab.wire.device(id)).firmware).toEqual({ ...plain, status: 'unmanaged', version: firstVersion, targetVersion: null });
    const { revision } = await rig.lab.wire.device(id);
    await rig.lab.platform.publish(id, {}, { management: 'unmanaged' });
    const after = await rig.lab.wire.device(id, (document) => document.revision > revision);
    expect(after.firmware.status).toBe('unmanaged');
  });

  it('latest where it is the desired one, and nothing is fetched for that', async () => {
    const { id } = headset(2);
    const firmware = rig.offer({ version: firstVersion });
    expect(await rig.desire(id, firmware, 'latest')).toEqual({ ...plain, status: 'latest', version: firstVersion, targetVersion: null });
    expect(rig.requests(firmware)).toBe(0);
  });

  it('available where a version is named without a package', async () => {
    const { id } = headset(3);
    const told = await rig.desire(id, { management: 'managed', version: nextVersion }, 'available');
    expect(told).toEqual({ ...plain, status: 'available', version: firstVersion, targetVersion: nextVersion });
  });

  it('updating in steps of five, then latest, with the events of both', async () => {
    const { id, serial } = headset(4);
    await rig.desire(id, rig.offer({ bytes: 120_000 }), 'latest');
    expect(rig.toldInShort(id)).toEqual(['unmanaged', 'pending/downloading', 'pending', 'updating', 'latest']);
    // What is passed quickly may not be told; the last stands until the device is back.
    const steps = rig.lab.wire.said('devices', { id }).flatMap(({ firmware }) => firmware.progress ?? []);
    expect(steps).toEqual([...new Set(steps)].toSorted((one, other) => one - other));
    expect(steps.every((step) => step % 5 === 0)).toBe(true);
    expect(steps.at(-1)).toBe(100);
    expect(steps.length).toBeGreaterThan(5);
    await rig.event(id, 'firmware.updated');
    expect(rig.events(id)).toMatchObject([
      { type: 'firmware.started', data: { from: firstVersion, version: nextVersion } },
      { type: 'firmware.updated', data: { from: firstVersion, version: nextVersion } },
    ]);
    expect(await rig.versionOn(serial)).toBe(nextVersion);
  });
});

describe('it is pending, with the reason, and goes on by itself when that is over:', () => {
  it('downloading', async () => {
    const { id } = headset(5);
    const firmware = rig.offer({ bytes: 4000, shelf: { holdAfter: 1000 } });
    expect(await rig.desire(id, firmware, 'pending/downloading')).toEqual({ ...waits, status: 'pending', reason: 'downloading' });
    rig.server.resume();
    await rig.until(id, 'latest');
  });

  it('in-call, told by the device alone', async () => {
    const { id, serial } = headset(6);
    await rig.lab.bus.press(serial, 'line-busy');
    expect(await rig.desire(id, rig.offer(), 'pending/in-call')).toEqual({ ...waits, status: 'pending', reason: 'in-call' });
    await rig.lab.bus.press(serial, 'line-busy');
    await rig.until(id, 'latest');
  });

  it('battery-low below 30 %', async () => {
    const { id, serial } = headset(7);
    // A level that moves is told once a minute, the first one at once.
    await rig.lab.unplug(serial, id);
    await rig.lab.bus.battery(serial, 29);
    expect((await rig.lab.plug(serial, id)).battery).toMatchObject({ level: 29 });
    expect(await rig.desire(id, rig.offer(), 'pending/battery-low')).toEqual({ ...waits, status: 'pending', reason: 'battery-low' });
    // Charging begins: that is told at once, and the level with it.
    await rig.lab.bus.battery(serial, 30, true);
    await rig.until(id, 'latest');
  });

  it('outside-window', async () => {
    const { id } = headset(8);
    const hour = (from: number): string => `${String((new Date().getHours() + from) % 24).padStart(2, '0')}:00`;
    await rig.lab.platform.changePolicy({ updateWindow: { start: hour(2), end: hour(3) } });
    expect(await rig.desire(id, rig.offer(), 'pending/outside-window')).toEqual({ ...waits, status: 'pending', reason: 'outside-window' });
    await rig.lab.platform.changePolicy({ updateWindow: { start: '00:00', end: '00:00' } });
    await rig.until(id, 'latest');
  });

  it('disconnected', async () => {
    const { id, serial } = headset(9);
    await rig.lab.unplug(serial, id);
    expect(await rig.desire(id, rig.offer(), 'pending/disconnected')).toEqual({ ...waits, status: 'pending', reason: 'disconnected' });
    await rig.lab.bus.plug(serial);
    await rig.until(id, 'latest');
  });
});

describe('it is failed, with the code,', () => {
  const failure = async (id: string, code: FirmwareErrorCode, firmware: Parameters<FirmwareLab['desire']>[1]) => {
    const told = await rig.desire(id, firmware, `failed: ${code}`);
    expect(told).toMatchObject({ targetVersion: expect.any(String) as unknown, progress: null, reason: null });
    expect((await rig.event(id, 'firmware.failed')).data).toMatchObject({ code });
    return told;
  };

  it('downgrade-refused, until it is allowed', async () => {
    const { id, serial } = headset(10);
    const firmware = rig.offer({ version: '1.0.2' });
    expect(await failure(id, 'downgrade-refused', firmware)).toMatchObject({ status: 'failed' });
    expect(rig.requests(firmware)).toBe(0);
    await rig.desire(id, { ...firmware, allowDowngrade: true }, 'latest');
    expect(await rig.versionOn(serial)).toBe('1.0.2');
  });

  it('wrong-device where the package is another model’s', async () => {
    const { id, serial } = headset(11);
    expect(await failure(id, 'wrong-device', rig.offer({ dfuProductIds: [dfuProductIds.link380] }))).toMatchObject({ status: 'failed' });
    expect(rig.types(id)).toEqual(['firmware.failed']);
    expect(await rig.versionOn(serial)).toBe(firstVersion);
  });

  it('hash-mismatch where what the server has was tampered with; a new revision is a new try', async () => {
    const { id } = headset(12);
    const firmware = rig.offer({ path: '/tampered.zip', bytes: 3000 });
    const right = rig.offer({ path: '/right.zip', bytes: 3000 });
    rig.server.put('/tampered.zip', { content: Buffer.alloc(firmware.package?.size ?? 0, 7) });
    expect(await failure(id, 'hash-mismatch', firmware)).toMatchObject({ status: 'failed' });
    expect(rig.requests(firmware)).toBe(1);
    await rig.desire(id, right, 'latest');
  });

  it.each([
    ['more than was promised', 13, 1],
    ['less than was promised', 14, -1],
  ])('size-mismatch where the server has %s', async (_what, number, difference) => {
    const { id } = headset(number);
    const { package: right } = rig.offer({ bytes: 5000 + number });
    expect(
      await failure(id, 'size-mismatch', rig.offer({ bytes: 5000 + number, reference: { size: (right?.size ?? 0) - difference } })),
    ).toMatchObject({ status: 'failed' });
  });

  it('package-invalid where it is no package, and where it holds another version', async () => {
    const { id } = headset(15);
    expect(await failure(id, 'package-invalid', rig.offer({ content: Buffer.from('no zip at all') }))).toMatchObject({ status: 'failed' });
    expect(await failure(headset(16).id, 'package-invalid', rig.offer({ version: '2.9.9', desired: { version: nextVersion } }))).toMatchObject({
      status: 'failed',
    });
    expect(rig.types(headset(16).id)).toEqual(['firmware.failed']);
  });

  it('download-failed where the server’s answer is final', async () => {
    const { id } = headset(17);
    expect(await failure(id, 'download-failed', rig.offer({ bytes: 2100, shelf: { status: 404 } }))).toMatchObject({ status: 'failed' });
  });

  it('device-error where nobody vouches for a way to update the device', async () => {
    expect(await failure(speakerphone.id, 'device-error', rig.offer({ dfuProductIds: [dfuProductIds.speak510], version: '9.9.9' }))).toMatchObject({
      status: 'failed',
    });
  });

  it('and stays so over a restart, without another try', async () => {
    const { id } = headset(17);
    const asked = rig.server.requests.length;
    const after = rig.lab.wire.mark();
    await rig.lab.agent.stop();
    await rig.lab.agent.start('login-1');
    await rig.lab.wire.device(id, undefined, { after });
    expect(rig.told(id, after)).toEqual(['failed: download-failed']);
    expect(rig.types(id, after)).toEqual([]);
    expect(rig.server.requests.slice(asked).map(({ path }) => path)).toEqual([]);
  });
});
