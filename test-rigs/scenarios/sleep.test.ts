import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';
import { UserSession } from '../lab/stand-by/user-session.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('a PC that sleeps', (broker) => {
  let lab: RealLab;
  let user: UserSession;
  let clientId: string;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    user = new UserSession('anna', lab.folder);
    await user.logIn(lab.agent.configurationFile, true);
    await lab.wire.device(deviceId);
    clientId = await lab.agent.clientId();
  });
  afterAll(async () => {
    await user?.logOut();
    await lab?.stop();
  });

  it('is offline to the platform before it sleeps, and nobody takes it for lost', async () => {
    const after = lab.wire.mark();
    await user.sleep();
    expect(lab.wire.said('presence', { after })).toMatchObject([{ state: 'offline', reason: 'sleep' }]);
    expect(JSON.parse(await lab.platform.retained(clientId, 'presence'))).toMatchObject({ state: 'offline', reason: 'sleep' });
  });

  it('is back when it wakes, with what was changed and what was said meanwhile', async () => {
    const after = lab.wire.mark();
    await lab.platform.changePolicy({ applySettings: 'immediately' });
    const revision = await lab.platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    await lab.bus.set(serial, 'inCallBusylight', false);
    user.wake();
    const presence = await lab.wire.until('presence', { after, where: ({ state }) => state === 'online' });
    expect(presence.reason).toBe('connected');
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === revision, { after });
    expect(settings.values).toMatchObject({ sidetoneLevel: -6, inCallBusylight: false });
    expect(lab.wire.said('presence', { after }).map(({ reason }) => reason)).toEqual(['connected']);
  });

  it('is one session of the agent all the time, in which no event is told twice', async () => {
    const sessions = new Set(lab.wire.said('presence').map(({ sessionId }) => sessionId));
    expect(sessions.size).toBe(1);
    const events = await eventually('three events', async () => {
      const all = await lab.platform.events();
      return all.length >= 3 ? all : null;
    });
    expect(events.map(({ type }) => type)).toEqual(['agent.started', 'device.connected', 'settings.applied']);
  });
});
