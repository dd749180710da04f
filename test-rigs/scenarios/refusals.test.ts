import type { SettingErrorCode } from '@jpd/agent/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WantedSettings } from '../lab/lab-platform.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
/** A session asks this often before it gives an answer up. */
const attempts = 3;

describeOnBothBrokers('settings that apply immediately', (broker) => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
  });
  afterAll(() => lab?.stop());

  /** Publishes, and gives what came of it. */
  async function outcomeOf(wanted: WantedSettings) {
    const after = lab.wire.mark();
    const revision = await lab.platform.publish(deviceId, wanted);
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === revision, { after });
    const event = await lab.wire.until('events', { after, where: ({ type }) => type === 'settings.applied' || type === 'settings.failed' });
    return { settings, event };
  }
  const reasons = (errors: readonly { readonly key: string; readonly code: SettingErrorCode }[]) =>
    Object.fromEntries(errors.map(({ key, code }) => [key, code]));

  it('are written without a login', async () => {
    const { settings, event } = await outcomeOf({ sidetoneLevel: { value: 3 }, ancMode: { value: 'off' } });
    expect(settings).toMatchObject({ state: 'in-sync', values: { sidetoneLevel: 3, ancMode: 'off' }, errors: [] });
    expect(event).toMatchObject({ type: 'settings.applied', data: { cause: 'published' } });
    expect(await lab.bus.device(serial)).toMatchObject({ writes: 2, settings: { sidetoneLevel: 3, ancMode: 'off' } });
  });

  it('are not written again where the device holds them', async () => {
    const { settings } = await outcomeOf({ sidetoneLevel: { value: 3, locked: true } });
    expect(settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
    expect(await lab.bus.device(serial)).toMatchObject({ writes: 2 });
  });

  it('are refused one by one with a reason, and the others hold', async () => {
    const { settings, event } = await outcomeOf({
      frobnication: { value: 1 },
      sidetoneLevel: { value: 4, locked: true },
      ancLevel: { value: 'loud' },
      autoPairing: { value: true },
      soundProfile: { value: 'music' },
      voiceGuidance: { value: 'tones', locked: true },
    });
    expect(settings).toMatchObject({ state: 'failed', locked: ['voiceGuidance'], values: { sidetoneLevel: 3, ancLevel: 3, voiceGuidance: 'tones' } });
    expect(reasons(settings.errors)).toEqual({
      frobnication: 'unknown-setting',
      sidetoneLevel: 'invalid-value',
      ancLevel: 'invalid-value',
      autoPairing: 'not-supported',
      soundProfile: 'not-supported',
    });
    expect(settings.errors.every(({ message }) => message.length > 10)).toBe(true);
    expect(event.type).toBe('settings.failed');
    expect(await lab.bus.get(serial, 'voiceGuidance')).toBe('tones');
  });

  it('are reported as the device refused them, and the others hold', async () => {
    await lab.bus.fault(serial, 'nack', 1);
    const { settings } = await outcomeOf({ sidetoneLevel: { value: -9 }, audioProtection: { value: 'g616' }, ringtone: { value: 'random' } });
    expect(settings.errors.map(({ code }) => code)).toEqual(['device-rejected']);
    const refused = settings.errors[0]?.key ?? '';
    const wanted = { sidetoneLevel: -9, audioProtection: 'g616', ringtone: 'random' };
    const others = Object.fromEntries(Object.entries(wanted).filter(([key]) => key !== refused));
    expect(settings.values).toMatchObject(others);
    expect((await lab.bus.device(serial)).settings).toMatchObject(others);
  });

  it('are tried again at the next connect where the device did not answer', async () => {
    await lab.bus.fault(serial, 'timeout', attempts);
    const { settings } = await outcomeOf({ sidetoneLevel: { value: -9 }, audioProtection: { value: 'intellitone' } });
    expect(settings.errors.map(({ code }) => code)).toEqual(['device-timeout']);
    await lab.unplug(serial, deviceId);
    const after = lab.wire.mark();
    await lab.bus.plug(serial);
    const healed = await lab.wire.device(deviceId, (document) => document.settings.state === 'in-sync', { after });
    expect(healed.settings).toMatchObject({ values: { sidetoneLevel: -9, audioProtection: 'intellitone' }, errors: [] });
    expect(await lab.bus.device(serial)).toMatchObject({ settings: { sidetoneLevel: -9, audioProtection: 'intellitone' } });
  });

  it('are forgotten: locks are released, values stay', async () => {
    await outcomeOf({ sidetoneLevel: { value: 0, locked: true } });
    const after = lab.wire.mark();
    await lab.platform.forget(deviceId);
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.desiredRevision === null, { after });
    expect(settings).toMatchObject({ appliedRevision: null, state: 'in-sync', locked: [], errors: [], values: { sidetoneLevel: 0 } });
    await lab.bus.set(serial, 'sidetoneLevel', 6);
    await lab.wire.device(deviceId, (document) => document.settings.values['sidetoneLevel'] === 6, { after });
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(6);
  });
});
