import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('a policy', (broker) => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.until('client', { where: ({ metadata }) => metadata?.userName !== undefined && metadata.computer !== undefined });
  });
  afterAll(() => lab?.stop());

  /** The client document after a change of the policy. */
  async function afterChange(metadata: Partial<Record<'userName' | 'computer' | 'location', boolean>>) {
    const after = lab.wire.mark();
    await lab.platform.changePolicy({ metadata });
    return lab.wire.until('client', { after, ms: 2_000 });
  }

  it('that switches the user name off takes it out of what the broker retains, at once', async () => {
    const client = await afterChange({ userName: false });
    expect(client.metadata).not.toHaveProperty('userName');
    expect(client.metadata?.computer?.computerName).not.toBe('');
    expect(JSON.parse(await lab.platform.retained(await lab.agent.clientId(), 'client'))).toEqual(client);
  });

  it('that switches everything off leaves no metadata at all', async () => {
    expect(await afterChange({ computer: false, location: false })).not.toHaveProperty('metadata');
    expect(JSON.parse(await lab.platform.retained(await lab.agent.clientId(), 'client'))).not.toHaveProperty('metadata');
  });

  it('rules a restarted agent from its first word on', async () => {
    const after = lab.wire.mark();
    await lab.agent.logIn('login-2');
    await lab.wire.event('agent.started', { after });
    expect(lab.wire.said('client', { after }).filter((client) => 'metadata' in client)).toEqual([]);
  });

  it('that switches a group on again brings it back', async () => {
    expect((await afterChange({ userName: true })).metadata).toEqual({ userName: userInfo().username });
  });

  it('that lets settings apply immediately releases what waits for a login', async () => {
    const revision = await lab.platform.publish(deviceId, { sidetoneLevel: { value: 6, locked: true } });
    await lab.wire.device(deviceId, ({ settings }) => settings.state === 'pending-login');
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(0);
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === revision);
    expect(settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
    expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(6);
  });

  describe('and a client that it revokes', () => {
    let revoked: { readonly clientId: string; readonly mark: number };

    it('says so, as its last word', async () => {
      const clientId = await lab.agent.clientId();
      await lab.platform.revoke(clientId);
      const presence = await lab.wire.until('presence', { where: ({ reason }) => reason === 'revoked' });
      revoked = { clientId, mark: lab.wire.mark() };
      expect(presence.state).toBe('offline');
      expect(JSON.parse(await lab.platform.retained(clientId, 'presence'))).toEqual(presence);
    });

    it('lets the device go on without locks, stays, and ends silently when it is told to', async () => {
      await lab.bus.set(serial, 'sidetoneLevel', 3);
      await lab.bus.unplug(serial);
      await lab.bus.plug(serial);
      expect(lab.agent.running.end).toBeNull();
      expect(await lab.agent.stop()).toMatchObject({ code: 0 });
      expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(3);
      expect(lab.wire.heard.slice(revoked.mark)).toEqual([]);
    });

    it('does not connect after a restart', async () => {
      const restarted = lab.agent.launch('login-2');
      await restarted.tells(/revoked/);
      await lab.bus.set(serial, 'sidetoneLevel', 0);
      expect(await lab.agent.stop()).toMatchObject({ code: 0 });
      expect(restarted.err).not.toMatch(/ link: /);
      expect(await lab.bus.get(serial, 'sidetoneLevel')).toBe(0);
      expect(lab.wire.heard.slice(revoked.mark)).toEqual([]);
    });

    it('is a new client when it is enrolled anew', { timeout: 90_000 }, async () => {
      await lab.agent.configure({ enrollmentToken: await lab.platform.newEnrollmentToken() });
      const after = lab.wire.mark();
      await lab.agent.start('login-3');
      expect(await lab.agent.clientId()).not.toBe(revoked.clientId);
      expect(await lab.wire.device(deviceId, undefined, { after })).toMatchObject({ electronicSerialNumber: serial });
      expect(lab.wire.said('events', { after, where: ({ type }) => type === 'agent.stopped' })).toEqual([]);
    });
  });
});
