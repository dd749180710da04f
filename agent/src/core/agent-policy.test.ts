import { describe, expect, it } from 'vitest';
import { openMemoryStore } from './testing/memory-store.ts';
import { AgentLab } from './testing/agent-lab.ts';
import { desiredOf, policyOf } from './testing/bodies.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const groupsOf = (lab: AgentLab): string[] => Object.keys(lab.platform.retainedOf('client')?.metadata ?? {});

describe('metadata', () => {
  it('does not leave the PC before a policy was ever received', async () => {
    const lab = new AgentLab();
    await lab.start();
    await lab.clock.advance(60_000);
    const client = lab.platform.retainedOf('client');
    expect(client).toMatchObject({ clientId: lab.agent.clientId, clientVersion: '0.0.0', mode: 'personal', loginSessionId: 'login-1' });
    expect(client).not.toHaveProperty('metadata');
    expect(lab.host.asked).toEqual([]);
    await lab.stop();
  });

  it('is what the policy allows, and goes at once with the group that is switched off', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('policy', policyOf(1));
    await lab.clock.settle();
    expect(groupsOf(lab)).toEqual(['userName', 'computer', 'location']);
    lab.platform.send('policy', policyOf(2, { metadata: { userName: false, computer: true, location: false } }));
    await lab.clock.settle();
    expect(groupsOf(lab)).toEqual(['computer']);
    lab.platform.send('policy', policyOf(3, { metadata: { userName: false, computer: false, location: false } }));
    await lab.clock.settle();
    expect(lab.platform.retainedOf('client')).not.toHaveProperty('metadata');
    await lab.stop();
  });

  it('goes at once even while the system is slow to tell it and the disk is full', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('policy', policyOf(1));
    await lab.clock.advance(1000);
    lab.host.slowness = new Promise(() => undefined);
    lab.disk.fault = new Error('no space');
    lab.host.change();
    lab.platform.send('policy', policyOf(2, { metadata: { userName: false, computer: true, location: false } }));
    await lab.clock.settle();
    expect(groupsOf(lab)).toEqual(['computer']);
    await lab.stop();
  });

  it('that was under way when its group was switched off, and was never acknowledged, is gone after the next connect', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.leavesUnanswered = ({ topic }) => topic.endsWith('/client');
    lab.platform.send('policy', policyOf(1));
    await lab.clock.advance(1000);
    expect(groupsOf(lab)).toHaveLength(3);
    lab.platform.send('policy', policyOf(2, { metadata: { userName: false, computer: false, location: false } }));
    await lab.clock.advance(1000);
    const before = lab.platform.published.length;
    lab.platform.leavesUnanswered = () => false;
    lab.platform.break();
    await lab.clock.advance(10_000);
    const told = lab.platform.published.slice(before).filter(({ topic }) => topic.endsWith('/client'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(({ payload }) => payload.includes('metadata'))).toEqual([]);
    expect(lab.platform.retainedOf('client')).not.toHaveProperty('metadata');
    await lab.stop();
  });

  it('is not told by a new process under an old policy before it heard the new one', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('policy', policyOf(1));
    await lab.clock.advance(1000);
    await lab.stop();
    lab.platform.send('policy', policyOf(2, { metadata: { userName: false, computer: false, location: false } }));
    const before = lab.platform.published.length;
    await lab.start();
    const told = lab.platform.published.slice(before).filter(({ topic }) => topic.endsWith('/client'));
    expect(told.map(({ payload }) => payload.includes('metadata'))).toEqual([false]);
    await lab.stop();
  });
});

describe('the last policy', () => {
  it('rules over restarts, its revision and its log level too', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('policy', policyOf(5, { logLevel: 'debug' }));
    await lab.clock.advance(1000);
    expect(lab.log.level).toBe('debug');
    await lab.stop();
    lab.log.level = null;
    lab.platform.online = false;
    lab.platform.retained.clear();
    await lab.start();
    expect(lab.log.level).toBe('debug');
    lab.platform.online = true;
    await lab.clock.advance(120_000);
    expect(groupsOf(lab)).toHaveLength(3);
    lab.platform.send('policy', policyOf(5, { metadata: { userName: false, computer: false, location: false }, revoked: true }));
    await lab.clock.advance(1000);
    expect(groupsOf(lab)).toHaveLength(3);
    expect(lab.agent.revoked).toBe(false);
    await lab.stop();
  });

  it('is not touched by an empty payload', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('policy', policyOf(5));
    lab.platform.sendRaw('policy', '');
    await lab.clock.advance(1000);
    lab.host.user = 'freja';
    lab.host.change();
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('client')?.metadata?.userName).toBe('freja');
    expect(lab.platform.eventTypes).not.toContain('contract.violation');
    await lab.stop();
  });
});

/** A client with a locked setting and an event that nobody acknowledged, at the moment of its revocation. */
async function locked() {
  const lab = new AgentLab();
  const headset = lab.plug('evolve2-75', serial);
  await lab.start();
  lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
  lab.platform.send('desired', desiredOf(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
  await lab.clock.advance(5000);
  expect(lab.platform.retainedOf('devices', deviceId)?.settings.locked).toEqual(['sidetoneLevel']);
  lab.platform.acknowledges = false;
  return { lab, headset };
}

describe('a revoked client', () => {
  it('says goodbye and ends its connection without a will', async () => {
    const { lab } = await locked();
    const before = lab.platform.history.length;
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(10_000);
    expect(lab.agent.revoked).toBe(true);
    expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'offline', reason: 'revoked' });
    expect(lab.platform.history.slice(before)).toEqual(['publish presence', 'end']);
    await lab.stop();
  });

  it('disconnects when the goodbye is acknowledged, not before', async () => {
    const { lab } = await locked();
    lab.platform.leavesUnanswered = ({ topic }) => topic.endsWith('/presence');
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(100);
    expect(lab.platform.steps.at(-1)).toBe('publish presence');
    expect(lab.platform.connected).toBe(true);
    // A slow platform is waited for: nobody connects again to repeat it.
    await lab.clock.advance(20_000);
    expect(lab.platform.connected).toBe(true);
    await lab.clock.advance(20_000);
    expect(lab.platform.connected).toBe(false);
    await lab.stop();
  });

  it('ends in its five seconds also while its goodbye waits for an acknowledgement', async () => {
    const { lab } = await locked();
    lab.platform.leavesUnanswered = ({ topic }) => topic.endsWith('/presence');
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(100);
    const before = lab.clock.monotonic();
    await lab.clock.complete(lab.agent.stop());
    expect(lab.clock.monotonic() - before).toBeLessThan(5000);
    await lab.stop();
  });

  it('sends nothing ever again, whatever happens to it', async () => {
    const { lab, headset } = await locked();
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(5000);
    const before = lab.platform.history.length;
    lab.bus.unplug(headset);
    lab.plug('evolve2-65', '70BF92000002');
    lab.host.change();
    lab.agent.networkChanged();
    await lab.clock.complete(lab.agent.loginChanged('login-2'));
    await lab.clock.advance(24 * 3_600_000);
    await lab.restart({ loginSessionId: 'login-3' });
    expect(lab.agent.revoked).toBe(true);
    await lab.clock.advance(24 * 3_600_000);
    await lab.stop();
    await lab.start({ enrollmentToken: null });
    await lab.stop();
    expect(lab.platform.history.length).toBe(before);
    expect(lab.log.errors).toEqual([]);
  });

  it('keeps no event, not even of its end', async () => {
    const { lab } = await locked();
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(5000);
    await lab.stop();
    expect(await openMemoryStore({ disk: lab.disk }).load('events')).toEqual(new Map());
  });

  it('sends nothing more from the moment it hears of it, however long the disk takes', async () => {
    const { lab, headset } = await locked();
    lab.bus.unplug(headset);
    await lab.clock.advance(28_500);
    lab.commitMs = 10_000;
    const before = lab.platform.history.length;
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    // Meanwhile the event that nobody acknowledged would come again.
    await lab.clock.advance(60_000);
    expect(lab.platform.history.slice(before)).toEqual(['publish presence', 'end']);
    lab.commitMs = 0;
    await lab.stop();
  });

  it('releases its locks, and its devices go on working as they are', async () => {
    const { lab, headset } = await locked();
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(5000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(600_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(lab.agent.documents()[0]?.settings).toMatchObject({ locked: [], desiredRevision: null, appliedRevision: null });
    await lab.restart();
    expect(lab.agent.documents()[0]?.settings).toMatchObject({ locked: [] });
    await lab.stop();
  });

  it('leaves its devices to the person at its window: told as they are, changed and paired as they like, over a restart too', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    const adapter = lab.plug('link-380', '50C275000001');
    await lab.start({ attended: true });
    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately', endUserSettings: 'hidden' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.clock.advance(5000);
    const change = (value: number) => lab.clock.complete(lab.agent.person.changeSetting(deviceId, 'sidetoneLevel', value));
    const statuses = (): string[] => lab.agent.documents().map(({ connection }) => connection.status);
    expect(await change(3)).toEqual({ isDone: false, code: 'locked' });
    lab.platform.send('policy', policyOf(2, { revoked: true, endUserSettings: 'hidden' }));
    await lab.clock.advance(5000);
    const before = lab.platform.history.length;
    for (const value of [3, 6]) {
      expect(await change(value)).toEqual({ isDone: true });
      expect(headset.state.settings.get('sidetoneLevel')).toBe(value);
      expect(lab.agent.overview()).toMatchObject({ revoked: true, policy: { endUserSettings: 'allowed' } });
      lab.bus.unplug(headset);
      await lab.clock.advance(1000);
      expect(statuses().toSorted()).toEqual(['connected', 'disconnected']);
      lab.bus.plug(headset);
      await lab.clock.advance(1000);
      expect(statuses()).toEqual(['connected', 'connected']);
      lab.agent.person.pairing.start();
      expect(lab.agent.overview().pairing).toMatchObject({ step: 'searching', adapter: 'Jabra Link 380' });
      lab.agent.person.pairing.close();
      await lab.restart();
    }
    await lab.stop();
    expect(lab.platform.history.length).toBe(before);
    expect(await openMemoryStore({ disk: lab.disk }).load('events')).toEqual(new Map());
    expect(adapter.received.length).toBeGreaterThan(0);
    expect(lab.log.errors).toEqual([]);
  });

  it('that is so at its connect never says that it is online', async () => {
    const { lab } = await locked();
    await lab.stop();
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    const before = lab.platform.published.length;
    await lab.start();
    expect(lab.platform.published.slice(before).map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { schema: 'presence/1', state: 'offline', reason: 'revoked' },
    ]);
    await lab.stop();
  });

  it('is one after a kill at any moment of its revocation', async () => {
    for (const afterMs of [0, 1, 5, 9, 10, 11, 15, 20, 25, 50]) {
      const { lab } = await locked();
      lab.commitMs = 10;
      lab.platform.send('policy', policyOf(2, { revoked: true }));
      await lab.clock.advance(afterMs);
      await lab.kill();
      await lab.start();
      expect(lab.agent.revoked).toBe(true);
      expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'offline' });
      await lab.stop();
      lab.commitMs = 0;
      const before = lab.platform.history.length;
      await lab.start();
      expect(lab.platform.history.length).toBe(before);
      await lab.stop();
    }
  });

  it('is asked to end while it says goodbye, and says nothing else', async () => {
    const { lab } = await locked();
    lab.platform.leavesUnanswered = ({ topic }) => topic.endsWith('/presence');
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(100);
    await lab.stop();
    expect(lab.platform.received('presence').map(({ reason }) => reason)).toEqual(['connected', 'revoked']);
    expect(lab.platform.eventTypes).not.toContain('agent.stopped');
  });

  it('says goodbye also where the disk is full', async () => {
    const { lab } = await locked();
    lab.disk.fault = new Error('no space');
    lab.platform.send('policy', policyOf(2, { revoked: true }));
    await lab.clock.advance(5000);
    expect(lab.platform.retainedOf('presence')).toMatchObject({ reason: 'revoked' });
    expect(lab.platform.connected).toBe(false);
    await lab.stop();
  });
});

describe('a client that is enrolled anew', () => {
  it.each([true, false])('starts without anything that belonged to the old one (revoked: %s)', async (isRevoked) => {
    const { lab, headset } = await locked();
    const { clientId } = lab.agent;
    lab.platform.send('commands', { id: 'c-1', type: 'refresh', expiresAt: '2030-01-01T00:00:00.000Z', params: {} });
    await lab.clock.advance(1000);
    if (isRevoked) lab.platform.send('policy', policyOf(9, { revoked: true }));
    await lab.clock.advance(5000);
    await lab.stop();
    const old = new Set(lab.platform.events.map(({ id }) => id));
    lab.platform.acknowledges = true;
    await lab.start({ enrollmentToken: 'another' });
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(lab.agent.revoked).toBe(false);
    expect(lab.platform.events.filter(({ id }) => !old.has(id)).map(({ type }) => type)).toEqual(['agent.started', 'device.connected']);
    const document = lab.platform.retainedOf('devices', deviceId);
    expect(document?.settings).toMatchObject({ desiredRevision: null, appliedRevision: null, locked: [], state: 'in-sync' });
    expect(lab.platform.retainedOf('client')).not.toHaveProperty('metadata');
    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(120_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);

    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: 0 }), deviceId);
    lab.platform.send('commands', { id: 'c-1', type: 'refresh', expiresAt: '2030-01-01T00:00:00.000Z', params: {} });
    await lab.clock.advance(5000);
    expect(lab.platform.retainedOf('devices', deviceId)?.settings).toMatchObject({ desiredRevision: 1, appliedRevision: 1 });
    expect(lab.platform.received('results').map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    await lab.restart();
    expect(lab.agent.clientId).toBe(lab.platform.clientId);
    await lab.stop();
  });
});
