import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalState } from '@jpd/agent/local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AttendedAgent } from '../lab/attended-agent.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { RealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';

const serial = '70BF92123457';
const deviceId = '24da-70bf92123457';
const source = { kind: 'configuration', id: expect.any(String), name: expect.any(String) };

const rowOf = ({ settings }: LocalState, key: string) => settings.find((one) => one.deviceId === deviceId)?.rows.find((row) => row.key === key);

describeWith(mosquittoTools, 'what the windows of the tray show', () => {
  let lab: RealLab<PlatformByHand>;
  let agent: AttendedAgent;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
    agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-1');
  });
  afterAll(async () => {
    await agent?.stop();
    await lab?.stop();
  });

  it('says where the platform is, since when it was not heard, and when it is tried again', async () => {
    const began = Date.now();
    const { status } = await agent.until('it is connected', (state) => (state.status.connection === 'connected' ? state : null));
    expect(status).toMatchObject({ host: new URL(lab.platform.url).host, isEncrypted: false, nextTryAt: null, revokedAt: null });
    expect(Math.abs((status.lastContactAt ?? 0) - began)).toBeLessThan(60_000);
    await agent.until('nothing waits', (state) => state.status.queued === 0);
    await lab.platform.interrupt();
    const away = await agent.until('it waits', (state) => (state.status.nextTryAt === null ? null : state.status));
    expect(away).toMatchObject({ connection: 'not-connected', lastContactAt: expect.any(Number) });
    await lab.bus.unplug(serial);
    await agent.until('what cannot be told waits', (state) => state.status.queued > 0);
    await lab.platform.resume();
    await lab.bus.plug(serial);
    await agent.client.call('tryNow', {});
    await agent.until('it is connected again', (state) => state.status.connection === 'connected');
    await agent.until('all of it was told', (state) => state.status.queued === 0);
  });

  it('says of each setting who decides, what waits, and what was set back', async () => {
    await lab.platform.changePolicy({ applySettings: 'immediately', endUserSettings: 'allowed' });
    await lab.platform.publish(deviceId, { sidetoneLevel: { value: 3, locked: true }, autoPairing: { value: true, locked: false } });
    await lab.bus.holds(serial, 'sidetoneLevel', 3);
    const locked = await agent.until('the lock is shown', (state) => {
      const row = rowOf(state, 'sidetoneLevel');
      return row?.isLocked && row.value === 3 ? row : null;
    });
    expect(locked).toMatchObject({ control: { kind: 'slider', values: [-9, -6, -3, 0, 3, 6] }, source, since: expect.any(Number), enforcedAt: null });
    const missing = await agent.until('what it does not have is shown', (state) => rowOf(state, 'autoPairing'));
    expect(missing).toMatchObject({ value: null, control: { kind: 'none' }, problem: { code: 'not-supported', wanted: true } });
    await lab.bus.set(serial, 'sidetoneLevel', -9);
    await lab.bus.holds(serial, 'sidetoneLevel', 3);
    await agent.until('it is shown as set back', (state) => rowOf(state, 'sidetoneLevel')?.enforcedAt !== null);
    const updateWindow = { start: '18:00', end: '06:00' };
    await lab.platform.changePolicy({ applySettings: 'next-login', endUserSettings: 'hidden', updateWindow });
    const policy = await agent.until('the policy rules', (state) => (state.policy.endUserSettings === 'hidden' ? state.policy : null));
    expect(policy).toMatchObject({ allowQuit: true, updateWindow });
    await lab.platform.publish(deviceId, { sidetoneLevel: { value: 6, locked: true } });
    const waiting = await agent.until('it waits for a login', (state) => rowOf(state, 'sidetoneLevel')?.waiting);
    expect(waiting).toEqual({ value: 6, until: 'next-login', receivedAt: expect.any(Number) });
  });

  it('checks the PC, gives a message as it was sent, and saves the file for support', async () => {
    const { checks } = await agent.client.call('check', {});
    expect(checks).toEqual([
      { id: 'setup', isGood: true, subject: null },
      { id: 'devices', isGood: true, subject: null },
      { id: 'platform', isGood: true, subject: new URL(lab.platform.url).host },
      { id: 'signed-in', isGood: true, subject: 'Acme' },
    ]);
    const { entries } = await agent.client.call('sent', { limit: 100 });
    const presence = entries.find(({ kind }) => kind === 'presence');
    const exact = await agent.client.call('sentExact', { run: presence?.run ?? 0, number: presence?.number ?? 0 });
    expect(exact).toBe(presence?.payload);
    expect(await agent.client.call('sentExact', { run: 1, number: 1 })).toBeNull();
    const path = join(lab.folder, 'support.zip');
    await agent.client.call('saveDiagnostics', { path });
    expect((await readFile(path)).subarray(0, 4)).toEqual(Buffer.from('PK\u0003\u0004'));
    await expect(agent.client.call('saveDiagnostics', { path: join(lab.folder, 'no', 'such', 'folder.zip') })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('hears of the sleep of the PC, and of its waking', async () => {
    const after = lab.wire.mark();
    expect(await agent.client.call('suspending', {})).toBeNull();
    await lab.wire.until('presence', { after, where: ({ state, reason }) => state === 'offline' && reason === 'sleep' });
    expect(await agent.client.call('resumed', {})).toBeNull();
    await lab.wire.until('presence', { after, where: ({ state }) => state === 'online' });
  });

  it('keeps when it was revoked, over a restart', async () => {
    const clientId = await agent.until('it has a client id', (state) => state.clientId);
    await lab.platform.revoke(clientId);
    const { revokedAt } = await agent.until('it is revoked', ({ status }) => (status.connection === 'revoked' ? status : null));
    expect(revokedAt).toEqual(expect.any(Number));
    await agent.stop();
    agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-2');
    const later = await agent.until('it still is', ({ status }) => (status.connection === 'revoked' ? status : null));
    expect(later).toMatchObject({ revokedAt, nextTryAt: null, queued: 0 });
  });
});
