import { describe, expect, it } from 'vitest';
import type { BodyOf } from '../contract/index.ts';
import { encode, timestamp } from '../contract/index.ts';
import { AgentLab } from './testing/agent-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

const commandOf = (lab: AgentLab, id: string, change: Partial<BodyOf<'commands'>> = {}): BodyOf<'commands'> => ({
  id,
  expiresAt: timestamp(lab.clock.now() + 3_600_000),
  type: 'refresh',
  params: {},
  ...change,
});

const resultsOf = (lab: AgentLab, id?: string): string[] =>
  lab.platform.received('results', id).map(({ commandId, status, error }) => [commandId, status, ...(error ? [error.code] : [])].join(' '));

describe('commands', () => {
  it('refresh reads every device again, or the one that is named', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    // The device said nothing of it.
    headset.state.settings.set('sidetoneLevel', -9);
    lab.platform.send('commands', commandOf(lab, 'c-1'));
    await lab.clock.advance(2000);
    expect(lab.platform.retainedOf('devices', deviceId)?.settings.values).toMatchObject({ sidetoneLevel: -9 });
    headset.state.settings.set('sidetoneLevel', 6);
    lab.platform.send('commands', commandOf(lab, 'c-2', { deviceId }));
    lab.platform.send('commands', commandOf(lab, 'c-3', { deviceId: 'nobody' }));
    await lab.clock.advance(2000);
    expect(lab.platform.retainedOf('devices', deviceId)?.settings.values).toMatchObject({ sidetoneLevel: 6 });
    expect(resultsOf(lab).toSorted()).toEqual(['c-1 succeeded', 'c-2 succeeded', 'c-3 failed unknown-device']);
    await lab.stop();
  });

  it('that wait for the agent run once, over restarts and however often they come', async () => {
    const lab = new AgentLab();
    await lab.start();
    await lab.stop();
    const command = commandOf(lab, 'c-1');
    lab.platform.send('commands', command);
    await lab.start();
    lab.platform.send('commands', command);
    await lab.clock.advance(1000);
    await lab.restart();
    lab.platform.send('commands', command);
    await lab.clock.advance(1000);
    expect(resultsOf(lab)).toEqual(['c-1 succeeded', 'c-1 succeeded', 'c-1 succeeded']);
    await lab.stop();
  });

  it('that are retained are not run, and are no violation', async () => {
    const lab = new AgentLab();
    await lab.start();
    const topic = lab.platform.topicOf('commands');
    const payload = encode('commands', commandOf(lab, 'c-1'), lab.clock.now());
    lab.platform.inject(lab.agent.clientId, { topic, payload: new TextEncoder().encode(payload), retained: true });
    await lab.clock.advance(1000);
    expect(resultsOf(lab)).toEqual([]);
    expect(lab.platform.eventTypes).toEqual(['agent.started']);
    await lab.stop();
  });

  it('are answered on the response topic too, below the prefix only', async () => {
    const lab = new AgentLab();
    const { clientId } = await lab.start();
    const topic = lab.platform.topicOf('commands');
    for (const [id, responseTopic] of [
      ['c-1', `jabra/v1/acme/${clientId}/replies`],
      ['c-2', 'jabra/v1/acme/another/replies'],
    ]) {
      const payload = new TextEncoder().encode(encode('commands', commandOf(lab, id ?? ''), lab.clock.now()));
      lab.platform.inject(clientId, { topic, payload, retained: false, responseTopic: responseTopic ?? '', correlationData: Uint8Array.of(7) });
    }
    await lab.clock.advance(1000);
    const answers = lab.platform.published.filter(({ topic: to }) => to.includes('results') || to.includes('replies'));
    expect(answers.map(({ topic: to, correlationData }) => [to.split('/').slice(3).join('/'), correlationData])).toEqual([
      [`${clientId}/results/c-1`, undefined],
      [`${clientId}/replies`, Uint8Array.of(7)],
      [`${clientId}/results/c-2`, undefined],
    ]);
    await lab.stop();
  });

  it('expire by the platform’s clock where an ack of this connection told it', async () => {
    const lab = new AgentLab();
    const after = (milliseconds: number): string => timestamp(lab.clock.now() + milliseconds);
    await lab.start();
    lab.platform.acknowledges = false;
    lab.platform.send('commands', commandOf(lab, 'c-1', { expiresAt: after(-1) }));
    const headset = lab.plug('evolve2-75', serial);
    await lab.clock.advance(5000);
    // The PC's clock is an hour behind the platform's.
    const event = lab.platform.events.at(-1);
    lab.platform.sendRaw('acks', encode('acks', { ids: [event?.id ?? ''] }, lab.clock.now() + 3_600_000));
    lab.platform.send('commands', commandOf(lab, 'c-2', { expiresAt: after(3_500_000) }));
    lab.platform.send('commands', commandOf(lab, 'c-3', { expiresAt: after(3_700_000) }));
    await lab.clock.advance(1000);
    // On the next connection nothing tells so: the ack names no event that was sent on it.
    lab.platform.break();
    await lab.clock.advance(10_000);
    lab.platform.sendRaw('acks', encode('acks', { ids: ['00000000-0000-4000-8000-000000000000'] }, lab.clock.now() + 3_600_000));
    lab.platform.send('commands', commandOf(lab, 'c-4', { expiresAt: after(1000) }));
    await lab.clock.advance(500);
    expect(resultsOf(lab)).toEqual(['c-1 expired', 'c-2 expired', 'c-3 succeeded', 'c-4 succeeded']);
    lab.bus.unplug(headset);
    await lab.stop();
  });

  it('of a type that it does not know are rejected', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('commands', commandOf(lab, 'c-1', { type: 'make-coffee' }));
    await lab.clock.advance(1000);
    expect(resultsOf(lab)).toEqual(['c-1 rejected not-supported']);
    await lab.stop();
  });
});

describe('forget-device', () => {
  const known = async (): Promise<{ readonly lab: AgentLab; readonly topic: string }> => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.bus.unplug(headset);
    await lab.clock.advance(1000);
    return { lab, topic: lab.platform.topicOf('devices', deviceId) };
  };

  it('deletes the document at the broker, and the device is not known any more', async () => {
    const { lab, topic } = await known();
    expect(lab.platform.retained.has(topic)).toBe(true);
    lab.platform.send('commands', commandOf(lab, 'c-1', { type: 'forget-device', deviceId }));
    await lab.clock.advance(1000);
    expect(lab.platform.retained.has(topic)).toBe(false);
    expect(lab.agent.documents()).toEqual([]);
    await lab.restart();
    expect(lab.platform.retained.has(topic)).toBe(false);
    expect(resultsOf(lab)).toEqual(['c-1 succeeded']);
    await lab.stop();
  });

  it('says so where there is no such device, or none is named', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.platform.send('commands', commandOf(lab, 'c-1', { type: 'forget-device', deviceId }));
    lab.platform.send('commands', commandOf(lab, 'c-2', { type: 'forget-device' }));
    await lab.clock.advance(1000);
    expect(resultsOf(lab)).toEqual(['c-1 failed unknown-device', 'c-2 rejected not-supported']);
    await lab.stop();
  });

  it('is made good after restarts where the broker could not be told', async () => {
    const { lab, topic } = await known();
    lab.platform.leavesUnanswered = (message) => message.topic === topic && message.payload === '';
    lab.platform.loses = (to, payload) => to === topic && payload.length === 0;
    lab.platform.send('commands', commandOf(lab, 'c-1', { type: 'forget-device', deviceId }));
    await lab.clock.advance(1000);
    await lab.kill();
    expect(lab.platform.retained.has(topic)).toBe(true);
    lab.platform.online = false;
    await lab.start();
    await lab.kill();
    lab.platform.online = true;
    lab.platform.loses = () => false;
    lab.platform.leavesUnanswered = () => false;
    await lab.start({}, 60_000);
    expect(lab.platform.retained.has(topic)).toBe(false);
    await lab.stop();
  });

  it('does not delete the document of a device that is here again', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.platform.send('commands', commandOf(lab, 'c-1', { type: 'forget-device', deviceId }));
    await lab.clock.advance(1000);
    lab.bus.unplug(headset);
    await lab.clock.advance(1000);
    lab.bus.plug(headset);
    await lab.clock.advance(5000);
    lab.platform.break();
    await lab.clock.advance(60_000);
    expect(lab.platform.retainedOf('devices', deviceId)).toMatchObject({ connection: { status: 'connected' } });
    await lab.stop();
  });
});
