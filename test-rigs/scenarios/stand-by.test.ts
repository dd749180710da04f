import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';
import { UserSession } from '../lab/stand-by/user-session.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('two people on one PC', (broker) => {
  let lab: RealLab;
  let anna: UserSession;
  let bo: UserSession;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    anna = new UserSession('anna', lab.folder);
    bo = new UserSession('bo', lab.folder);
  });
  afterAll(async () => {
    await Promise.all([anna?.logOut(), bo?.logOut()]);
    await lab?.stop();
  });

  const clientOf = (session: UserSession, after = 0) =>
    lab.wire.until('client', { after, where: ({ loginSessionId }) => loginSessionId === session.loginSession });

  it('have one agent that works: that of the one who uses the PC', async () => {
    const { configurationFile } = lab.agent;
    await anna.logIn(configurationFile, true);
    await anna.works();
    await bo.logIn(configurationFile, false);
    await clientOf(anna);
    await lab.wire.device(deviceId);
    expect(bo.agent.out).toBe('');
  });

  it('hand devices, connection and queue over when users are switched, and what waits for a login is applied', async () => {
    const { clientId } = await clientOf(anna);
    const revision = await lab.platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    await lab.wire.device(deviceId, ({ settings }) => settings.state === 'pending-login');
    const after = lab.wire.mark();
    await Promise.all([anna.use(false), bo.use(true)]);
    await anna.rests();
    await bo.works();
    expect((await clientOf(bo, after)).clientId).toBe(clientId);
    const { settings } = await lab.wire.device(deviceId, (document) => document.settings.appliedRevision === revision, { after });
    expect(settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
    const presences = lab.wire.said('presence', { after });
    expect(presences.map(({ state, reason }) => `${state} ${reason}`)).toEqual(['offline shutdown', 'online connected']);
    expect(new Set(presences.map(({ sessionId }) => sessionId)).size).toBe(2);
  });

  it('do not disturb each other by a locked screen or a login screen: who worked goes on', async () => {
    const after = lab.wire.mark();
    await bo.use(false);
    await lab.unplug(serial, deviceId);
    await lab.plug(serial, deviceId);
    expect(lab.wire.said('presence', { after })).toEqual([]);
    expect([anna.agent.out, bo.agent.out]).toEqual(['works\nrests\n', 'works\n']);
  });

  it('shut out a third that someone starts by hand', async () => {
    expect(await lab.agent.launch('login-3').ended).toMatchObject({ code: 1, err: expect.stringContaining('already works on') });
  });

  it('are looked after by the agent of the other when one is killed', { timeout: 60_000 }, async () => {
    const after = lab.wire.mark();
    await bo.agent.kill();
    await anna.works(2);
    await clientOf(anna, after);
    expect((await lab.wire.device(deviceId, undefined, { after })).connection.status).toBe('connected');
  });

  it('end in order', async () => {
    const after = lab.wire.mark();
    expect(await anna.agent.stop()).toMatchObject({ code: 0, out: 'works\nrests\nworks\nrests\n' });
    expect(lab.wire.said('presence', { after })).toMatchObject([{ state: 'offline', reason: 'shutdown' }]);
  });
});
