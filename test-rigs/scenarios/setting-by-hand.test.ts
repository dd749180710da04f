import { afterAll, beforeAll, expect, it } from 'vitest';
import { AttendedAgent } from '../lab/attended-agent.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const serial = '70BF92123456';
const deviceId = '24da-70bf92123456';
const refused = (code: string) => ({ isDone: false, code });

describeOnBothBrokers('a person who changes a setting in the tray', (broker) => {
  let lab: RealLab;
  let agent: AttendedAgent;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-1');
    await lab.wire.device(deviceId);
  });
  afterAll(async () => {
    await agent?.stop();
    await lab?.stop();
  });

  const change = (key: string, value: string | number | boolean, id = deviceId) => agent.client.call('changeSetting', { deviceId: id, key, value });
  const shown = (key: string, value: string | number | boolean) =>
    agent.until(`${key} is shown as ${value}`, ({ devices }) => devices[0]?.settings.values[key] === value);

  it('finds it in the device, at the platform, and in the window', async () => {
    const after = lab.wire.mark();
    expect(await change('sidetoneLevel', 3)).toEqual({ isDone: true });
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(3);
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.values['sidetoneLevel'] === 3, { after });
    expect(settings).toMatchObject({ state: 'in-sync', desiredRevision: null, appliedRevision: null, locked: [], errors: [] });
    await shown('sidetoneLevel', 3);
    expect(lab.wire.said('events', { where: ({ type }) => type.startsWith('settings.') })).toEqual([]);
  });

  it('may not change what is locked, and may as soon as it no longer is', async () => {
    const revision = await lab.platform.publish(deviceId, { sidetoneLevel: { value: 6, locked: true }, voiceGuidance: { value: 'off' } });
    await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === revision);
    expect(await change('sidetoneLevel', 0)).toEqual(refused('locked'));
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(6);
    expect(await change('voiceGuidance', 'tones')).toEqual({ isDone: true });
    await lab.wire.device(deviceId, (document) => document.settings.values['voiceGuidance'] === 'tones');
    const open = await lab.platform.publish(deviceId, { sidetoneLevel: { value: 6 } });
    await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === open);
    expect(await change('sidetoneLevel', 0)).toEqual({ isDone: true });
    // An unlocked value is the user's while the device stays connected, another login or not.
    await agent.client.call('loginChanged', { loginSessionId: 'login-2' });
    await lab.wire.until('client', { where: ({ loginSessionId }) => loginSessionId === 'login-2' });
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(0);
  });

  it('is told what does not exist, does not fit, or is not there', async () => {
    const { writes } = await lab.bus.device(serial);
    expect(await change('bassBoost', 1)).toEqual(refused('unknown-setting'));
    expect(await change('sidetoneLevel', 4)).toEqual(refused('invalid-value'));
    expect(await change('autoPairing', true)).toEqual(refused('not-supported'));
    expect(await change('sidetoneLevel', 3, '24da-000000000000')).toEqual(refused('device-timeout'));
    expect((await lab.bus.device(serial)).writes).toBe(writes);
  });

  it('is told so where the headset is pulled out in the middle of it, and finds what it holds when it is back', async () => {
    const after = lab.wire.mark();
    await lab.bus.fault(serial, 'unplug', 2);
    expect(await change('ancMode', 'off')).toEqual(refused('device-timeout'));
    await lab.wire.device(deviceId, ({ connection }) => connection.status === 'disconnected', { after });
    expect(await change('ancMode', 'off')).toEqual(refused('device-timeout'));
    await lab.plug(serial, deviceId);
    // It was pulled out after it had taken the value.
    expect(await lab.bus.get(serial, 'ancMode')).toBe('off');
    await shown('ancMode', 'off');
  });

  it('may change nothing where the policy hides settings', async () => {
    await lab.platform.changePolicy({ endUserSettings: 'hidden' });
    // What it holds already is no change, until the policy is there.
    await expect.poll(() => change('ancMode', 'off'), { timeout: 20_000 }).toEqual(refused('locked'));
    expect(await change('ancMode', 'anc')).toEqual(refused('locked'));
    expect(await lab.bus.get(serial, 'ancMode')).toBe('off');
  });

  it('may change everything once the platform has revoked this PC, and nobody is told', async () => {
    const { clientId } = await agent.until('it is known', (state) => state);
    await lab.platform.revoke(clientId);
    await lab.wire.until('presence', { where: ({ reason }) => reason === 'revoked' });
    const after = lab.wire.mark();
    await agent.until('it is revoked', ({ revoked }) => revoked);
    await expect.poll(() => change('ancMode', 'anc'), { timeout: 20_000 }).toEqual({ isDone: true });
    expect(await lab.bus.get(serial, 'ancMode')).toBe('anc');
    await shown('ancMode', 'anc');
    expect(lab.wire.heard.slice(after)).toEqual([]);
  });
});
