import { describe, expect, it } from 'vitest';
import { desiredOf, policyOf } from './testing/bodies.ts';
import { AgentLab } from './testing/agent-lab.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';
const hour = 3_600_000;

describe('the first connect', () => {
  it('says everything in the order of the contract', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', serial);
    await lab.start();
    const { steps } = lab.platform;
    expect(steps.filter((step, index) => step !== steps[index - 1])).toEqual([
      'connect',
      'subscribe policy',
      'subscribe desired',
      'subscribe commands',
      'subscribe acks',
      'subscribe presence',
      'publish presence',
      'publish devices',
      'publish client',
      'publish events',
    ]);
    await lab.stop();
  });

  it('is made with the identity of the client, and with a will', async () => {
    const lab = new AgentLab();
    const { clientId } = await lab.start();
    expect(lab.platform.attempts).toMatchObject([
      {
        version: 5,
        clientId,
        userName: `acme/${clientId}`,
        password: 'token',
        will: { topic: `jabra/v1/acme/${clientId}/presence`, retain: true },
        willDelaySeconds: 30,
        sessionExpirySeconds: 604_800,
        receiveMaximum: 32,
        keepAliveSeconds: 300,
      },
    ]);
    await lab.restart({ brokerUrl: 'wss://platform.example' });
    expect(lab.platform.attempts.at(-1)).toMatchObject({ clientId, keepAliveSeconds: 60 });
    await lab.stop();
  });

  it('is made on 3.1.1 where the broker refuses version 5, and everything still holds', async () => {
    const lab = new AgentLab();
    lab.platform.refuse.push({ kind: 'unsupported-version', reasonCode: 1, retryAfterMs: null, message: 'no' });
    lab.plug('evolve2-75', serial);
    await lab.start();
    expect(lab.platform.attempts.map(({ version }) => version)).toEqual([5, 4]);
    expect(lab.platform.latest('devices', deviceId)).toBeDefined();
    await lab.stop();
  });
});

describe('a connection that breaks', () => {
  it('is made again, everything is said again, and no event is lost', async () => {
    const lab = new AgentLab();
    lab.platform.acknowledges = false;
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    const before = lab.platform.published.length;
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'device.connected']);

    lab.platform.online = false;
    lab.platform.break();
    lab.bus.unplug(headset);
    await lab.clock.advance(10_000);
    lab.platform.retained.clear();
    lab.platform.online = true;
    await lab.clock.advance(60_000);

    const again = lab.platform.published.slice(before).map(({ topic }) => topic.split('/').slice(4).join('/'));
    expect(again.slice(0, 6)).toEqual(['presence', `devices/${deviceId}`, 'client', 'events', 'events', 'events']);
    expect(lab.platform.retainedOf('devices', deviceId)).toMatchObject({ connection: { status: 'disconnected' } });
    expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'online' });
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'device.connected', 'device.disconnected']);
    await lab.stop();
  });

  it('for hours costs no event, and is not hammered at', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start({ reconnect: { minMs: 1000, maxMs: 1_800_000 } });
    lab.platform.online = false;
    lab.platform.break();
    const attemptsBefore = lab.platform.attempts.length;
    for (let round = 0; round < 12; round += 1) {
      await lab.clock.advance(hour / 4);
      lab.bus.unplug(headset);
      await lab.clock.advance(hour / 4);
      lab.bus.plug(headset);
    }
    expect(lab.platform.attempts.length - attemptsBefore).toBeLessThan(100);
    lab.platform.online = true;
    await lab.clock.advance(hour);
    const told = lab.platform.eventTypes.filter((type) => type.startsWith('device.'));
    expect(told).toEqual(['device.connected', ...Array.from({ length: 12 }, () => ['device.disconnected', 'device.connected']).flat()]);
    const at = lab.platform.events.map((event) => event.at);
    expect(at).toEqual(at.toSorted());
    await lab.stop();
  });

  it('does not repeat what was acknowledged meanwhile', async () => {
    const lab = new AgentLab();
    lab.platform.acknowledges = false;
    await lab.start();
    const [started] = lab.platform.events;
    lab.platform.online = false;
    lab.platform.break();
    lab.platform.send('acks', { ids: [started?.id ?? ''] });
    lab.platform.online = true;
    await lab.clock.advance(60_000);
    expect(lab.platform.received('events')).toHaveLength(1);
    await lab.stop();
  });

  it('is made again after a subscription was refused', async () => {
    const lab = new AgentLab();
    lab.platform.refuses = (filter) => filter.endsWith('/desired/+');
    await lab.start({}, 20_000);
    expect(lab.platform.attempts.length).toBeGreaterThan(1);
    expect(lab.platform.received('presence')).toEqual([]);
    lab.platform.refuses = () => false;
    await lab.clock.advance(60_000);
    expect(lab.platform.eventTypes).toEqual(['agent.started']);
    await lab.stop();
  });

  it('is made again at once when the network changes', async () => {
    const lab = new AgentLab();
    lab.platform.online = false;
    await lab.start({ reconnect: { minMs: 1_000_000, maxMs: 1_800_000 } });
    lab.platform.online = true;
    lab.host.addresses = ['192.0.2.99'];
    lab.host.change();
    await lab.clock.advance(4000);
    expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'online' });
    await lab.stop();
  });

  it('waits as long as it was asked to, over a restart of the PC too', async () => {
    const lab = new AgentLab();
    lab.platform.refuse.push({ kind: 'refused', reasonCode: 0x97, retryAfterMs: 600_000, message: 'quota' });
    await lab.start();
    await lab.restart();
    expect(lab.platform.attempts).toHaveLength(1);
    await lab.clock.advance(600_000);
    expect(lab.platform.attempts.at(-1)?.at).toBe(600_000);
    await lab.stop();
  });
});

describe('documents', () => {
  it('are published when something in them changed, and at no other time', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', serial);
    await lab.start();
    lab.platform.send('policy', policyOf(1));
    await lab.clock.advance(10_000);
    const documents = (): number => lab.platform.received('devices').length + lab.platform.received('client').length;
    const before = documents();
    lab.host.change();
    await lab.clock.advance(6 * hour);
    expect(documents()).toBe(before);
    lab.host.addresses = ['192.0.2.99'];
    lab.host.change();
    await lab.clock.advance(1000);
    expect(documents()).toBe(before + 1);
    await lab.stop();
  });

  it('have revisions that grow over restarts', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.bus.unplug(headset);
    await lab.clock.advance(1000);
    const before = lab.platform.latest('devices', deviceId)?.revision ?? 0;
    await lab.stop();
    lab.bus.plug(headset);
    await lab.start();
    const revisions = lab.platform.received('devices', deviceId).map(({ revision }) => revision);
    expect(revisions.at(-1)).toBeGreaterThan(before);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    await lab.stop();
  });
});

describe('the end', () => {
  it('is told: the event, the presence, no will', async () => {
    const lab = new AgentLab();
    await lab.start();
    const started = lab.platform.latest('presence');
    await lab.stop();
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'agent.stopped']);
    expect(lab.platform.retainedOf('presence')).toMatchObject({ state: 'offline', reason: 'shutdown', sessionId: started?.sessionId });
    expect(lab.platform.steps.at(-1)).toBe('end');
    await lab.start();
    expect(lab.platform.latest('presence')?.sessionId).not.toBe(started?.sessionId);
    await lab.stop();
  });

  it('is told at the next start where there was no connection', async () => {
    const lab = new AgentLab();
    lab.platform.online = false;
    await lab.start();
    await lab.stop();
    lab.platform.online = true;
    await lab.start({}, 60_000);
    expect(lab.platform.events.map(({ type, data }) => [type, data['loginSessionId'] ?? data['reason']])).toEqual([
      ['agent.started', 'login-1'],
      ['agent.stopped', 'shutdown'],
      ['agent.started', 'login-1'],
    ]);
    await lab.stop();
  });

  it('comes within 5 s whatever hangs: broker, disk and device', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.platform.leavesUnanswered = () => true;
    lab.commitMs = Number.MAX_SAFE_INTEGER;
    headset.behave({ name: 'deaf', onPacket: () => ({ kind: 'silence' }) });
    lab.platform.send('commands', {
      id: 'c-1',
      type: 'refresh',
      expiresAt: '2030-01-01T00:00:00.000Z',
      params: {},
    });
    await lab.clock.settle();
    const before = lab.clock.monotonic();
    await lab.stop();
    expect(lab.clock.monotonic() - before).toBeLessThan(4800);
    expect(lab.platform.latest('presence')).toMatchObject({ state: 'offline', reason: 'shutdown' });
  });

  it('may be asked for twice', async () => {
    const lab = new AgentLab();
    const agent = await lab.start();
    await lab.clock.complete(Promise.all([agent.stop(), agent.stop()]));
    await lab.stop();
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'agent.stopped']);
  });
});

describe('a disk that fails', () => {
  it('holds events back, and they come when it is well again', async () => {
    const lab = new AgentLab();
    const headset = lab.plug('evolve2-75', serial);
    await lab.start();
    lab.disk.fault = new Error('no space');
    lab.bus.unplug(headset);
    await lab.clock.advance(10 * 60_000);
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'device.connected']);
    lab.disk.fault = null;
    await lab.clock.advance(60_000);
    expect(lab.platform.eventTypes).toEqual(['agent.started', 'device.connected', 'device.disconnected']);
    await lab.stop();
  });

  it('does not keep the agent from ending', async () => {
    const lab = new AgentLab();
    await lab.start();
    lab.disk.fault = new Error('no space');
    await lab.stop();
    expect(lab.platform.latest('presence')).toMatchObject({ state: 'offline', reason: 'shutdown' });
  });
});

describe('a message that breaks the contract', () => {
  it('changes nothing and is told once a minute for each kind of topic, whatever comes', async () => {
    const lab = new AgentLab();
    lab.plug('evolve2-75', serial);
    await lab.start();
    lab.platform.send('desired', desiredOf(7, { sidetoneLevel: 3 }), deviceId);
    await lab.clock.advance(1000);
    const before = lab.platform.latest('devices', deviceId);
    for (let round = 0; round < 50; round += 1) {
      lab.platform.sendRaw('desired', '{"schema":"desired/1","revision":99}', deviceId);
      lab.platform.sendRaw('policy', 'not json');
      lab.platform.sendRaw('commands', '[]');
      await lab.clock.advance(1000);
    }
    const violations = lab.platform.events.filter(({ type }) => type === 'contract.violation');
    const { platform } = lab;
    const topics = [platform.topicOf('desired', deviceId), platform.topicOf('policy'), platform.topicOf('commands')];
    expect(violations.map(({ data }) => data['topic'])).toEqual(topics);
    expect(violations[0]?.data['problems']).toHaveLength(3);
    expect(lab.platform.latest('devices', deviceId)).toEqual(before);
    await lab.clock.advance(60_000);
    lab.platform.sendRaw('policy', 'not json');
    await lab.clock.advance(1000);
    expect(lab.platform.eventTypes.filter((type) => type === 'contract.violation')).toHaveLength(4);
    expect(lab.log.errors).toEqual([]);
    await lab.stop();
  });
});
