import { onUpdateEvent, onUpdateRequest, type VirtualDevice, virtualDevice } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { childId, dongleId, FirmwareLab, headsetId, target } from './firmware/testing/firmware-lab.ts';

let rig: FirmwareLab;

afterEach(async () => {
  if (rig.lab.isRunning) await rig.lab.stop();
  expect(rig.lab.log.errors).toEqual([]);
  // What a device was told to do is waited for as long as the process lives, and not for ever.
  await rig.clock.advance(120_000);
  expect(rig.clock.pendingTimers).toBe(0);
});

async function started(make: (lab: FirmwareLab) => void = () => undefined): Promise<void> {
  rig = new FirmwareLab();
  make(rig);
  await rig.lab.start();
  rig.policy({});
  await rig.clock.advance(1000);
}

const until = (text: string, deviceId = headsetId): Promise<void> => rig.until(text, deviceId);

describe('a device that restarts for its update', () => {
  it('is not reported as unplugged, and gets back what it lost', async () => {
    let headset: VirtualDevice | undefined;
    await started((lab) => (headset = lab.headset()));
    rig.desire(rig.offer({ bytes: 2000 }), headsetId, { sidetoneLevel: 3, voiceGuidance: { value: 'tones', locked: true } });
    await until('updating 100');
    headset?.setLocally('sidetoneLevel', -3);
    await until('latest');
    await rig.clock.advance(20_000);
    expect(rig.eventsOf().filter((type) => type.startsWith('device.'))).toEqual(['device.connected']);
    expect(headset?.state.settings.get('sidetoneLevel')).toBe(3);
    expect(rig.document().settings).toMatchObject({ state: 'in-sync', locked: ['voiceGuidance'] });
  });

  it('is asked nothing else while it is updated', async () => {
    let headset: VirtualDevice | undefined;
    await started((lab) => (headset = lab.headset()));
    const before = headset?.received.length ?? 0;
    rig.desire(rig.offer({ bytes: 3000 }), headsetId, {});
    await until('updating 5');
    const during = headset?.received.length ?? 0;
    await rig.lab.agent.firmware?.answer(headsetId, 'install');
    await until('updating 100');
    const asked = (headset?.received.slice(during) ?? []).filter(({ packet }) => packet?.command !== 0x0f);
    expect(before).toBeLessThan(during);
    expect(asked).toEqual([]);
  });
});

describe('a device that is pulled out in the middle', () => {
  it.each(['erased', 'block-acknowledged', 'verified'] as const)('at the step %s, and soon back, is updated all the same', async (step) => {
    await started((lab) => lab.headset([onUpdateEvent(step, 'unplug')]));
    rig.desire(rig.offer());
    await until('latest');
    await rig.clock.advance(1000);
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.updated']);
    expect(rig.eventsOf().filter((type) => type.startsWith('device.'))).toEqual(['device.connected']);
  });

  it('for minutes is reported, and goes on when it is back, without another start', async () => {
    let headset: VirtualDevice | undefined;
    await started((lab) => (headset = lab.headset()));
    rig.desire(rig.offer({ bytes: 20_000 }));
    await until('updating 30');
    if (headset) rig.lab.bus.unplug(headset);
    await rig.clock.advance(5000);
    expect(rig.document()).toMatchObject({ connection: { status: 'disconnected' }, firmware: { status: 'pending', reason: 'disconnected' } });
    await rig.clock.advance(600_000);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: 'disconnected', progress: null });
    if (headset) rig.lab.bus.plug(headset);
    await rig.clock.advance(60_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: target });
    expect(rig.eventsOf()).toEqual([
      'device.connected',
      'settings.applied',
      'firmware.started',
      'device.disconnected',
      'device.connected',
      'firmware.updated',
    ]);
  });

  it('and comes back within the update’s own patience is reported as back', async () => {
    let headset: VirtualDevice | undefined;
    await started((lab) => (headset = lab.headset()));
    rig.desire(rig.offer({ bytes: 20_000 }));
    await until('updating 30');
    if (headset) rig.lab.bus.unplug(headset);
    await rig.clock.advance(10_000);
    if (headset) rig.lab.bus.plug(headset);
    await until('latest');
    expect(rig.told()).toContain('pending/disconnected');
    expect(rig.document().connection.status).toBe('connected');
    await rig.clock.advance(1000);
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.updated']);
  });

  it('five times at one step has failed, and is tried again for a new revision', async () => {
    let headset: VirtualDevice | undefined;
    await started((lab) => (headset = lab.headset()));
    if (!headset) throw new Error('no headset');
    rig.desire(rig.offer({ bytes: 20_000 }));
    for (let time = 0; time < 5; time += 1) {
      await until('updating 30');
      rig.lab.bus.unplug(headset);
      await rig.clock.advance(120_000);
      expect(rig.document().firmware.status).toBe(time < 4 ? 'pending' : 'failed');
      rig.lab.bus.plug(headset);
      await rig.clock.advance(500);
    }
    await rig.clock.advance(600_000);
    expect(rig.document().firmware).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.failed']);
    rig.desire(rig.offer({ bytes: 20_000 }));
    await until('latest');
    await rig.clock.advance(1000);
    expect(rig.firmwareEvents().slice(2)).toEqual(['firmware.started', 'firmware.updated']);
  });
});

describe('a device that stays away after its restart', () => {
  it('is reported, and is found to have the new version when it is back', async () => {
    await started((lab) => lab.headset());
    const [headset] = rig.headsets;
    if (!headset) throw new Error('no headset');
    rig.desire(rig.offer({ bytes: 2000 }));
    await until('updating 100');
    // It restarts: away from here on.
    for (let ms = 0; rig.lab.bus.isPlugged(headset) && ms < 5000; ms += 10) await rig.clock.advance(10);
    rig.lab.bus.unplug(headset);
    await rig.clock.advance(120_000);
    expect(rig.document()).toMatchObject({ connection: { status: 'disconnected' }, firmware: { status: 'pending', reason: 'disconnected' } });
    expect(rig.firmwareEvents()).toEqual(['firmware.started']);
    rig.lab.bus.plug(headset);
    await rig.clock.advance(10_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: target });
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.updated']);
  });
});

describe('a headset behind a dongle', () => {
  it('that is put on its cable in the middle goes on over the cable', async () => {
    let pair: ReturnType<FirmwareLab['dongle']> | undefined;
    await started((lab) => (pair = lab.dongle()));
    if (!pair) throw new Error('no dongle');
    rig.desire(rig.offer({ bytes: 20_000 }), childId);
    await until('updating 30', childId);
    pair.dongle.detach();
    rig.lab.bus.plug(pair.child);
    await until('latest', childId);
    await rig.clock.advance(1000);
    expect(rig.document(childId).connection).toMatchObject({ status: 'connected', transport: 'usb' });
    expect(rig.firmwareEvents(childId)).toEqual(['firmware.started', 'firmware.updated']);
  });

  it('and the dongle are never updated together', async () => {
    await started((lab) => lab.dongle());
    const firmware = rig.offer({ bytes: 3000 });
    rig.desire(firmware, dongleId);
    rig.desire(firmware, childId);
    const both: string[] = [];
    for (let ms = 0; ms < 120_000; ms += 50) {
      await rig.clock.advance(50);
      const statuses = [dongleId, childId].map((id) => rig.document(id).firmware.status);
      if (statuses.every((status) => status === 'updating')) both.push(`after ${ms} ms`);
    }
    expect(both).toEqual([]);
    expect([dongleId, childId].map((id) => rig.document(id).firmware)).toMatchObject([{ status: 'latest' }, { status: 'latest' }]);
    expect([...rig.told(dongleId), ...rig.told(childId)]).toContain('pending/busy');
  });
});

describe('a device that fails', () => {
  it('says so once, and leaves the others to theirs', async () => {
    await started((lab) => {
      lab.headset([onUpdateRequest('crc', 'nack', { count: 100 })]);
      lab.lab.bus.plug(virtualDevice({ family: 'evolve2-75', serial: '70BF92000009', version: '1.8.13' }));
    });
    const other = '24da-70bf92000009';
    const firmware = rig.offer();
    rig.desire(firmware, headsetId);
    rig.desire(firmware, other);
    await rig.clock.advance(120_000);
    expect(rig.document().firmware).toMatchObject({ status: 'failed', version: '1.8.13', error: { code: 'device-error' } });
    expect(rig.document(other).firmware).toMatchObject({ status: 'latest', version: target });
    await rig.clock.advance(3_600_000);
    await rig.lab.restart();
    await rig.clock.advance(60_000);
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.failed']);
    expect(rig.document().firmware.status).toBe('failed');
  });

  it('is tried again on the platform’s word', async () => {
    await started((lab) => lab.headset([onUpdateRequest('crc', 'nack', { count: 3 })]));
    rig.desire(rig.offer());
    await until('failed');
    const percents: number[] = [];
    const outcome = rig.firmware.request(headsetId, { onProgress: (percent) => percents.push(percent) });
    expect(await rig.clock.complete(outcome)).toEqual({ status: 'updated', version: target });
    expect(percents.at(-1)).toBe(100);
  });
});

describe('an agent that ends', () => {
  it('calls off what only was being sent, and goes on at its next start', async () => {
    await started((lab) => lab.headset());
    rig.desire(rig.offer({ bytes: 20_000 }));
    await until('updating 30');
    const before = rig.clock.monotonic();
    await rig.lab.stop();
    expect(rig.clock.monotonic() - before).toBeLessThan(5000);
    await rig.lab.start({}, 60_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: target });
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.updated']);
  });

  it('finds out at its next start what became of a device that was installing', async () => {
    await started((lab) => lab.headset());
    rig.desire(rig.offer({ bytes: 2000 }));
    await until('updating 100');
    await rig.clock.advance(200);
    const before = rig.clock.monotonic();
    await rig.lab.stop();
    expect(rig.clock.monotonic() - before).toBeLessThan(5000);
    await rig.lab.start({}, 60_000);
    expect(rig.document().firmware).toMatchObject({ status: 'latest', version: target });
    expect(rig.firmwareEvents()).toEqual(['firmware.started', 'firmware.updated']);
  });
});
