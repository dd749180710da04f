import { onUpdateRequest, type VirtualDevice } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import type { FirmwareOverview } from './overview/firmware-overview.ts';
import type { SettingRow } from './overview/setting-rows.ts';
import { FirmwareLab, headsetId, target } from './firmware/testing/firmware-lab.ts';
import { AgentLab } from './testing/agent-lab.ts';
import { desiredOf, policyOf } from './testing/bodies.ts';

const serial = '70BF92000001';
const minute = 60_000;
const source = { kind: 'configuration', id: 'cfg-1', name: 'Contact centre' };

const refusal = { kind: 'not-authorized', reasonCode: 0x87, retryAfterMs: null, message: 'not authorized' } as const;

describe('the way to the platform, as a person is told of it', () => {
  it('is connected, and when it breaks says since when and when it is tried again', async () => {
    const lab = new AgentLab();
    await lab.start();
    expect(lab.agent.overview().status).toEqual({
      connection: 'connected',
      host: '127.0.0.1:1883',
      isEncrypted: false,
      lastContactAt: expect.any(Number),
      nextTryAt: null,
      revokedAt: null,
      queued: 0,
      usage: null,
      rivals: null,
    });
    const heardAt = lab.agent.overview().status.lastContactAt ?? 0;
    expect(lab.clock.now() - heardAt).toBeLessThanOrEqual(5000);
    lab.platform.online = false;
    lab.platform.break();
    await lab.clock.advance(100);
    lab.plug('evolve2-75', serial);
    await lab.clock.advance(200);
    const { status } = lab.agent.overview();
    expect(status).toMatchObject({ connection: 'not-connected', lastContactAt: heardAt, queued: 1 });
    expect(status.nextTryAt).toBeGreaterThan(lab.clock.now());
    lab.platform.online = true;
    lab.agent.networkChanged();
    expect(lab.agent.overview().status.nextTryAt).toBeNull();
    await lab.clock.advance(5000);
    expect(lab.agent.overview().status).toMatchObject({ connection: 'connected', nextTryAt: null, queued: 0 });
    await lab.stop();
  });

  it('tells a user interface of each change', async () => {
    const lab = new AgentLab();
    await lab.start();
    const seen: string[] = [];
    const end = lab.agent.onChange(() => seen.push(`${lab.agent.overview().status.connection} ${lab.agent.overview().status.queued}`));
    lab.platform.online = false;
    lab.platform.break();
    lab.plug('evolve2-75', serial);
    await lab.clock.advance(200);
    lab.platform.online = true;
    lab.agent.networkChanged();
    await lab.clock.advance(5000);
    end();
    expect(seen).toEqual(expect.arrayContaining(['not-connected 0', 'not-connected 1', 'connected 1', 'connected 0']));
    await lab.stop();
  });

  it('remembers over a restart when it was last heard, and that it was refused', async () => {
    const lab = new AgentLab();
    await lab.start();
    const heardAt = lab.agent.overview().status.lastContactAt;
    lab.platform.refuse.push(refusal);
    lab.platform.break();
    await lab.clock.advance(10_000);
    expect(lab.agent.overview().status).toMatchObject({ connection: 'not-authorised', lastContactAt: heardAt });
    await lab.restart();
    const { status } = lab.agent.overview();
    expect(status).toMatchObject({ connection: 'not-authorised', lastContactAt: heardAt });
    lab.agent.networkChanged();
    await lab.clock.advance(5000);
    expect(lab.agent.overview().status.connection).toBe('connected');
    await lab.stop();
  });

  it('says that this PC is not set up where there is nothing to log in with', async () => {
    const lab = new AgentLab();
    lab.platform.online = false;
    await lab.start({ enrollmentToken: null });
    expect(lab.agent.overview().status.connection).toBe('not-set-up');
    await lab.stop();
  });

  it('says that the platform gave no credential, and when it is asked again', async () => {
    const lab = new AgentLab();
    lab.clientApi.online = false;
    await lab.start({ apiUrl: 'https://api.example' });
    const { status } = lab.agent.overview();
    expect(status.connection).toBe('not-connected');
    expect(status.nextTryAt).toBeGreaterThan(lab.clock.now());
    await lab.stop();
  });

  it('keeps when it was revoked', async () => {
    const lab = new AgentLab();
    await lab.start();
    await lab.clock.advance(minute);
    lab.platform.send('policy', policyOf(1, { revoked: true }));
    await lab.clock.settle();
    const revokedAt = lab.clock.now();
    await lab.clock.advance(minute);
    expect(lab.agent.overview().status).toMatchObject({ connection: 'revoked', revokedAt, nextTryAt: null, queued: 0 });
    await lab.restart();
    expect(lab.agent.overview().status).toMatchObject({ connection: 'revoked', revokedAt });
    await lab.stop();
  });
});

it('a call is told while it lasts, and its begin and end at once', async () => {
  const lab = new AgentLab();
  const headset = lab.plug('evolve2-75', serial);
  await lab.start();
  await lab.clock.advance(5000);
  const seen: boolean[] = [];
  const end = lab.agent.onChange(() => seen.push(lab.agent.overview().inCall));
  expect(lab.agent.overview().inCall).toBe(false);
  headset.press('line-busy');
  await lab.clock.settle();
  expect(lab.agent.overview().inCall).toBe(true);
  headset.press('line-busy');
  await lab.clock.settle();
  expect(lab.agent.overview().inCall).toBe(false);
  end();
  expect(seen).toEqual([true, false]);
  await lab.stop();
});

describe('settings, as a person is told of them', () => {
  const row = (lab: AgentLab, key: string): SettingRow | undefined =>
    lab.agent
      .overview()
      .settings.find(({ deviceId }) => deviceId === headsetId)
      ?.rows.find((one) => one.key === key);

  async function started(): Promise<{ lab: AgentLab; headset: VirtualDevice }> {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
    await lab.clock.settle();
    return { lab, headset };
  }

  it('are the user’s until somebody decides, and then somebody’s since then', async () => {
    const { lab } = await started();
    expect(row(lab, 'sidetoneLevel')).toEqual({
      key: 'sidetoneLevel',
      value: 0,
      control: { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] },
      isLocked: false,
      source: null,
      since: null,
      waiting: null,
      problem: null,
      enforcedAt: null,
      putBackAt: null,
    });
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: { value: 3, locked: true }, autoPairing: true }), headsetId);
    await lab.clock.advance(1000);
    const first = row(lab, 'sidetoneLevel');
    expect(first).toMatchObject({ value: 3, isLocked: true, source, waiting: null });
    expect(lab.clock.now() - (first?.since ?? 0)).toBeLessThanOrEqual(1000);
    expect(row(lab, 'autoPairing')).toMatchObject({ value: null, source, problem: { code: 'not-supported', wanted: true } });
    await lab.clock.advance(minute);
    await lab.restart();
    lab.platform.send('desired', desiredOf(2, { sidetoneLevel: { value: 3, locked: true }, voiceGuidance: 'tones' }), headsetId);
    await lab.clock.advance(1000);
    expect(row(lab, 'sidetoneLevel')?.since).toBe(first?.since);
    expect(row(lab, 'voiceGuidance')?.since).toBeGreaterThan((first?.since ?? 0) + minute);
    lab.platform.sendRaw('desired', '', headsetId);
    await lab.clock.advance(1000);
    expect(row(lab, 'sidetoneLevel')).toMatchObject({ value: 3, isLocked: false, source: null, since: null });
    await lab.stop();
  });

  it('say that a locked one was set back, and that the device had lost one, over a restart too', async () => {
    const { lab, headset } = await started();
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: { value: 3, locked: true }, voiceGuidance: 'tones' }), headsetId);
    await lab.clock.advance(1000);
    headset.setLocally('sidetoneLevel', -9);
    await lab.clock.advance(3000);
    const at = row(lab, 'sidetoneLevel')?.enforcedAt;
    expect(lab.clock.now() - (at ?? 0)).toBeLessThanOrEqual(3000);
    lab.bus.unplug(headset);
    await lab.clock.advance(5000);
    headset.state.settings.set('voiceGuidance', 'voice');
    lab.bus.plug(headset);
    await lab.clock.advance(5000);
    const putBackAt = row(lab, 'voiceGuidance')?.putBackAt;
    expect(row(lab, 'voiceGuidance')?.value).toBe('tones');
    expect(lab.clock.now() - (putBackAt ?? 0)).toBeLessThanOrEqual(5000);
    expect(row(lab, 'sidetoneLevel')).toMatchObject({ enforcedAt: at, putBackAt: null });
    await lab.restart();
    expect(row(lab, 'sidetoneLevel')).toMatchObject({ enforcedAt: at });
    await lab.stop();
  });

  it('say what waits for the next login, and for the device', async () => {
    const { lab, headset } = await started();
    lab.platform.send('policy', policyOf(2));
    await lab.clock.settle();
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: 3, voiceGuidance: headset.state.settings.get('voiceGuidance') ?? '' }), headsetId);
    await lab.clock.settle();
    const receivedAt = lab.clock.now();
    await lab.clock.advance(minute);
    expect(row(lab, 'sidetoneLevel')).toMatchObject({ value: 0, source, since: null, waiting: { value: 3, until: 'next-login', receivedAt } });
    expect(row(lab, 'voiceGuidance')?.waiting).toBeNull();
    lab.bus.unplug(headset);
    await lab.clock.advance(5000);
    await lab.clock.complete(lab.agent.loginChanged('login-2'));
    expect(row(lab, 'sidetoneLevel')?.waiting).toEqual({ value: 3, until: 'device', receivedAt });
    await lab.stop();
  });
});

describe('firmware, as a person is told of it', () => {
  const shown = (rig: FirmwareLab): FirmwareOverview | undefined => rig.lab.agent.overview().firmware.find(({ deviceId }) => deviceId === headsetId);

  it('tells bytes as they are acknowledged, once a second and with each step, and knows at the next update how long it takes', async () => {
    const rig = new FirmwareLab();
    rig.headset();
    await rig.lab.start();
    rig.policy({});
    const told: number[] = [];
    const differing = new Set<number>();
    const end = rig.lab.agent.onChange(() => {
      const { sent = null, progress = 0 } = shown(rig)?.activity ?? {};
      const done = sent?.done;
      if (sent) differing.add(Math.floor((sent.done / sent.total) * 20) * 5 - progress);
      if (done !== undefined && told.at(-1) !== done) told.push(done);
    });
    rig.desire(rig.offer({ bytes: 20_000 }, { keepUpdated: true }));
    expect(shown(rig)).toMatchObject({ usualMinutes: null, decidedBy: null, keptUpdated: false });
    await rig.until('updating');
    const began = rig.clock.now();
    expect(shown(rig)).toMatchObject({ decidedBy: source, keptUpdated: true, activity: { version: target, secondsAfterSending: null } });
    await rig.until('latest');
    end();
    const seconds = (rig.clock.now() - began) / 1000;
    expect(told.length).toBeGreaterThan(3);
    const stepsOfFive = 20;
    expect(told.length).toBeLessThan(stepsOfFive + seconds + 4);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    expect(told.at(-1)).toBe(20_000);
    expect([...differing]).toEqual([0]);
    await rig.clock.advance(20_000);
    expect(shown(rig)).toMatchObject({ activity: null, lastTry: null, stoppedAt: null, hasBegun: false });
    rig.desire(rig.offer({ bytes: 60_000, version: '2.4.0' }));
    await rig.until('updating');
    expect(shown(rig)).toMatchObject({ packageBytes: expect.any(Number), usualMinutes: 1, activity: { secondsAfterSending: expect.any(Number) } });
    await rig.until('latest');
    await rig.lab.stop();
  });

  it('says where it stopped and when, and that the platform knows only when it does', async () => {
    const rig = new FirmwareLab();
    rig.headset([onUpdateRequest('version', 'nack', { count: 3 })]);
    await rig.lab.start();
    rig.policy({});
    rig.lab.platform.acknowledges = false;
    rig.desire(rig.offer({ bytes: 20_000 }));
    await rig.until('updating');
    const startedAt = rig.clock.now();
    await rig.until('failed');
    await rig.clock.advance(1000);
    const view = shown(rig);
    expect(view).toMatchObject({ isFailureKnown: false, isRecoverable: true, isUsable: true, hasBegun: false, lastTry: { version: target } });
    expect(view?.stoppedAt).toBe(100);
    expect(Math.abs((view?.lastTry?.startedAt ?? 0) - startedAt)).toBeLessThan(2000);
    expect(view?.lastTry?.endedAt).toBeGreaterThan(view?.lastTry?.startedAt ?? 0);
    rig.lab.platform.acknowledges = true;
    await rig.lab.restart();
    expect(shown(rig)).toMatchObject({ isFailureKnown: true, stoppedAt: 100, lastTry: view?.lastTry });
    await rig.lab.stop();
  });

  it('says when the version was last held against what is desired', async () => {
    const rig = new FirmwareLab();
    rig.headset();
    await rig.lab.start();
    const readAt = shown(rig)?.checkedAt;
    expect(rig.clock.now() - (readAt ?? 0)).toBeLessThanOrEqual(5000);
    await rig.clock.advance(minute);
    rig.desire({ management: 'managed', version: '1.8.13' });
    await rig.clock.advance(1000);
    expect(rig.clock.now() - (shown(rig)?.checkedAt ?? 0)).toBeLessThanOrEqual(1000);
    await rig.lab.stop();
  });
});
