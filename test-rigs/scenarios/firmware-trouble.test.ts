import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirmwareLab, firstVersion, nextVersion } from '../lab/packages/firmware-lab.ts';
import { dfuProductIds } from '../lab/packages/firmware-package.ts';
import { eventually } from '../lab/waiting.ts';

/** A headset for each trouble. */
const headset = (number: number) => {
  const serial = `70BF9200${String(number).padStart(4, '0')}`;
  return { serial, id: `24da-${serial.toLowerCase()}` };
};
const dongle = { serial: '50C275000001', id: '24c7-50c275000001' };
const child = { serial: '70BF92001000', id: '24b3-70bf92001000' };

/** Long enough for something to happen in the middle. */
const manyBytes = 150_000;

let rig: FirmwareLab;
beforeAll(async () => {
  const headsets = Array.from({ length: 12 }, (_, index) => `evolve2-75:${headset(index + 1).serial}`);
  rig = await FirmwareLab.start([...headsets, `link-380:${dongle.serial}+evolve2-65:${child.serial}`]);
});
afterAll(() => rig?.stop());

/** On a busy machine an update takes many times what it takes on a quiet one, and so does each start of the program after a kill. */
const patience = { timeout: 120_000 };

const done = ['firmware.started', 'firmware.updated'];
const rangesOf = (path: string): readonly (string | undefined)[] => rig.server.requestsFor(path).map(({ headers }) => headers.range);

/** Kills the agent as soon as this is told of a device, and starts it again in the same session. */
async function killAt(id: string, status: RegExp, after: number): Promise<void> {
  await rig.lab.wire.device(id, ({ firmware }) => status.test(`${firmware.status} ${firmware.progress}`), { after });
  await rig.lab.agent.kill();
  await rig.lab.agent.start('login-1');
}

describe('one package', patience, () => {
  it('is fetched once for two headsets of a model, which are updated beside each other', async () => {
    const [one, two] = [headset(1), headset(2)];
    const firmware = rig.offer({ bytes: 20_000 });
    await rig.lab.platform.publish(one.id, {}, firmware);
    await rig.lab.platform.publish(two.id, {}, firmware);
    await Promise.all([rig.event(one.id, 'firmware.updated'), rig.event(two.id, 'firmware.updated')]);
    expect(rig.requests(firmware)).toBe(1);
    expect(await Promise.all([one, two].map(({ serial }) => rig.versionOn(serial)))).toEqual([nextVersion, nextVersion]);
  });

  it('comes over a slow line, and is taken up where that is cut', async () => {
    const { id } = headset(3);
    const wish = { path: '/cut.zip', bytes: 60_000 };
    const firmware = rig.offer({ ...wish, shelf: { etag: '"v1"', cutAfter: 25_000, pace: { bytes: 5000, everyMs: 20 } } });
    await rig.desire(id, firmware, 'pending/downloading');
    await eventually('the package is asked for', () => rig.requests(firmware) > 0);
    rig.offer({ ...wish, shelf: { etag: '"v1"', pace: { bytes: 5000, everyMs: 20 } } });
    await rig.event(id, 'firmware.updated');
    expect(rangesOf('/cut.zip')).toEqual([undefined, 'bytes=25000-']);
    expect(rig.server.requestsFor('/cut.zip')[1]?.headers['if-range']).toBe('"v1"');
    expect(rig.types(id)).toEqual(done);
  });

  it('is asked for again when a busy server said', async () => {
    const { id } = headset(4);
    const busy = rig.offer({ path: '/busy.zip', bytes: 2500, shelf: { status: 503, headers: { 'retry-after': '1' } } });
    await rig.desire(id, busy, 'pending/downloading');
    await eventually('the package is asked for', () => rig.requests(busy) > 0);
    rig.offer({ path: '/busy.zip', bytes: 2500 });
    const asked = performance.now();
    await rig.event(id, 'firmware.updated');
    expect(rig.requests(busy)).toBe(2);
    expect(performance.now() - asked).toBeGreaterThan(900);
  });
});

describe('a dongle and the headset behind it', patience, () => {
  it('are never updated together', async () => {
    const { wire } = rig.lab;
    const after = wire.mark();
    const ids = [dfuProductIds.link380, dfuProductIds.evolve265];
    const wish = { path: '/both.zip', bytes: 30_000, version: '9.0.1', dfuProductIds: ids };
    // Neither begins before both are to.
    const firmware = rig.offer({ ...wish, shelf: { status: 503, headers: { 'retry-after': '1' } } });
    for (const { id } of [dongle, child]) await rig.desire(id, firmware, 'pending/downloading');
    rig.offer(wish);
    await Promise.all([rig.event(dongle.id, 'firmware.updated'), rig.event(child.id, 'firmware.updated')]);
    const now = new Map<string, string>();
    for (const { deviceId, firmware: told } of wire.said('devices', { after })) {
      now.set(deviceId, told.status);
      expect([now.get(dongle.id), now.get(child.id)]).not.toEqual(['updating', 'updating']);
    }
    expect([...rig.toldInShort(dongle.id, after), ...rig.toldInShort(child.id, after)]).toContain('pending/busy');
    expect(await Promise.all([dongle, child].map(({ serial }) => rig.versionOn(serial)))).toEqual(['9.0.1', '9.0.1']);
  });
});

describe('a version on which settings are frozen', patience, () => {
  it('keeps every setting as it is until the device runs another one', async () => {
    const { id, serial } = headset(5);
    const { platform, wire, bus } = rig.lab;
    const frozen = rig.offer({ desired: { unsupportedVersions: [firstVersion] }, shelf: { holdAfter: 0 }, path: '/frozen.zip' });
    await platform.publish(id, { sidetoneLevel: { value: 3, locked: true } }, frozen);
    const before = await wire.device(id, ({ settings }) => settings.state === 'failed');
    expect(before.settings).toMatchObject({ locked: [], errors: [{ key: 'sidetoneLevel', code: 'firmware-unsupported' }] });
    expect((await bus.device(serial)).writes).toBe(0);
    rig.server.resume();
    await rig.event(id, 'firmware.updated');
    const after = await wire.device(id, ({ settings }) => settings.state === 'in-sync' && settings.locked.length > 0);
    expect(after.settings).toMatchObject({ locked: ['sidetoneLevel'], errors: [], values: { sidetoneLevel: 3 } });
    expect(await bus.get(serial, 'sidetoneLevel')).toBe(3);
  });
});

describe('a headset that is pulled out in the middle', patience, () => {
  it('waits as disconnected, and goes on when it is back', async () => {
    const { id, serial } = headset(6);
    await rig.lab.platform.publish(id, {}, rig.offer({ bytes: manyBytes }));
    await rig.underWay(id, 20);
    const after = rig.lab.wire.mark();
    await rig.lab.bus.unplug(serial);
    await rig.until(id, 'pending/disconnected', after);
    await rig.lab.bus.plug(serial);
    await rig.event(id, 'firmware.updated', after);
    expect(rig.types(id)).toEqual(done);
    expect(await rig.versionOn(serial)).toBe(nextVersion);
  });
});

describe('a headset that refuses in the middle', patience, () => {
  it('is failed with device-error, and updated on the platform’s word', async () => {
    const { id, serial } = headset(10);
    const { platform, bus, agent, wire } = rig.lab;
    await platform.publish(id, {}, rig.offer({ bytes: manyBytes, version: '5.0.0' }));
    await rig.underWay(id, 20);
    await bus.fault(serial, 'nack', 3);
    expect(await rig.until(id, 'failed: device-error')).toMatchObject({ version: firstVersion, targetVersion: '5.0.0' });
    const commandId = await platform.command(await agent.clientId(), { type: 'update-firmware', deviceId: id });
    await wire.until('results', { id: commandId, where: ({ status }) => status === 'succeeded' });
    expect(await rig.versionOn(serial)).toBe('5.0.0');
    await rig.event(id, 'firmware.updated');
    expect(rig.types(id)).toEqual(['firmware.started', 'firmware.failed', ...done]);
  });
});

describe('an agent that is killed', patience, () => {
  it('while it fetches, sends and installs goes on each time, and tells of it once', async () => {
    const { id, serial } = headset(7);
    const path = '/killed.zip';
    const firmware = rig.offer({ path, bytes: manyBytes, version: '3.0.1', shelf: { holdAfter: 50_000 } });
    await rig.desire(id, firmware, 'pending/downloading');
    const part = join(rig.lab.agent.stateDir, 'packages', `${firmware.package?.sha256}.part`);
    await eventually('a part is on the disk', async () => ((await stat(part).catch(() => null))?.size ?? 0) > 0);
    await rig.lab.agent.kill();
    const after = rig.lab.wire.mark();
    rig.offer({ path, bytes: manyBytes, version: '3.0.1' });
    await rig.lab.agent.start('login-1');
    await killAt(id, /^updating [3-9]\d$/, after);
    expect(await rig.versionOn(serial)).toBe(firstVersion);
    await killAt(id, /^updating 100$/, after);
    await rig.event(id, 'firmware.updated', after);
    expect(await rig.versionOn(serial)).toBe('3.0.1');
    expect(rig.types(id)).toEqual(done);
    const [, second, ...more] = rangesOf(path);
    expect(second).toMatch(/^bytes=\d+-$/);
    expect(more).toEqual([]);
  });

  it('five times at one step gives up there, and leaves every other device alone', async () => {
    const { id, serial } = headset(8);
    const other = headset(9);
    const before = rig.latest(other.id)?.firmware;
    const start = rig.lab.wire.mark();
    await rig.lab.platform.publish(id, {}, rig.offer({ bytes: 4 * manyBytes, version: '4.0.0' }));
    for (let killed = 0; killed < 5; killed += 1) await killAt(id, /^updating (?:[5-9]|\d\d)$/, killed === 0 ? start : rig.lab.wire.mark());
    expect(await rig.until(id, 'failed: interrupted', start)).toMatchObject({ version: firstVersion, targetVersion: '4.0.0' });
    expect(await rig.versionOn(serial)).toBe(firstVersion);
    await rig.event(id, 'firmware.failed', start);
    expect(rig.types(id, start)).toEqual(['firmware.started', 'firmware.failed']);
    expect(rig.latest(other.id)?.firmware).toEqual(before);
    expect(rig.types(other.id)).toEqual([]);
  });
});

it('what no device waits for any more is deleted from the disk', async () => {
  const folder = join(rig.lab.agent.stateDir, 'packages');
  await rig.lab.platform.publish(headset(8).id, {}, { management: 'unmanaged' });
  expect(await eventually('the folder is empty', async () => (await readdir(folder)).length === 0)).toBe(true);
});
