import { describe, expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';
import { desiredOf, policyOf } from './testing/bodies.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const settingsOf = (lab: AgentLab) => lab.platform.retainedOf('devices', deviceId)?.settings;

/** An agent in its first login, established, with a policy and a headset that holds a sidetone level of 3. */
async function running(): Promise<{ readonly lab: AgentLab; readonly headset: ReturnType<AgentLab['plug']> }> {
  const lab = new AgentLab();
  const headset = lab.plug('evolve2-75', serial);
  headset.setLocally('sidetoneLevel', 3);
  await lab.start();
  lab.platform.send('policy', policyOf(1));
  await lab.clock.advance(1000);
  return { lab, headset };
}

describe('a revision that arrives during a login session', () => {
  it('waits, is told as pending, and is applied when the agent starts in a later one', async () => {
    const { lab, headset } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(5000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', desiredRevision: 7, appliedRevision: null });
    expect(lab.platform.eventTypes.at(-1)).toBe('settings.pending');
    await lab.restart();
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', appliedRevision: null });
    expect(headset.writes).toBe(0);
    await lab.restart({ loginSessionId: 'login-2' });
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', desiredRevision: 7, appliedRevision: 7 });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(headset.writes).toBe(1);
    await lab.stop();
  });

  it('is applied when the agent is told of a later one', async () => {
    const { lab, headset } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    await lab.clock.complete(lab.agent.loginChanged('login-1'));
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    await lab.clock.complete(lab.agent.loginChanged('login-2'));
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(lab.platform.latest('client')).toMatchObject({ loginSessionId: 'login-2' });
    await lab.stop();
  });

  it('waits over reconnects of that session, although it is retained then', async () => {
    const { lab, headset } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    lab.platform.break();
    await lab.clock.advance(60_000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    expect(headset.writes).toBe(0);
    await lab.stop();
  });

  it('waits where it came while the agent was away, after a connect of that session', async () => {
    const { lab } = await running();
    lab.platform.online = false;
    lab.platform.break();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.platform.online = true;
    await lab.clock.advance(60_000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', desiredRevision: 7 });
    await lab.stop();
    lab.platform.send('desired', desiredOf(8, { sidetoneLevel: -3 }), deviceId);
    await lab.start();
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', desiredRevision: 8, appliedRevision: null });
    await lab.stop();
  });

  it('belongs to the new login where that began while the connection stood, at its next connect too', async () => {
    const { lab, headset } = await running();
    await lab.clock.complete(lab.agent.loginChanged('login-2'));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    lab.platform.break();
    await lab.clock.advance(60_000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    await lab.restart();
    expect(headset.writes).toBe(1);
    await lab.stop();
  });

  it('is kept beside the applied one, which goes on being enforced', async () => {
    const { lab, headset } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.restart({ loginSessionId: 'login-2' });
    lab.platform.send('desired', desiredOf(8, { sidetoneLevel: { value: 6, locked: true } }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', desiredRevision: 8, appliedRevision: 7 });
    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(2000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    await lab.stop();
  });
});

describe('a revision that is there at the first connect of a login session', () => {
  it('is applied at once where it is retained', async () => {
    const { lab, headset } = await running();
    await lab.stop();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.start({ loginSessionId: 'login-2' });
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    expect(headset.writes).toBe(1);
    await lab.stop();
  });

  it('is applied at once where it was queued for the agent, and not retained any more', async () => {
    const { lab } = await running();
    await lab.stop();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.platform.retained.delete(lab.platform.topicOf('desired', deviceId));
    await lab.start({ loginSessionId: 'login-2' });
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    await lab.stop();
  });

  it('is applied at once where the disk is so slow that it is handled after the SUBACK', async () => {
    const { lab } = await running();
    await lab.stop();
    lab.platform.send('policy', policyOf(2));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.commitMs = 3000;
    await lab.start({ loginSessionId: 'login-2' }, 120_000);
    lab.commitMs = 0;
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    await lab.stop();
  });

  it('is applied at once where that connect comes late', async () => {
    const { lab } = await running();
    await lab.stop();
    lab.platform.online = false;
    await lab.start({ loginSessionId: 'login-2' });
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.platform.online = true;
    await lab.clock.advance(120_000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    await lab.stop();
  });

  it('waits for its device where that is away', async () => {
    const { lab, headset } = await running();
    await lab.stop();
    lab.bus.unplug(headset);
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.start({ loginSessionId: 'login-2' });
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-device', desiredRevision: 7, appliedRevision: null });
    lab.bus.plug(headset);
    await lab.clock.advance(5000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    await lab.stop();
  });

  it('is applied once: the next one of that login waits', async () => {
    const { lab } = await running();
    await lab.stop();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.start({ loginSessionId: 'login-2' });
    lab.platform.send('desired', desiredOf(8, { sidetoneLevel: 0 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login', desiredRevision: 8, appliedRevision: 7 });
    await lab.stop();
  });
});

describe('settings that apply immediately', () => {
  it('do so where the policy says so', async () => {
    const { lab, headset } = await running();
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    expect(headset.writes).toBe(1);
    await lab.stop();
  });

  it('are released by a change of the policy', async () => {
    const { lab } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    await lab.stop();
  });

  it('do not move where the policy says so in a revision that is not newer', async () => {
    const { lab } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.platform.send('policy', policyOf(1, { applySettings: 'immediately' }));
    lab.platform.send('policy', policyOf(0, { applySettings: 'immediately' }));
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    await lab.stop();
  });

  it('always do in room mode, what waited since before included', async () => {
    const { lab } = await running();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    await lab.stop();
    lab.platform.online = false;
    await lab.start({ mode: 'room' });
    expect(lab.agent.documents()[0]?.settings).toMatchObject({ state: 'in-sync', appliedRevision: 7 });
    lab.platform.online = true;
    await lab.clock.advance(60_000);
    lab.platform.send('desired', desiredOf(8, { sidetoneLevel: 0 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ state: 'in-sync', appliedRevision: 8 });
    await lab.stop();
  });

  it('do so only once the policy rules: what waits for the agent is held until then', async () => {
    const { lab, headset } = await running();
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    await lab.restart();
    lab.platform.break();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    lab.platform.send('policy', policyOf(3, { applySettings: 'next-login' }));
    await lab.clock.advance(60_000);
    expect(settingsOf(lab)).toMatchObject({ state: 'pending-login' });
    expect(headset.writes).toBe(0);
    await lab.stop();
  });
});

describe('revisions of desired documents', () => {
  it('that are lower or equal are ignored, over restarts too', async () => {
    const { lab, headset } = await running();
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), deviceId);
    await lab.clock.advance(1000);
    for (const revision of [7, 6, 0]) {
      lab.platform.send('desired', desiredOf(revision, { sidetoneLevel: 6 }), deviceId);
      await lab.clock.advance(1000);
      expect(settingsOf(lab)).toMatchObject({ desiredRevision: 7, appliedRevision: 7, state: 'in-sync' });
    }
    await lab.restart();
    for (const revision of [7, 6]) {
      lab.platform.send('desired', desiredOf(revision, { sidetoneLevel: 6 }), deviceId);
      await lab.clock.advance(1000);
      expect(settingsOf(lab)).toMatchObject({ desiredRevision: 7, appliedRevision: 7, state: 'in-sync' });
    }
    expect(headset.writes).toBe(1);
    await lab.stop();
  });

  it('that were emptied forget the document: locks are released, values stay', async () => {
    const { lab, headset } = await running();
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ locked: ['sidetoneLevel'] });
    lab.platform.sendRaw('desired', '', deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ desiredRevision: null, appliedRevision: null, locked: [], state: 'in-sync' });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);
    headset.setLocally('sidetoneLevel', 3);
    await lab.clock.advance(120_000);
    expect(headset.state.settings.get('sidetoneLevel')).toBe(3);
    expect(lab.platform.eventTypes).not.toContain('contract.violation');
    lab.platform.send('desired', desiredOf(1, { sidetoneLevel: 0 }), deviceId);
    await lab.clock.advance(1000);
    expect(settingsOf(lab)).toMatchObject({ desiredRevision: 1, appliedRevision: 1 });
    await lab.stop();
  });

  it('for a device that never came are kept until it does', async () => {
    const { lab } = await running();
    lab.platform.send('policy', policyOf(2, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: -6 }), '24da-70bf92000002');
    await lab.restart();
    const second = lab.plug('evolve2-75', '70BF92000002');
    await lab.clock.advance(5000);
    expect(second.state.settings.get('sidetoneLevel')).toBe(-6);
    expect(lab.platform.latest('devices', '24da-70bf92000002')?.settings).toMatchObject({ appliedRevision: 7, state: 'in-sync' });
    await lab.stop();
  });
});
