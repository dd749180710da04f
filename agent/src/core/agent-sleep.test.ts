import { describe, expect, it } from 'vitest';
import { AgentLab } from './testing/agent-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const hourMs = 3_600_000;

const presences = (lab: AgentLab): string[] => lab.platform.received('presence').map(({ state, reason }) => `${state} ${reason}`);

describe('an agent whose computer sleeps', () => {
  it('says so before, and is back at once after', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', serial);
    await lab.start();
    await lab.clock.complete(lab.agent.suspending());
    expect(presences(lab)).toEqual(['online connected', 'offline sleep']);
    expect(lab.platform.connected).toBe(false);
    lab.clock.jumpWallClock(8 * hourMs);
    lab.agent.resumed();
    await lab.clock.advance(3000);
    expect(presences(lab)).toEqual(['online connected', 'offline sleep', 'online connected']);
    const sessions = new Set(lab.platform.received('presence').map(({ sessionId }) => sessionId));
    expect(sessions.size).toBe(1);
    await lab.stop();
  });

  it('comes back although a wait was under way before', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.online = false;
    lab.platform.break();
    await lab.clock.advance(10_000);
    await lab.clock.complete(lab.agent.suspending());
    lab.clock.jumpWallClock(-hourMs);
    lab.platform.online = true;
    lab.agent.resumed();
    await lab.clock.advance(100);
    expect(presences(lab).at(-1)).toBe('online connected');
    await lab.stop();
  });

  it('tells in order what happened to devices meanwhile', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    await lab.clock.complete(lab.agent.suspending());
    lab.bus.unplug(headset);
    await lab.clock.advance(1000);
    lab.agent.resumed();
    await lab.clock.advance(5000);
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'device.connected', 'device.disconnected']);
    expect(lab.platform.retainedOf('devices', deviceId)?.connection.status).toBe('disconnected');
    await lab.stop();
  });

  it('goes on where the sleep was called off', async () => {
    const lab = new AgentLab();
    await lab.start();
    await lab.clock.complete(lab.agent.suspending());
    await lab.clock.advance(70_000);
    expect(presences(lab)).toEqual(['online connected', 'offline sleep', 'online connected']);
    lab.agent.resumed();
    await lab.clock.advance(5000);
    expect(lab.platform.connected).toBe(true);
    await lab.stop();
  });

  it('can be told of sleep and waking in one breath, and of each twice', async () => {
    const lab = new AgentLab();
    await lab.start();
    const slept = [lab.agent.suspending(), lab.agent.suspending()];
    lab.agent.resumed();
    lab.agent.resumed();
    await lab.clock.complete(Promise.all(slept));
    await lab.clock.advance(5000);
    expect(presences(lab)).toEqual(['online connected', 'offline sleep', 'online connected']);
    await lab.stop();
  });

  it('can be ended while it sleeps', async () => {
    const lab = new AgentLab();
    const agent = await lab.start();
    await lab.clock.complete(agent.suspending());
    await lab.stop();
    agent.resumed();
    await lab.clock.advance(hourMs);
    expect(presences(lab)).toEqual(['online connected', 'offline sleep']);
    expect(lab.clock.pendingTimers).toBe(0);
  });

  it('notices a sleep that nobody told: a dead connection is found, and devices are read again', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    await lab.clock.advance(100_000);
    // The broker gave the client up meanwhile, and nothing that is sent on the old connection arrives anywhere.
    lab.platform.leavesUnanswered = () => true;
    headset.state.settings.set('sidetoneLevel', -9);
    lab.clock.jumpWallClock(8 * hourMs);
    await lab.clock.advance(40_000);
    lab.platform.leavesUnanswered = () => false;
    await lab.clock.advance(60_000);
    expect(presences(lab).filter((presence) => presence === 'online connected').length).toBeGreaterThanOrEqual(2);
    expect(lab.platform.retainedOf('devices', deviceId)?.settings.values).toMatchObject({ sidetoneLevel: -9 });
    await lab.stop();
  });

  it('keeps a connection that lives', async () => {
    const lab = new AgentLab();
    await lab.start();
    const before = lab.platform.attempts.length;
    lab.clock.jumpWallClock(8 * hourMs);
    await lab.clock.advance(60_000);
    expect(lab.platform.attempts).toHaveLength(before);
    expect(presences(lab)).toEqual(['online connected', 'online connected']);
    await lab.stop();
  });
});

describe('an agent whose computer’s clock is set', () => {
  it.each([-24 * hourMs, 24 * hourMs])('by %d ms goes on telling what happens, with the time that the wall shows', async (jump) => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.clock.jumpWallClock(jump);
    lab.bus.unplug(headset);
    await lab.clock.advance(2000);
    const gone = lab.platform.events.at(-1);
    expect(gone?.type).toBe('device.disconnected');
    expect(Math.abs(Date.parse(gone?.at ?? '') - lab.clock.now())).toBeLessThan(3000);
    await lab.stop();
  });

  it('sends events that were not acknowledged as often as before', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.acknowledges = false;
    lab.plug('evolve2-75', serial);
    await lab.clock.advance(5000);
    const sent = (): number => lab.platform.received('events').filter(({ type }) => type === 'device.connected').length;
    expect(sent()).toBe(1);
    lab.clock.jumpWallClock(-24 * hourMs);
    await lab.clock.advance(31_000);
    expect(sent()).toBe(2);
    await lab.stop();
  });

  it('lets a command of the platform expire by the platform’s clock all the same', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.plug('evolve2-75', serial);
    await lab.clock.advance(5000);
    const platformNow = lab.clock.now();
    lab.clock.jumpWallClock(24 * hourMs);
    lab.platform.send('commands', { id: 'c-1', type: 'refresh', params: {}, expiresAt: new Date(platformNow + 60_000).toISOString() });
    await lab.clock.advance(1000);
    expect(lab.platform.received('results', 'c-1').map(({ status }) => status)).toEqual(['succeeded']);
    await lab.stop();
  });
});
