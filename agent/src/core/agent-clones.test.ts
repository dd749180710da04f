import { describe, expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';
import { desiredOf, policyOf } from './testing/bodies.ts';
import { copyOf } from './testing/disks.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describe('a client that is thrown off', () => {
  it('takes a new id at the third time within a minute, and starts there as a new client', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    const { clientId } = await lab.start();
    lab.platform.send('policy', policyOf(9, { applySettings: 'immediately' }));
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: { value: -6, locked: true } }), deviceId);
    await lab.clock.advance(5000);
    for (const round of [1, 2]) {
      lab.platform.break(0x8e);
      await lab.clock.advance(10_000);
      expect([round, lab.agent.clientId]).toEqual([round, clientId]);
    }
    lab.platform.break(0x8e);
    await lab.clock.advance(10_000);
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(lab.platform.clientId).toBe(lab.agent.clientId);
    expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'online' });
    expect(lab.platform.retainedOf('client')).not.toHaveProperty('metadata');
    expect(lab.platform.retainedOf('devices', deviceId)?.settings).toMatchObject({ desiredRevision: null, appliedRevision: null, locked: [] });
    expect(headset.state.settings.get('sidetoneLevel')).toBe(-6);

    lab.platform.send('policy', policyOf(1));
    await lab.clock.advance(1000);
    expect(lab.platform.retainedOf('client')?.metadata?.userName).toBe('mads');
    const { clientId: renamed } = lab.agent;
    await lab.restart();
    expect(lab.agent.clientId).toBe(renamed);
    await lab.stop();
  });

  it('keeps its id where the third time comes later, or the connection just breaks', async () => {
    const lab = new AgentLab();
    const { clientId } = await lab.start();
    for (const wait of [40_000, 40_000, 40_000]) {
      lab.platform.break(0x8e);
      await lab.clock.advance(wait);
    }
    for (let round = 0; round < 6; round += 1) {
      lab.platform.break();
      await lab.clock.advance(5000);
    }
    expect(lab.agent.clientId).toBe(clientId);
    await lab.stop();
  });

  it('keeps its id where it was killed and comes back: what the presence says is its own', async () => {
    const lab = new AgentLab();
    const { clientId } = await lab.start();
    for (let round = 0; round < 6; round += 1) {
      await lab.kill();
      await lab.start({}, 6000);
      lab.platform.break();
      await lab.clock.advance(1000);
    }
    expect(lab.agent.clientId).toBe(clientId);
    await lab.stop();
  });

  it('loses no event of its own over the new id', async () => {
    const lab = new AgentLab();
    lab.platform.acknowledges = false;
    lab.plug('evolve2-75', serial);
    await lab.start();
    for (let round = 0; round < 3; round += 1) {
      lab.platform.break(0x8e);
      await lab.clock.advance(10_000);
    }
    const newest = lab.platform.published.filter(({ topic, clientId }) => topic.endsWith('/events') && clientId === lab.agent.clientId);
    expect(newest.map(({ payload }) => (JSON.parse(payload) as { type: string }).type)).toEqual(['agent.started', 'device.connected']);
    await lab.stop();
  });

  it('runs a command of the new name that has the id of an old one', async () => {
    const lab = new AgentLab();
    await lab.start();
    const command = { id: 'c-1', expiresAt: '2030-01-01T00:00:00.000Z', params: {} };
    lab.platform.send('commands', { ...command, type: 'make-coffee' });
    await lab.clock.advance(1000);
    for (let round = 0; round < 3; round += 1) {
      lab.platform.break(0x8e);
      await lab.clock.advance(10_000);
    }
    lab.platform.send('commands', { ...command, type: 'refresh' });
    await lab.clock.advance(1000);
    expect(lab.platform.received('results').map(({ status }) => status)).toEqual(['rejected', 'succeeded']);
    await lab.stop();
  });

  it('does not begin under its new id where it was told to end meanwhile', async () => {
    const lab = new AgentLab();
    await lab.start();
    for (const wait of [10_000, 10_000, 0]) {
      if (wait === 0) lab.commitMs = 1000;
      lab.platform.break(0x8e);
      await lab.clock.advance(wait);
    }
    const attempts = lab.platform.attempts.length;
    await lab.stop();
    await lab.clock.advance(600_000);
    expect(lab.platform.attempts).toHaveLength(attempts);
  });

  it('does not take a new id any more once it was told to end', async () => {
    const lab = new AgentLab();
    const agent = await lab.start();
    const { clientId } = agent;
    lab.platform.break(0x8e);
    await lab.clock.advance(10_000);
    lab.platform.break(0x8e);
    await lab.clock.advance(10_000);
    const stopping = agent.stop();
    lab.platform.break(0x8e);
    await lab.clock.complete(stopping);
    const attempts = lab.platform.attempts.length;
    await lab.clock.advance(600_000);
    expect(agent.clientId).toBe(clientId);
    expect(lab.platform.attempts).toHaveLength(attempts);
    await lab.stop();
  });
});

describe('two PCs of one image with one machine id', () => {
  it.each([5, 4])('are told apart, each with its own device (MQTT version %i)', async (version) => {
    const original = new AgentLab();
    if (version === 4) original.platform.refuse.push({ kind: 'unsupported-version', reasonCode: 1, retryAfterMs: null, message: 'no' });
    await original.start();
    await original.stop();
    const clone = new AgentLab({ beside: original, disk: await copyOf(original.disk) });
    original.plug('evolve2-75', serial);
    clone.plug('evolve2-75', '70BF92000002');
    await original.start();
    await clone.start();
    await original.clock.advance(120_000);
    const ids = [original.agent.clientId, clone.agent.clientId];
    expect(new Set(ids).size).toBe(2);
    for (const [index, lab] of [original, clone].entries()) {
      expect(lab.platform.retainedOf('presence', undefined, ids[index])).toMatchObject({ state: 'online' });
      expect(lab.platform.retainedOf('devices', `24da-70bf9200000${index + 1}`, ids[index])).toMatchObject({ connection: { status: 'connected' } });
    }
    const { history } = original.platform;
    const before = history.length;
    await original.clock.advance(600_000);
    expect(history.slice(before).filter((step) => step === 'connect')).toEqual([]);
    await clone.stop();
    await original.stop();
  });
});

describe('the image on another machine', () => {
  it('makes itself a new client at its start, without anything of the old one', async () => {
    const lab = new AgentLab();
    lab.platform.acknowledges = false;
    const { clientId } = await lab.start();
    lab.platform.send('policy', policyOf(9));
    await lab.clock.advance(1000);
    await lab.stop();
    lab.host.machine = 'machine-2';
    lab.platform.acknowledges = true;
    const before = lab.platform.published.length;
    await lab.start();
    expect(lab.agent.clientId).not.toBe(clientId);
    expect(lab.platform.published.slice(before).every((message) => message.clientId === lab.agent.clientId)).toBe(true);
    expect(lab.platform.retainedOf('client')).not.toHaveProperty('metadata');
    expect(lab.platform.published.slice(before).filter(({ topic }) => topic.endsWith('/events'))).toHaveLength(1);
    await lab.stop();
  });
});
