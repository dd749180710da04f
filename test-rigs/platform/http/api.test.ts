import { encode, payloadExamples } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { device, exampleDeviceId, online } from '../testing/bodies.ts';
import type { FakeAgent } from '../testing/live.ts';
import { LivePlatform } from '../testing/live.ts';

const v1 = '/api/v1';
let live: LivePlatform;
let agent: FakeAgent;
beforeAll(async () => {
  live = await LivePlatform.start();
  agent = await live.connect('pc-1');
  await agent.presence(online());
  await agent.device(device());
});
afterAll(() => live.stop());

function refusal(code: string): unknown {
  return { code, message: expect.stringMatching(/\S/) };
}

const routes = [
  ['GET', '/status'],
  ['GET', '/organization'],
  ['GET', '/organizations'],
  ['POST', '/organizations'],
  ['GET', '/clients'],
  ['GET', '/clients/pc-1'],
  ['POST', '/clients/pc-1/revoke'],
  ['DELETE', '/clients/pc-1'],
  ['GET', '/devices'],
  ['GET', `/devices/${exampleDeviceId}`],
  ['GET', `/devices/${exampleDeviceId}/history`],
  ['DELETE', `/devices/${exampleDeviceId}`],
  ['GET', `/devices/${exampleDeviceId}/desired`],
  ['PUT', `/devices/${exampleDeviceId}/desired`],
  ['PATCH', `/devices/${exampleDeviceId}/desired`],
  ['DELETE', `/devices/${exampleDeviceId}/desired`],
  ['GET', '/policy'],
  ['PUT', '/policy'],
  ['PATCH', '/policy'],
  ['GET', '/events'],
  ['GET', '/commands'],
  ['POST', '/commands'],
  ['GET', '/commands/x'],
] as const;

describe('the API', () => {
  it.each(routes)('answers %s %s to the bearer of a token only', async (method, path) => {
    for (const token of [null, 'wrong', live.platform.enrollmentToken, `${live.platform.adminToken}x`]) {
      const { status, body, headers } = await live.api(method, `${v1}${path}`, undefined, token);
      expect(status).toBe(401);
      expect(body).toEqual(refusal('unauthorized'));
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('lets no page of another site read it, and is not kept by caches', async () => {
    const { headers } = await live.api('GET', `${v1}/policy`);
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('says that it is alive to everyone', async () => {
    expect(await live.api('GET', '/healthz', undefined, null)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it.each([
    ['GET', '/nowhere', undefined, 404, 'not-found'],
    ['GET', '/devices/none', undefined, 404, 'not-found'],
    ['GET', '/devices/a.b', undefined, 400, 'invalid'],
    ['GET', `/devices/${'x'.repeat(65)}`, undefined, 400, 'invalid'],
    ['GET', '/devices/a%00b', undefined, 400, 'invalid'],
    ['GET', '/devices/none/desired', undefined, 404, 'not-found'],
    ['DELETE', '/devices/none/desired', undefined, 404, 'not-found'],
    ['PUT', '/devices/x/desired', '{', 400, 'invalid'],
    ['PUT', '/devices/x/desired', { setting: {} }, 400, 'invalid'],
    ['PUT', '/devices/x/desired', { settings: { a: { value: null } } }, 400, 'invalid'],
    ['PUT', '/devices/x/desired', { firmware: { management: 'managed' } }, 400, 'invalid'],
    ['PUT', '/devices/x/desired', { settings: { a: { value: 'x'.repeat(999_990) } } }, 413, 'too-large'],
    ['PUT', '/devices/x/desired', { settings: { a: { value: 'x'.repeat(2_000_000) } } }, 413, 'too-large'],
    ['PATCH', '/devices/x/desired', { settings: { a: { locked: true } } }, 409, 'conflict'],
    ['PUT', '/policy', {}, 400, 'invalid'],
    ['PATCH', '/policy', { revoked: true }, 400, 'invalid'],
    ['PATCH', '/policy', { logLevel: 'loud' }, 400, 'invalid'],
    ['GET', '/events?after=-1', undefined, 400, 'invalid'],
    ['GET', '/events?limit=0', undefined, 400, 'invalid'],
    ['GET', '/events?type=nope', undefined, 400, 'invalid'],
    ['GET', '/events?order=desc', undefined, 400, 'invalid'],
    ['POST', '/commands', { type: 'refresh' }, 400, 'invalid'],
    ['POST', '/commands', { type: 'refresh', clientId: 'none' }, 404, 'not-found'],
    ['POST', '/commands', { type: 'Refresh!', clientId: 'pc-1' }, 400, 'invalid'],
    ['POST', '/commands', { type: 'refresh', clientId: 'pc-1', expiresInSeconds: 0 }, 400, 'invalid'],
    ['GET', '/commands/none', undefined, 404, 'not-found'],
    ['POST', '/clients/none/revoke', undefined, 404, 'not-found'],
    ['DELETE', '/clients/pc-1', undefined, 409, 'conflict'],
    ['POST', '/organizations', { id: 'operator' }, 400, 'invalid'],
    ['POST', '/organizations', { id: 'a b' }, 400, 'invalid'],
    ['POST', '/organizations', { id: 'acme' }, 409, 'conflict'],
  ] as const)('refuses %s %s %j with %i', async (method, path, body, status, code) => {
    const answer = await live.api(method, `${v1}${path}`, body);
    expect(answer.body).toEqual(refusal(code));
    expect(answer.status).toBe(status);
  });
});

describe('an organisation', () => {
  it('is made with the first token only, and sees nothing of the others', async () => {
    const made = await live.api('POST', `${v1}/organizations`, { id: 'north', name: 'North Ltd' });
    expect(made).toMatchObject({ status: 201, body: { organizationId: 'north', operator: { userName: 'operator/north' } } });
    const { adminToken } = made.body as { adminToken: string };
    expect((await live.api('GET', `${v1}/organizations`)).body).toMatchObject({
      organizations: [{ id: 'acme' }, { id: 'north', name: 'North Ltd' }],
    });
    for (const [method, path, body] of [
      ['GET', '/organizations', undefined],
      ['POST', '/organizations', { id: 'south' }],
    ] as const) {
      expect(await live.api(method, `${v1}${path}`, body, adminToken)).toMatchObject({ status: 403, body: refusal('forbidden') });
    }
    expect((await live.api('GET', `${v1}/organization`, undefined, adminToken)).body).toMatchObject({ id: 'north' });
    expect((await live.api('GET', `${v1}/clients`, undefined, adminToken)).body).toEqual({ clients: [] });
    expect((await live.api('GET', `${v1}/devices`, undefined, adminToken)).body).toEqual({ devices: [] });
    expect(await live.api('GET', `${v1}/clients/pc-1`, undefined, adminToken)).toMatchObject({ status: 404 });
    expect(await live.api('GET', `${v1}/devices/${exampleDeviceId}`, undefined, adminToken)).toMatchObject({ status: 404 });
    expect(await live.api('POST', `${v1}/clients/pc-1/revoke`, undefined, adminToken)).toMatchObject({ status: 404 });
  });
});

describe('what is desired', () => {
  const path = `${v1}/devices/${exampleDeviceId}/desired`;

  it('is put, changed, read and taken away, and reaches the agent each time', async () => {
    await agent.subscribe(`${agent.topics.prefix}desired/+`);
    const put = await live.api('PUT', path, { settings: { sidetoneLevel: { value: 3, locked: true } } });
    expect(put).toMatchObject({ status: 200, body: { deviceId: exampleDeviceId, state: 'active', publishedTo: [{ clientId: 'pc-1' }] } });
    const changed = await live.api('PATCH', path, { settings: { sidetoneLevel: { value: -3 } } });
    expect(changed.body).toMatchObject({ settings: { sidetoneLevel: { value: -3, locked: true } } });
    expect((await live.api('GET', path)).body).toEqual(changed.body);
    expect((await live.api('GET', `${v1}/devices/${exampleDeviceId}`)).body).toMatchObject({ desired: changed.body });
    const { revision } = changed.body as { revision: number };
    await agent.waitFor((one) => one.topic === agent.topics.desired(exampleDeviceId) && (one.body as { revision: number }).revision === revision);
    const forgetting = await live.api('DELETE', path);
    expect(forgetting.body).toMatchObject({ desired: { state: 'forgetting', settings: {} } });
    await agent.device(device({ revision: 2, appliedRevision: (forgetting.body as { desired: { revision: number } }).desired.revision }));
    await agent.waitFor((one) => one.topic === agent.topics.desired(exampleDeviceId) && one.body === null);
    expect(await live.api('GET', path)).toMatchObject({ status: 404 });
  });
});

describe('waiting for events', () => {
  it('ends when one comes', async () => {
    const { next } = (await live.api('GET', `${v1}/events`)).body as { next: number };
    const waiting = live.api('GET', `${v1}/events?after=${next}&waitSeconds=50`);
    const id = '00000000-0000-4000-8000-000000000001';
    await agent.publish(agent.topics.events, encode('events', { ...payloadExamples.events, id }, 0));
    const answer = await waiting;
    expect(answer.body).toMatchObject({ events: [{ clientId: 'pc-1', event: { id } }] });
    expect((answer.body as { next: number }).next).toBeGreaterThan(next);
  });

  it('ends with nothing when the time is over, and passes over events that were not asked for', async () => {
    const { next } = (await live.api('GET', `${v1}/events`)).body as { next: number };
    await agent.publish(agent.topics.events, encode('events', { ...payloadExamples.events, id: '00000000-0000-4000-8000-000000000002' }, 0));
    expect((await live.api('GET', `${v1}/events?after=${next}&type=battery.low&waitSeconds=0.2`)).body).toEqual({ events: [], next });
    expect((await live.api('GET', `${v1}/events?after=${next}&type=settings.applied`)).body).toMatchObject({ events: [{}] });
  });
});

describe('a command', () => {
  it('goes to the client that has the device, and waiting for it ends with its result', async () => {
    await agent.subscribe(agent.topics.commands);
    const sent = await live.api('POST', `${v1}/commands`, { deviceId: exampleDeviceId, type: 'identify-device' });
    expect(sent).toMatchObject({ status: 201, body: { clientId: 'pc-1', status: 'sent' } });
    const { id } = sent.body as { id: string };
    await agent.waitFor((one) => one.topic === agent.topics.commands && (one.body as { id: string }).id === id);
    const waiting = live.api('GET', `${v1}/commands/${id}?waitSeconds=50`);
    for (const status of ['accepted', 'succeeded'] as const)
      await agent.publish(agent.topics.result(id), encode('results', { commandId: id, status }, 0));
    expect((await waiting).body).toMatchObject({ id, status: 'succeeded', result: { status: 'succeeded' } });
    expect((await live.api('GET', `${v1}/commands?clientId=pc-1`)).body).toMatchObject({ commands: [{ id }] });
  });
});

describe('the state of the platform', () => {
  it('counts what was taken in and what was refused', async () => {
    const refused = async () =>
      ((await live.api('GET', `${v1}/status`)).body as { messages: { refused: { client?: number } } }).messages.refused.client ?? 0;
    const before = await refused();
    await agent.publish(agent.topics.client, '{}');
    expect(await refused()).toBe(before + 1);
  });
});
