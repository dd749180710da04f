import { encode, payloadExamples } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { device, exampleDeviceId, offline, online } from '../testing/bodies.ts';
import { LivePlatform } from '../testing/live.ts';

let live: LivePlatform;
let foreign: { organizationId: string; enrollmentToken: string };
beforeAll(async () => {
  live = await LivePlatform.start();
  foreign = (await live.api('POST', '/api/v1/organizations', { id: 'other' })).body as typeof foreign;
});
afterAll(() => live.stop());

/** MQTT 3.1.1 3.2.2.3. */
const badCredentials = 4;
const notAuthorized = 5;

describe('a login', () => {
  it.each([
    ['with a token that is wrong', { password: 'wrong' }, badCredentials],
    ['with no token', { password: '' }, badCredentials],
    ['with no user name', { username: '' }, badCredentials],
    ['with a user name of another shape', { username: 'acme' }, badCredentials],
    ['of an organisation that does not exist', { username: 'nowhere/pc-1' }, badCredentials],
    ['with the user name of another client', { username: 'acme/pc-2' }, notAuthorized],
    ['as operator with a token', { username: 'operator/acme' }, badCredentials],
  ])('%s is refused', async (_, options, code) => {
    await expect(live.connect('pc-1', options)).rejects.toMatchObject({ code });
  });

  it('with the token of another organisation is refused', async () => {
    await expect(live.connect('pc-1', { password: foreign.enrollmentToken })).rejects.toMatchObject({ code: badCredentials });
  });

  it('under the id of a client of another organisation is refused', async () => {
    await (await live.connect('pc-taken')).end();
    const login = live.connect('pc-taken', { username: 'other/pc-taken', password: foreign.enrollmentToken });
    await expect(login).rejects.toMatchObject({ code: notAuthorized });
  });

  it('of an operator under the id of a client is refused', async () => {
    await (await live.connect('pc-3')).end();
    await expect(live.operator('pc-3')).rejects.toMatchObject({ code: notAuthorized });
  });

  it('of a client under the id of a connected operator is refused', async () => {
    const operator = await live.operator('pc-4');
    await expect(live.connect('pc-4')).rejects.toMatchObject({ code: notAuthorized });
    expect(operator.client.connected).toBe(true);
    await operator.end();
  });

  it('in MQTT 5 is answered that this version is not spoken', async () => {
    await expect(live.connect('pc-1', { protocolVersion: 5 })).rejects.toMatchObject({ code: 1 });
  });

  it('of the same client takes the connection over', async () => {
    const first = await live.connect('pc-5');
    const ended = first.closed();
    const second = await live.connect('pc-5');
    await ended;
    expect(second.client.connected).toBe(true);
    await second.end();
  });
});

describe('a new client', () => {
  it('finds its policy when it subscribes, before it has said anything', async () => {
    const agent = await live.connect('pc-10');
    await agent.subscribe(agent.topics.policy);
    expect(await agent.waitFor((one) => one.topic === agent.topics.policy)).toMatchObject({
      retain: true,
      body: { schema: 'policy/1', revoked: false },
    });
    await agent.end();
  });

  it('gets back its own presence', async () => {
    const agent = await live.connect('pc-11');
    expect(await agent.subscribe(agent.topics.presence)).toEqual([1]);
    await agent.presence(online());
    expect(await agent.waitFor((one) => one.topic === agent.topics.presence)).toMatchObject({ body: { state: 'online' } });
    await agent.end();
  });
});

describe('a client that asks for what is not its own', () => {
  it.each(['jabra/v1/acme/pc-21/#', 'jabra/v1/acme/+/presence', 'jabra/v1/#', '#', '$SYS/#'])('may not subscribe %s', async (filter) => {
    const agent = await live.connect('pc-20');
    expect(await agent.subscribe(agent.topics.policy, filter)).toEqual([1, 128]);
    await agent.end();
  });

  it.each(['jabra/v1/acme/pc-21/presence', 'jabra/v1/acme/pc-20/policy', 'jabra/v1/acme/pc-20/else', 'jabra/v1/other/pc-20/presence', 'x'])(
    'is thrown out when it publishes on %s',
    async (topic) => {
      const agent = await live.connect('pc-20');
      const closed = agent.closed();
      agent.client.publish(topic, '{}', { qos: 1 });
      await closed;
      expect(agent.client.connected).toBe(false);
    },
  );

  it('does not get it through a session either, into which the broker takes filters that it refused', async () => {
    const session = { clean: false };
    const spy = await live.connect('pc-22', session);
    const victim = await live.connect('pc-23');
    expect(await spy.subscribe(spy.topics.policy, victim.topics.presence)).toEqual([1, 128]);
    await spy.end();
    await victim.presence(online());
    const back = await live.connect('pc-22', session);
    await back.presence(online());
    await back.subscribe(back.topics.presence);
    await back.waitFor((one) => one.topic === back.topics.presence);
    expect(back.received.filter((one) => one.topic === victim.topics.presence)).toEqual([]);
    await back.end();
    await victim.end();
  });
});

describe('an operator', () => {
  it('reads its organisation and nothing else, even with a broader filter', async () => {
    const [ours, theirs] = [await live.connect('pc-30'), await live.connect('pc-31', { username: 'other/pc-31', password: foreign.enrollmentToken })];
    const operator = await live.operator();
    expect(await operator.subscribe('jabra/v1/#')).toEqual([1]);
    await theirs.publish('jabra/v1/other/pc-31/presence', encode('presence', online(), 0), true);
    await ours.presence(online());
    await operator.waitFor((one) => one.topic === ours.topics.presence);
    expect(operator.received.every((one) => one.topic.startsWith('jabra/v1/acme/'))).toBe(true);
    for (const agent of [ours, theirs, operator]) await agent.end();
  });

  it('may publish what is the platform’s, and is thrown out for what is an agent’s', async () => {
    const [agent, operator] = [await live.connect('pc-32'), await live.operator()];
    await agent.subscribe(agent.topics.commands);
    await operator.publish(agent.topics.commands, encode('commands', payloadExamples.commands, 0));
    await agent.waitFor((one) => one.topic === agent.topics.commands);
    const closed = operator.closed();
    operator.client.publish(agent.topics.presence, encode('presence', online(), 0), { qos: 1 });
    await closed;
    expect((await live.api('GET', '/api/v1/clients/pc-32')).body).toMatchObject({ presence: null });
    await agent.end();
  });
});

describe('what a client says', () => {
  it('is kept when its acknowledgement comes', async () => {
    const agent = await live.connect('pc-40');
    await agent.presence(online());
    await agent.device(device({ revision: 5 }));
    expect((await live.api('GET', `/api/v1/devices/${exampleDeviceId}`)).body).toMatchObject({ clientId: 'pc-40', document: { revision: 5 } });
    await agent.end();
  });

  it('is retained only where the contract retains it', async () => {
    const agent = await live.connect('pc-41');
    await agent.publish(agent.topics.events, encode('events', payloadExamples.events, 0), true);
    await agent.presence(online());
    const operator = await live.operator();
    await operator.subscribe(`${agent.topics.prefix}#`);
    await operator.waitFor((one) => one.topic === agent.topics.presence);
    expect(operator.received.map((one) => one.topic)).not.toContain(agent.topics.events);
    await operator.end();
    await agent.end();
  });

  it('includes its will when the connection breaks', async () => {
    const will = {
      topic: 'jabra/v1/acme/pc-42/presence',
      payload: Buffer.from(encode('presence', offline('connection-lost'), 0)),
      qos: 1 as const,
      retain: true,
    };
    const agent = await live.connect('pc-42', { will });
    await agent.presence(online());
    const operator = await live.operator();
    await operator.subscribe(agent.topics.presence);
    await agent.end(false);
    await operator.waitFor((one) => JSON.stringify(one.body).includes('connection-lost'));
    expect((await live.api('GET', '/api/v1/clients/pc-42')).body).toMatchObject({ presence: { state: 'online', connectionLost: true } });
    await operator.end();
  });
});

describe('a revoked client', () => {
  it('can log in until it says that it knows, and never after', async () => {
    const agent = await live.connect('pc-50');
    await agent.presence(online());
    await agent.end();
    await live.api('POST', '/api/v1/clients/pc-50/revoke');
    const back = await live.connect('pc-50');
    await back.subscribe(back.topics.policy);
    await back.waitFor((one) => JSON.stringify(one.body).includes('"revoked":true'));
    await back.presence(offline('revoked'));
    await back.end();
    await expect(live.connect('pc-50')).rejects.toMatchObject({ code: notAuthorized });
  });
});
