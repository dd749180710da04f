import { buildFirmwarePackage } from '@jpd/protocol/firmware';
import { virtualDevice, virtualUpgradeFile } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import type { Weekday } from '../contract/index.ts';
import { childId, dongleId, FirmwareLab, headsetId, target } from './firmware/testing/firmware-lab.ts';

const hour = 3_600_000;
const url = `https://packages.example/${target}.zip`;

let rig: FirmwareLab;

afterEach(async () => {
  if (rig.lab.isRunning) await rig.lab.stop();
  expect(rig.lab.log.errors).toEqual([]);
  expect(rig.clock.pendingTimers).toBe(0);
});

async function started(make: (lab: FirmwareLab) => void = (lab) => lab.headset()): Promise<void> {
  rig = new FirmwareLab();
  make(rig);
  await rig.lab.start();
  rig.policy({});
  await rig.clock.advance(1000);
}

const latest = { status: 'latest', version: target, targetVersion: null, progress: null, reason: null, error: null } as const;

describe('a managed device', () => {
  it('gets the package that is desired, and proves it', async () => {
    await started();
    rig.desire(rig.offer({ bytes: 20_000 }));
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
    expect(rig.told()).toEqual([
      'unmanaged',
      'pending/downloading',
      'pending',
      ...Array.from({ length: 21 }, (_, step) => `updating ${step * 5}`),
      'latest',
    ]);
    expect(rig.eventsOf()).toEqual(['device.connected', 'settings.applied', 'firmware.started', 'firmware.updated']);
    expect(rig.lab.disk.contents.section('firmware').size).toBe(0);
  });

  it('is one document a step, however many blocks a step has', async () => {
    await started();
    rig.desire(rig.offer({ bytes: 60_000 }));
    await rig.clock.advance(20_000);
    expect(rig.lab.platform.received('devices', headsetId)).toHaveLength(rig.told().length);
  });

  it.each([
    ['a dongle', dongleId],
    ['a headset behind its dongle', childId],
  ])('may be %s', async (_, deviceId) => {
    await started((lab) => lab.dongle());
    rig.desire(rig.offer(), deviceId);
    await rig.clock.advance(20_000);
    expect(rig.document(deviceId).firmware).toEqual(latest);
    expect(rig.firmwareEvents(deviceId)).toEqual(['firmware.started', 'firmware.updated']);
  });

  it('may be a video bar, which takes one file', async () => {
    const barId = '3010-50c2ed000001';
    await started((lab) => lab.lab.bus.plug(virtualDevice({ family: 'panacast-50', serial: '50C2ED000001', version: '1.0.2' })));
    rig.desire(rig.offer({ dfuProductIds: [0x3010], images: [{ content: virtualUpgradeFile(target, 5000), partition: 0 }] }), barId);
    await rig.clock.advance(600_000);
    expect(rig.document(barId).firmware).toEqual(latest);
    expect(rig.firmwareEvents(barId)).toEqual(['firmware.started', 'firmware.updated']);
  });

  it('shares its package with the others of its model', async () => {
    const other = '24da-70bf92000009';
    await started((lab) => {
      lab.headset();
      lab.lab.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000009', version: '1.8.13' }));
    });
    const firmware = rig.offer();
    for (const id of [headsetId, other]) rig.desire(firmware, id);
    await rig.clock.advance(20_000);
    expect([headsetId, other].map((id) => rig.document(id).firmware.status)).toEqual(['latest', 'latest']);
    expect(rig.lab.packages.web.requests.get(url)).toBe(1);
    expect(rig.lab.packages.disk.files.size).toBe(0);
  });

  it('that runs the desired version, or is left alone, is not touched', async () => {
    await started();
    rig.desire({ ...rig.offer(), version: '1.8.13' });
    await rig.clock.advance(20_000);
    expect(rig.document().firmware.status).toBe('latest');
    rig.desire({ management: 'managed', version: target });
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toMatchObject({ status: 'available', targetVersion: target });
    rig.desire({ management: 'unmanaged' });
    await rig.clock.advance(20_000);
    expect(rig.document().firmware.status).toBe('unmanaged');
    expect(rig.lab.packages.web.requests.size).toBe(0);
  });

  it('is asked nothing of a later version while it takes an earlier one: that is called off', async () => {
    await started();
    rig.desire(rig.offer({ bytes: 20_000 }));
    await rig.until('updating 30');
    rig.desire(rig.offer({ version: '2.4.0' }));
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: '2.4.0' });
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.started', 'firmware.updated']);
  });

  it('keeps what it runs where it is no longer managed in the middle', async () => {
    await started();
    rig.desire(rig.offer({ bytes: 20_000 }));
    await rig.until('updating 30');
    rig.desire({ management: 'unmanaged' });
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toMatchObject({ status: 'unmanaged', version: '1.8.13' });
    expect(rig.document().connection.status).toBe('connected');
  });
});

describe('an older version', () => {
  it('is refused, is told once, and is installed where that is allowed', async () => {
    await started();
    rig.desire(rig.offer({ version: '1.0.5' }));
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toMatchObject({ status: 'failed', targetVersion: '1.0.5', error: { code: 'downgrade-refused' } });
    expect(rig.firmwareEvents()).toEqual(['firmware.failed']);
    expect(await rig.clock.complete(rig.firmware.request(headsetId))).toMatchObject({ status: 'failed', error: { code: 'downgrade-refused' } });
    rig.desire(rig.offer({ version: '1.0.5' }, { allowDowngrade: true }));
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: '1.0.5' });
  });
});

describe('a package that is of no use', () => {
  it.each([
    ['is another product’s', 'wrong-device', (lab: FirmwareLab) => lab.offer({ dfuProductIds: [0x2000] })],
    ['holds another version', 'package-invalid', (lab: FirmwareLab) => lab.offer({}, { version: '2.3.5' })],
    ['is no package', 'package-invalid', (lab: FirmwareLab) => lab.offer({ infoXml: '<nonsense/>' })],
    ['has nothing to send', 'package-invalid', (lab: FirmwareLab) => lab.offer({ images: [] })],
    [
      'is not on the server',
      'download-failed',
      (lab: FirmwareLab) => {
        const offer = lab.offer();
        lab.lab.packages.web.offer(url, new Uint8Array(0), { status: 404 });
        return offer;
      },
    ],
    [
      'is larger than it should be',
      'size-mismatch',
      (lab: FirmwareLab) => {
        const offer = lab.offer();
        lab.lab.packages.web.offer(url, new Uint8Array(10_000));
        return offer;
      },
    ],
    [
      'is another of that size',
      'hash-mismatch',
      (lab: FirmwareLab) => {
        const offer = lab.offer();
        lab.lab.packages.web.offer(url, new Uint8Array(offer.package?.size ?? 0));
        return offer;
      },
    ],
  ])('because it %s is told once, and no byte of it is sent', async (_, code, offer) => {
    await started();
    rig.desire(offer(rig));
    await rig.clock.advance(hour);
    expect(rig.document().firmware).toMatchObject({ status: 'failed', version: '1.8.13', error: { code } });
    expect(rig.firmwareEvents()).toEqual(['firmware.failed']);
    expect(rig.told()).not.toContain('updating 0');
    const requests = rig.lab.packages.web.requests.get(url);
    await rig.lab.restart();
    await rig.clock.advance(20_000);
    expect(rig.firmwareEvents()).toEqual(['firmware.failed']);
    expect(rig.lab.packages.web.requests.get(url)).toBe(requests);
  });

  it('is fetched again on the platform’s word, and for a new revision', async () => {
    await started();
    const offer = rig.offer();
    const content = buildFirmwarePackage({ version: target, dfuProductIds: [0x24da], images: [] });
    rig.lab.packages.web.offer(url, content, { status: 404 });
    rig.desire(offer);
    await rig.until('failed');
    rig.desire(offer);
    await rig.clock.advance(1000);
    expect(rig.firmwareEvents()).toEqual(['firmware.failed', 'firmware.failed']);
    rig.offer();
    expect(await rig.clock.complete(rig.firmware.request(headsetId))).toEqual({ status: 'updated', version: target });
  });
});

describe('an update waits', () => {
  it('for its package, as long as the network passes by itself', async () => {
    await started();
    const offer = rig.offer({ bytes: 3000 });
    const content = rig.lab.packages.web;
    content.pause();
    rig.desire(offer);
    await rig.clock.advance(hour);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'downloading' });
    content.resume();
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it('for a server that is busy, no longer than that says', async () => {
    await started();
    const offer = rig.offer();
    rig.lab.packages.web.offer(url, new Uint8Array(0), { status: 503, retryAfterMs: 600_000 });
    rig.desire(offer);
    await rig.clock.advance(10_000);
    rig.offer();
    await rig.clock.advance(580_000);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'downloading' });
    expect(rig.lab.packages.web.requests.get(url)).toBe(1);
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it('less long where the network comes back', async () => {
    await started();
    const offer = rig.offer();
    rig.lab.packages.web.offer(url, new Uint8Array(0), { status: 503, retryAfterMs: 600_000 });
    rig.desire(offer);
    await rig.clock.advance(10_000);
    rig.offer();
    rig.lab.agent.networkChanged();
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it('for the device', async () => {
    rig = new FirmwareLab();
    const headset = rig.headset();
    await rig.lab.start();
    rig.policy({});
    rig.lab.bus.unplug(headset);
    await rig.clock.advance(1000);
    rig.desire(rig.offer());
    await rig.clock.advance(hour);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'disconnected' });
    expect(rig.lab.packages.web.requests.size).toBe(0);
    rig.lab.bus.plug(headset);
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it.each([29, 0])('for a battery that is at %i %%, not for one at 30', async (level) => {
    rig = new FirmwareLab();
    const headset = rig.headset();
    headset.setBattery(level, true);
    await rig.lab.start();
    rig.policy({});
    rig.desire(rig.offer());
    await rig.clock.advance(hour);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'battery-low' });
    headset.setBattery(30, true);
    await rig.clock.advance(100_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it.each([
    ['a headset', headsetId, false],
    ['a headset behind its dongle', childId, true],
  ])('for the end of a call of %s', async (_, deviceId, isBehindDongle) => {
    rig = new FirmwareLab();
    const device = isBehindDongle ? rig.dongle().child : rig.headset();
    await rig.lab.start();
    rig.policy({});
    device.press('line-busy');
    await rig.clock.advance(1000);
    rig.desire(rig.offer(), deviceId);
    await rig.clock.advance(hour);
    expect(rig.document(deviceId).firmware).toMatchObject({ status: 'pending', reason: 'in-call' });
    device.press('line-busy');
    await rig.clock.advance(20_000);
    expect(rig.document(deviceId).firmware).toEqual(latest);
  });

  it('for the window, and starts when it opens', async () => {
    await started();
    const at = (weekday: Weekday, minutes: number): void => {
      const began = Math.floor(rig.clock.now() / 60_000);
      rig.lab.localTime = (ms) => ({ weekday, minutes: minutes + Math.floor(ms / 60_000) - began });
    };
    at('tue', 12 * 60);
    rig.policy({ updateWindow: { start: '18:00', end: '06:00' } });
    rig.desire(rig.offer());
    await rig.clock.advance(6 * hour - 60_000);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'outside-window' });
    await rig.clock.advance(70_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it('no longer where the policy drops the window', async () => {
    await started();
    rig.lab.localTime = () => ({ weekday: 'tue', minutes: 720 });
    rig.policy({ updateWindow: { start: '18:00', end: '06:00' } });
    rig.desire(rig.offer());
    await rig.clock.advance(hour);
    rig.policy({});
    await rig.clock.advance(20_000);
    expect(rig.document().firmware).toEqual(latest);
  });

  it('and whoever asked for it hears why when they don’t want to wait any more', async () => {
    await started();
    rig.lab.packages.web.pause();
    rig.desire(rig.offer());
    await rig.clock.advance(1000);
    const signal = new AbortController();
    const outcome = rig.firmware.request(headsetId, { signal: signal.signal });
    await rig.clock.advance(hour);
    signal.abort();
    expect(await outcome).toEqual({ status: 'waiting', reason: 'downloading' });
    rig.lab.packages.web.resume();
  });
});

describe('asking for an update of what can’t have one', () => {
  it('is rejected with the reason', async () => {
    await started();
    const request = (id: string) => rig.clock.complete(rig.firmware.request(id));
    expect(await request('nobody')).toMatchObject({ status: 'rejected', reason: 'unknown-device' });
    expect(await request(headsetId)).toMatchObject({ status: 'rejected', reason: 'not-managed' });
    rig.desire({ management: 'managed', version: target });
    await rig.clock.advance(1000);
    expect(await request(headsetId)).toMatchObject({ status: 'rejected', reason: 'no-package' });
    rig.desire({ management: 'managed', version: '1.8.13' });
    await rig.clock.advance(1000);
    expect(await request(headsetId)).toEqual({ status: 'latest', version: '1.8.13' });
  });
});

describe('a version that is not supported', () => {
  it('gets no setting, and all of them when the firmware moved', async () => {
    rig = new FirmwareLab();
    const headset = rig.headset();
    await rig.lab.start();
    rig.policy({});
    rig.lab.packages.web.pause();
    rig.desire(rig.offer({}, { unsupportedVersions: ['1.8.13'] }), headsetId, { sidetoneLevel: 3, voiceGuidance: { value: 'tones', locked: true } });
    await rig.clock.advance(10_000);
    expect(rig.document().settings).toMatchObject({
      state: 'failed',
      locked: [],
      errors: [
        { key: 'sidetoneLevel', code: 'firmware-unsupported' },
        { key: 'voiceGuidance', code: 'firmware-unsupported' },
      ],
    });
    expect(headset.writes).toBe(0);
    rig.lab.packages.web.resume();
    await rig.clock.advance(20_000);
    expect(rig.document()).toMatchObject({ firmware: latest, settings: { state: 'in-sync', errors: [], locked: ['voiceGuidance'] } });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
  });
});

describe('a device that is forgotten', () => {
  it('takes what was kept of its firmware with it', async () => {
    await started();
    rig.desire(rig.offer({ infoXml: '<nonsense/>' }));
    await rig.until('failed');
    expect(rig.lab.disk.contents.section('firmware').size).toBe(1);
    rig.lab.platform.send('commands', { id: 'c-1', expiresAt: '2099-01-01T00:00:00.000Z', type: 'forget-device', deviceId: headsetId, params: {} });
    await rig.clock.advance(1000);
    expect(rig.lab.disk.contents.section('firmware').size).toBe(0);
    expect(rig.firmware.snapshot()).toEqual([]);
  });
});
