import { encode, payloadExamples } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ClientRef } from '../client-ref.ts';
import { getClient, listClients } from '../clients/clients.ts';
import { deviceHistoryOf, getDevice, listDevices } from '../devices/devices.ts';
import { eventsAfter } from '../events/events.ts';
import { Bench } from '../testing/bench.ts';
import { clientDocument, device, exampleDeviceId, offline, online, session1, session2 } from '../testing/bodies.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

async function newClient(clientId = 'pc'): Promise<ClientRef> {
  const organizationId = await bench.organization();
  bench.takeSent();
  return { organizationId, clientId: `${clientId}-${organizationId}` };
}

async function presence(client: ClientRef): Promise<unknown> {
  const { presence: seen } = await getClient(bench.queries, client);
  return seen === null ? null : `${seen.state} ${seen.reason}${seen.connectionLost ? ' lost?' : ''}`;
}

function event(id: string) {
  return { ...payloadExamples.events, id };
}

const eventIds = Array.from({ length: 600 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
const [firstId = '', secondId = ''] = eventIds;

describe('a client that is heard for the first time', () => {
  it('is enrolled and gets the policy of its organisation', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    expect(bench.takeSent()).toEqual([
      expect.objectContaining({
        kind: 'policy',
        clientId: client.clientId,
        retain: true,
        payload: expect.objectContaining({ revoked: false, applySettings: 'next-login' }),
      }),
    ]);
    await bench.publish(client, 'client', clientDocument(client.clientId));
    expect(bench.takeSent()).toEqual([]);
    expect(await listClients(bench.queries, client.organizationId)).toMatchObject([
      { clientId: client.clientId, revocation: 'none', presence: { state: 'online' }, document: { clientVersion: '1.0.0' } },
    ]);
  });

  it('is not enrolled in an organisation that does not exist, nor under an id of another organisation', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    const before = bench.counts.outcomes['unknown-client'];
    await bench.publish({ ...client, organizationId: 'nowhere' }, 'presence', online());
    await bench.publish({ ...client, organizationId: await bench.organization() }, 'presence', online());
    expect(bench.counts.outcomes['unknown-client']).toBe(before + 2);
  });

  it('is not enrolled by a retained document that is taken away', async () => {
    const client = await newClient();
    await bench.publishRaw(`jabra/v1/${client.organizationId}/${client.clientId}/devices/d`, '');
    expect(await listClients(bench.queries, client.organizationId)).toEqual([]);
  });
});

describe('a lost connection', () => {
  it('is believed after 30 s, not before', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    await bench.publish(client, 'presence', offline('connection-lost'));
    await bench.advance(29_999);
    expect(await presence(client)).toBe('online connected lost?');
    await bench.advance(1);
    expect(await presence(client)).toBe('offline connection-lost');
  });

  it('is forgotten when the client is back in time', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    await bench.publish(client, 'presence', offline('connection-lost'));
    await bench.advance(29_000);
    await bench.publish(client, 'presence', online());
    await bench.advance(60_000);
    expect(await presence(client)).toBe('online connected');
  });

  it('counts from the last loss, where the client came back in between', async () => {
    const client = await newClient();
    for (const body of [online(), offline('connection-lost')]) await bench.publish(client, 'presence', body);
    await bench.advance(20_000);
    for (const body of [online(), offline('connection-lost')]) await bench.publish(client, 'presence', body);
    await bench.advance(20_000);
    expect(await presence(client)).toBe('online connected lost?');
    await bench.advance(10_000);
    expect(await presence(client)).toBe('offline connection-lost');
  });

  it('is believed at once where the broker delayed the will', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    const topic = `jabra/v1/${client.organizationId}/${client.clientId}/presence`;
    await bench.publishRaw(topic, encode('presence', offline('connection-lost'), 0), true);
    expect(await presence(client)).toBe('offline connection-lost');
  });

  it('of another session does not count, and does not undo what the client said itself', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online(session2));
    await bench.publish(client, 'presence', offline('connection-lost', session1));
    await bench.advance(60_000);
    expect(await presence(client)).toBe('online connected');
    await bench.publish(client, 'presence', offline('shutdown', session2));
    await bench.publish(client, 'presence', offline('connection-lost', session2));
    await bench.advance(60_000);
    expect(await presence(client)).toBe('offline shutdown');
  });
});

describe('a device document', () => {
  it('replaces an older one and is remembered', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    for (const revision of [1, 2, 3]) await bench.publish(client, 'devices', device({ revision }), exampleDeviceId);
    expect(await getDevice(bench.queries, client.organizationId, exampleDeviceId)).toMatchObject({
      clientId: client.clientId,
      document: { revision: 3 },
      desired: null,
    });
    const history = await deviceHistoryOf(bench.queries, client.organizationId, exampleDeviceId, 10);
    expect(history.map((one) => one.document.revision)).toEqual([3, 2, 1]);
  });

  it('pushes out the oldest of 50 that are remembered', async () => {
    const client = await newClient();
    const revisions = Array.from({ length: 53 }, (_, index) => index + 1);
    await Promise.all(revisions.map((revision) => bench.publish(client, 'devices', device({ revision }), exampleDeviceId)));
    const history = await deviceHistoryOf(bench.queries, client.organizationId, exampleDeviceId, 500);
    expect(history.map((one) => one.document.revision)).toEqual(revisions.slice(3).toReversed());
  });

  it('with a lower revision counts only in a new session of the agent', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online(session1));
    await bench.publish(client, 'devices', device({ revision: 7 }), exampleDeviceId);
    const held = async (): Promise<number> => (await getDevice(bench.queries, client.organizationId, exampleDeviceId)).document.revision;
    await bench.publish(client, 'devices', device({ revision: 6 }), exampleDeviceId);
    expect(await held()).toBe(7);
    await bench.publish(client, 'presence', online(session2));
    await bench.publish(client, 'devices', device({ revision: 5 }), exampleDeviceId);
    expect(await held()).toBe(5);
    await bench.publish(client, 'devices', device({ revision: 4 }), exampleDeviceId);
    expect(await held()).toBe(5);
  });

  it('that comes again after a connect is no news', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    for (let time = 0; time < 3; time += 1) await bench.publish(client, 'devices', device({ revision: 1 }), exampleDeviceId);
    expect(await deviceHistoryOf(bench.queries, client.organizationId, exampleDeviceId, 10)).toHaveLength(1);
  });

  it('is gone when the agent takes it away', async () => {
    const client = await newClient();
    await bench.publish(client, 'devices', device(), exampleDeviceId);
    await bench.publishRaw(`jabra/v1/${client.organizationId}/${client.clientId}/devices/${exampleDeviceId}`, '');
    expect(await listDevices(bench.queries, client.organizationId)).toEqual([]);
  });

  it('of a device that two clients have shows the connected client that heard of it last', async () => {
    const first = await newClient('a');
    const second = { ...first, clientId: `b-${first.organizationId}` };
    const counted = async (): Promise<string> => (await getDevice(bench.queries, first.organizationId, exampleDeviceId)).clientId;
    for (const client of [first, second]) {
      await bench.publish(client, 'presence', online());
      await bench.publish(client, 'devices', device(), exampleDeviceId);
    }
    expect(await counted()).toBe(second.clientId);
    await bench.publish(first, 'devices', device({ revision: 2 }), exampleDeviceId);
    expect(await counted()).toBe(second.clientId);
    await bench.publish(second, 'devices', device({ revision: 2, status: 'disconnected' }), exampleDeviceId);
    expect(await counted()).toBe(first.clientId);
    await bench.publish(first, 'presence', offline('shutdown'));
    await bench.publish(second, 'devices', device({ revision: 3 }), exampleDeviceId);
    expect(await counted()).toBe(second.clientId);
  });
});

describe('an event', () => {
  it('is kept once, however often it comes, and acknowledged each time', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    bench.takeSent();
    for (let time = 0; time < 3; time += 1) await bench.publish(client, 'events', event(firstId));
    const acks = bench.takeSent();
    expect(acks.map((one) => one.kind)).toEqual(['acks', 'acks', 'acks']);
    expect(acks[2]).toMatchObject({ clientId: client.clientId, retain: false, payload: { ids: [firstId] } });
    expect(await eventsAfter(bench.queries, client.organizationId, {}, 0, 10)).toMatchObject([{ clientId: client.clientId, event: { id: firstId } }]);
  });

  it('of the same id from another client is another event', async () => {
    const client = await newClient('a');
    const other = { ...client, clientId: `b-${client.organizationId}` };
    await bench.publish(client, 'events', event(firstId));
    await bench.publish(other, 'events', event(firstId));
    expect(await eventsAfter(bench.queries, client.organizationId, {}, 0, 10)).toHaveLength(2);
  });

  it('is in the database when its acknowledgement leaves', async () => {
    const client = await newClient();
    const received = bench.publish(client, 'events', event(secondId));
    expect(bench.sent.filter((one) => one.kind === 'acks')).toEqual([]);
    await received;
    expect(bench.takeSent().filter((one) => one.kind === 'acks')).toHaveLength(1);
    expect(await eventsAfter(bench.queries, client.organizationId, {}, 0, 10)).toHaveLength(1);
  });

  it('is acknowledged with many others in a few messages of at most 500 ids, in order', async () => {
    const client = await newClient();
    await bench.publish(client, 'presence', online());
    bench.takeSent();
    await Promise.all(eventIds.map((id) => bench.publish(client, 'events', event(id))));
    const acks = bench.takeSent().map((one) => (one.payload as { ids: string[] }).ids);
    expect(acks.flat()).toEqual(eventIds);
    expect(acks.length).toBeLessThan(20);
    expect((await eventsAfter(bench.queries, client.organizationId, {}, 0, 1_000)).map((one) => one.event.id)).toEqual(eventIds);
  });

  it('with text that a database may dislike is kept as it came', async () => {
    const client = await newClient();
    const data = { nul: 'a\0b', lone: 'x\ud800y', quote: `'";--` };
    await bench.publish(client, 'events', { ...event(firstId), data: { cause: 'published', ...data } });
    const [kept] = await eventsAfter(bench.queries, client.organizationId, {}, 0, 1);
    expect(kept?.event.data).toMatchObject({ nul: data.nul, quote: data.quote });
  });
});

describe('a message that is not valid', () => {
  it('changes nothing, is not acknowledged, and is counted', async () => {
    const client = await newClient();
    await bench.publish(client, 'devices', device({ revision: 1 }), exampleDeviceId);
    bench.takeSent();
    const before = bench.counts.refused;
    const topic = `jabra/v1/${client.organizationId}/${client.clientId}`;
    await bench.publishRaw(`${topic}/events`, encode('events', event(firstId), 0).replace('event/1', 'event/2'));
    await bench.publishRaw(`${topic}/devices/${exampleDeviceId}`, '{"schema":"device/1"}');
    await bench.publishRaw(`${topic}/devices/${exampleDeviceId}`, 'garbage');
    expect(bench.takeSent()).toEqual([]);
    expect(bench.counts.refused).toMatchObject({ events: (before['events'] ?? 0) + 1, devices: (before['devices'] ?? 0) + 2 });
    expect(await eventsAfter(bench.queries, client.organizationId, {}, 0, 10)).toEqual([]);
    expect((await getDevice(bench.queries, client.organizationId, exampleDeviceId)).document.revision).toBe(1);
  });
});
