import { onUpdateRequest, type VirtualDevice } from '@jpd/protocol/virtual';
import { afterEach, describe, expect, it } from 'vitest';
import { childId, dongleId, FirmwareLab, headsetId, target } from './firmware/testing/firmware-lab.ts';

const minute = 60_000;
const hour = 60 * minute;

let rig: FirmwareLab;

afterEach(async () => {
  if (rig.lab.isRunning) await rig.lab.stop();
  expect(rig.lab.log.errors).toEqual([]);
});

/** An agent with a user interface, and a headset whose update is desired. */
async function asked({
  postponeLimit = 3,
  postponeHours = 24,
  mode = 'personal',
}: { postponeLimit?: number; postponeHours?: number; mode?: 'personal' | 'room' } = {}): Promise<void> {
  rig = new FirmwareLab();
  rig.headset();
  await rig.lab.start({ attended: true, mode });
  rig.policy({ postponeLimit, postponeHours });
  rig.desire(rig.offer());
  await rig.clock.advance(10_000);
}

const answer = (word: 'install' | 'postpone'): Promise<boolean> => rig.clock.complete(rig.firmware.answer(headsetId, word));

const isUpdated = async (): Promise<void> => {
  await rig.clock.advance(20_000);
  expect(rig.document().firmware).toMatchObject({ status: 'latest', version: target });
};

it('a client that was revoked installs and fetches nothing more, and its devices are nobody’s but the person’s', async () => {
  rig = new FirmwareLab();
  rig.headset();
  await rig.lab.start({ attended: true });
  rig.policy({});
  const url = 'https://packages.example/busy.zip';
  const reference = rig.lab.packages.web.offer(url, new Uint8Array(600), { status: 503 });
  rig.desire(rig.offer({}, { package: reference }));
  await rig.clock.advance(120_000);
  const requests = (): number => rig.lab.packages.web.requests.get(url) ?? 0;
  expect(requests()).toBeGreaterThan(1);
  rig.policy({ revoked: true });
  await rig.clock.advance(1000);
  const before = requests();
  expect(rig.document().firmware.status).toBe('unmanaged');
  await rig.clock.advance(24 * hour);
  expect(requests()).toBe(before);
  expect(rig.document().connection.status).toBe('connected');
});

describe('a person who is asked', () => {
  it('sees how often it can be put off and until when, and the device waits', async () => {
    await asked();
    const askedAt = rig.clock.now() - 10_000;
    const prompt = rig.view().prompt;
    expect(prompt).toMatchObject({ kind: 'ask', version: target, postponementsLeft: 3, postponeHours: 24 });
    expect(prompt?.kind === 'ask' && Math.abs(prompt.expiresAt - askedAt - 24 * hour)).toBeLessThan(10_000);
    expect(prompt?.kind === 'ask' && Math.abs(prompt.installsAfter - askedAt - 72 * hour)).toBeLessThan(10_000);
    await rig.clock.advance(hour);
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: null, targetVersion: target });
    expect(rig.firmwareEvents()).toEqual([]);
  });

  it('starts it with a word', async () => {
    await asked();
    expect(await answer('install')).toBe(true);
    await isUpdated();
    expect(rig.view().prompt).toBeNull();
    expect(await answer('install')).toBe(false);
  });

  it('puts it off as often as the policy says, is told, and it starts 15 minutes later', async () => {
    await asked({ postponeLimit: 2, postponeHours: 4 });
    for (const left of [2, 1]) {
      expect(rig.view().prompt).toMatchObject({ kind: 'ask', postponementsLeft: left });
      expect(await answer('postpone')).toBe(true);
      expect(await answer('postpone')).toBe(false);
      await rig.clock.advance(4 * hour - minute);
      expect(rig.document().firmware).toMatchObject({ status: 'postponed', reason: 'postponed-by-user', targetVersion: target });
      expect(rig.view().prompt).toMatchObject({ kind: 'postponed', postponementsLeft: left - 1 });
      await rig.clock.advance(minute + 1000);
    }
    expect(rig.document().firmware).toMatchObject({ status: 'pending', reason: null });
    expect(rig.view().prompt).toMatchObject({ kind: 'announce' });
    expect(await answer('postpone')).toBe(false);
    await rig.clock.advance(14 * minute);
    expect(rig.firmwareEvents()).toEqual(['firmware.postponed', 'firmware.postponed']);
    await rig.clock.advance(minute);
    await isUpdated();
    expect(rig.firmwareEvents()).toEqual(['firmware.postponed', 'firmware.postponed', 'firmware.started', 'firmware.updated']);
  });

  it('may start at once what was put off, or announced', async () => {
    await asked({ postponeLimit: 1 });
    await answer('postpone');
    expect(await answer('install')).toBe(true);
    await isUpdated();
    await rig.lab.stop();
    await asked({ postponeLimit: 0 });
    expect(rig.view().prompt).toMatchObject({ kind: 'announce' });
    expect(await answer('install')).toBe(true);
    await isUpdated();
  });

  it('and says nothing has put it off, each time for as long', async () => {
    await asked({ postponeLimit: 1, postponeHours: 2 });
    await rig.clock.advance(2 * hour);
    expect(rig.document().firmware).toMatchObject({ status: 'postponed', reason: 'postponed-by-user' });
    expect(rig.lab.platform.events.at(-1)).toMatchObject({ type: 'firmware.postponed', data: { cause: 'unanswered', postponements: 1 } });
    await rig.clock.advance(2 * hour);
    expect(rig.view().prompt).toMatchObject({ kind: 'announce' });
    await rig.clock.advance(15 * minute);
    await isUpdated();
  });

  it('is asked on over a restart and a kill, with what was put off counted', async () => {
    await asked({ postponeLimit: 2, postponeHours: 4 });
    await answer('postpone');
    await rig.lab.restart();
    expect(rig.document().firmware.status).toBe('postponed');
    await rig.clock.advance(4 * hour);
    await rig.lab.kill();
    await rig.lab.start();
    expect(rig.view().prompt).toMatchObject({ kind: 'ask', postponementsLeft: 1 });
  });

  it('is not asked anew because a setting was published, and is for another version', async () => {
    await asked();
    await answer('postpone');
    rig.desire(rig.offer(), headsetId, { sidetoneLevel: 3 });
    await rig.clock.advance(minute);
    expect(rig.document().firmware.status).toBe('postponed');
    rig.desire(rig.offer({ version: '2.4.0' }));
    await rig.clock.advance(minute);
    expect(rig.view().prompt).toMatchObject({ kind: 'ask', version: '2.4.0', postponementsLeft: 3 });
  });

  it('is asked nothing in a room, or where there is no user interface', async () => {
    await asked({ mode: 'room' });
    expect(rig.view().prompt).toBeNull();
    await isUpdated();
    await rig.lab.stop();
    rig = new FirmwareLab();
    rig.headset();
    await rig.lab.start({ attended: false });
    rig.policy({});
    rig.desire(rig.offer());
    await isUpdated();
  });

  it('hears of changes, and of nothing else', async () => {
    await asked();
    let heard = 0;
    rig.firmware.onChange(() => (heard += 1));
    await rig.clock.advance(hour);
    expect(heard).toBe(0);
    await answer('postpone');
    expect(heard).toBeGreaterThan(0);
  });
});

describe('a recovery', () => {
  /** A headset that refuses its update as often as an update tries, beside what else is plugged. */
  async function failed(refusals: number, more: (lab: FirmwareLab) => void = () => undefined): Promise<VirtualDevice> {
    rig = new FirmwareLab();
    const headset = rig.headset([onUpdateRequest('crc', 'nack', { count: refusals })]);
    more(rig);
    await rig.lab.start({ attended: false });
    rig.policy({});
    rig.desire(rig.offer({ bytes: 3000 }), headsetId, { sidetoneLevel: 3 });
    await rig.until('failed');
    await rig.clock.advance(1000);
    expect(rig.view()).toMatchObject({ isRecoverable: true, recovery: null });
    return headset;
  }

  /** Every step that a user interface saw, each once. */
  function watched(): string[] {
    const steps: string[] = [];
    rig.firmware.onChange(() => {
      const { recovery } = rig.view();
      const step = recovery ? [recovery.step, ...(recovery.step === 'running' ? [recovery.phase] : [])].join(' ') : 'closed';
      if (steps.at(-1) !== step) steps.push(step);
    });
    return steps;
  }

  const recover = (deviceId = headsetId): Promise<boolean> => rig.clock.complete(rig.firmware.recover(deviceId));

  it('asks to unplug what else is there, runs, gives the settings back, and is complete', async () => {
    let unplug = (): void => undefined;
    const headset = await failed(3, (lab) => {
      const { dongle } = lab.dongle();
      unplug = () => {
        lab.lab.bus.unplug(dongle);
      };
    });
    const steps = watched();
    expect(await recover()).toBe(true);
    expect(await recover()).toBe(true);
    expect(rig.view().recovery).toMatchObject({ step: 'prepare', others: [{ deviceId: dongleId, isConnected: true }] });
    unplug();
    await rig.clock.advance(1000);
    expect(rig.view().recovery).toMatchObject({ step: 'prepare', others: [{ deviceId: dongleId, isConnected: false }] });
    expect(headset.state.version).toBe('1.8.13');
    expect(await recover()).toBe(true);
    await isUpdated();
    expect(steps).toEqual([
      'prepare',
      'waiting',
      ...['checking', 'transferring', 'verifying', 'installing', 'restoring'].map((phase) => `running ${phase}`),
      'complete',
    ]);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(rig.view().recovery).toEqual({ step: 'complete', version: target, unplugged: ['Jabra Link 380'] });
    rig.firmware.endRecovery(headsetId);
    expect([rig.view().recovery, steps.at(-1)]).toEqual([null, 'closed']);
  });

  it('waits for the headset where that is pulled out in the middle, and goes on when it is back', async () => {
    const headset = await failed(3);
    const steps = watched();
    expect(await recover()).toBe(true);
    await rig.until('updating 50');
    rig.lab.bus.unplug(headset);
    await rig.until('pending/disconnected');
    expect(rig.view().recovery).toEqual({ step: 'waiting', reason: 'disconnected' });
    expect(steps.at(-1)).toBe('waiting');
    rig.lab.bus.plug(headset);
    await isUpdated();
    expect(steps.at(-1)).toBe('complete');
    expect(headset.state.version).toBe(target);
  });

  it('that did not work may be tried again', async () => {
    const headset = await failed(6);
    const steps = watched();
    expect(await recover()).toBe(true);
    await rig.clock.advance(20_000);
    expect(steps).toEqual(['waiting', 'running checking', 'running transferring', 'failed']);
    expect(rig.view().recovery).toMatchObject({ step: 'failed', error: { code: 'device-error' } });
    expect(await recover()).toBe(true);
    await isUpdated();
    expect(headset.state.version).toBe(target);
  });

  it('is of no use to what did not fail, is wireless, or nobody knows', async () => {
    rig = new FirmwareLab();
    rig.headset();
    rig.dongle();
    await rig.lab.start();
    for (const id of [headsetId, childId, 'nobody']) expect(await recover(id)).toBe(false);
  });
});
