import type { Policy } from '@jpd/agent/contract';
import { payloadExamples, topicOf } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ClientRef } from '../client-ref.ts';
import { listCommands, sendCommand } from '../commands/commands.ts';
import { putDesired } from '../desired/desired.ts';
import { emptyDesiredBody } from '../desired/desired-body.ts';
import { deleteDevice, deviceHistoryOf, listDevices } from '../devices/devices.ts';
import { eventsAfter } from '../events/events.ts';
import { updatePolicy } from '../policy/policies.ts';
import { changePolicy } from '../policy/policy-rules.ts';
import { Bench } from '../testing/bench.ts';
import { clientDocument, device, exampleDeviceId, offline, online } from '../testing/bodies.ts';
import { deleteClient, getClient, listClients, revokeClient } from './clients.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

async function onlineClient(): Promise<ClientRef> {
  const organizationId = await bench.organization();
  const client = { organizationId, clientId: `pc-${organizationId}` };
  await bench.publish(client, 'presence', online());
  await bench.publish(client, 'client', clientDocument(client.clientId));
  await bench.publish(client, 'devices', device(), exampleDeviceId);
  bench.takeSent();
  return client;
}

function revoke(client: ClientRef) {
  return bench.write((work) => revokeClient(work, client));
}

function remove(client: ClientRef) {
  return bench.write((work) => deleteClient(work, client));
}

function emptiedTopics(): string[] {
  return bench
    .takeSent()
    .filter((one) => one.payload === null && one.retain)
    .map((one) => one.topic)
    .toSorted();
}

describe('the policy', () => {
  it('goes to every client, with a revision that rises', async () => {
    const client = await onlineClient();
    const change = () =>
      bench.write((work) => updatePolicy(work, client.organizationId, (policy) => changePolicy(policy, { metadata: { userName: false } })));
    const [first, second] = [await change(), await change()];
    expect(second.revision).toBeGreaterThan(first.revision);
    expect(bench.takeSent()).toMatchObject([
      { kind: 'policy', retain: true, payload: { revision: first.revision, metadata: { userName: false, computer: true, location: true } } },
      { kind: 'policy', retain: true, payload: { revision: second.revision, revoked: false } },
    ]);
  });
});

describe('a client that is revoked', () => {
  it('is told by a policy of its own that is above the one of the others', async () => {
    const client = await onlineClient();
    const { revision } = await bench.write((work) => updatePolicy(work, client.organizationId, (policy) => policy));
    bench.takeSent();
    expect(await revoke(client)).toMatchObject({ revocation: 'pending' });
    const [sent] = bench.takeSent();
    expect(sent).toMatchObject({ kind: 'policy', clientId: client.clientId, retain: true, payload: { revoked: true } });
    expect((sent?.payload as Policy | undefined)?.revision).toBeGreaterThan(revision);
  });

  it('is told once', async () => {
    const client = await onlineClient();
    await revoke(client);
    bench.takeSent();
    await revoke(client);
    await bench.write((work) => updatePolicy(work, client.organizationId, (policy) => policy));
    expect(bench.takeSent()).toEqual([]);
  });

  it('is shut out when it says that it knows, and not before', async () => {
    const client = await onlineClient();
    await revoke(client);
    await bench.publish(client, 'presence', offline('connection-lost'));
    await bench.publish(client, 'presence', online());
    expect(bench.notes).not.toContainEqual({ kind: 'client-shut-out', client });
    await bench.publish(client, 'presence', offline('revoked'));
    expect(bench.notes).toContainEqual({ kind: 'client-shut-out', client });
    expect(await getClient(bench.queries, client)).toMatchObject({ revocation: 'done', presence: { state: 'offline', reason: 'revoked' } });
  });

  it('is not listened to any more, and gets no acknowledgement', async () => {
    const client = await onlineClient();
    await revoke(client);
    bench.takeSent();
    const before = bench.counts.outcomes.revoked;
    await bench.publish(client, 'events', payloadExamples.events);
    await bench.publish(client, 'devices', device({ revision: 99 }), exampleDeviceId);
    expect(bench.counts.outcomes.revoked).toBe(before + 2);
    expect(bench.takeSent()).toEqual([]);
    expect(await eventsAfter(bench.queries, client.organizationId, {}, 0, 10)).toEqual([]);
    await expect(
      bench.write((work) => sendCommand(work, { client, type: 'refresh', deviceId: null, params: {}, expiresInSeconds: 1 })),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('deleting a client', () => {
  it('empties every topic that is retained for it, and forgets what it said', async () => {
    const client = await onlineClient();
    await bench.write((work) => putDesired(work, client.organizationId, exampleDeviceId, emptyDesiredBody));
    await bench.publish(client, 'presence', offline('shutdown'));
    bench.takeSent();
    await remove(client);
    const { organizationId, clientId } = client;
    expect(emptiedTopics()).toEqual(
      [
        topicOf(organizationId, clientId, 'presence'),
        topicOf(organizationId, clientId, 'client'),
        topicOf(organizationId, clientId, 'policy'),
        topicOf(organizationId, clientId, 'devices', exampleDeviceId),
        topicOf(organizationId, clientId, 'desired', exampleDeviceId),
      ].toSorted(),
    );
    expect(await listClients(bench.queries, organizationId)).toEqual([]);
    expect(await listDevices(bench.queries, organizationId)).toEqual([]);
    expect(await deviceHistoryOf(bench.queries, organizationId, exampleDeviceId, 10)).toEqual([]);
  });

  it('is refused while it is online, and while it does not know that it is revoked', async () => {
    const client = await onlineClient();
    await expect(remove(client)).rejects.toMatchObject({ code: 'conflict' });
    await bench.publish(client, 'presence', offline('sleep'));
    await revoke(client);
    await expect(remove(client)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('leaves of a revoked one the id, so that it cannot enrol again', async () => {
    const client = await onlineClient();
    await revoke(client);
    await bench.publish(client, 'presence', offline('revoked'));
    await remove(client);
    await expect(getClient(bench.queries, client)).rejects.toMatchObject({ code: 'not-found' });
    bench.takeSent();
    await bench.publish(client, 'client', clientDocument(client.clientId));
    expect(bench.takeSent()).toEqual([]);
    expect(await listClients(bench.queries, client.organizationId)).toEqual([]);
  });

  it('lets one that was not revoked enrol anew', async () => {
    const client = await onlineClient();
    await bench.publish(client, 'presence', offline('shutdown'));
    await remove(client);
    bench.takeSent();
    await bench.publish(client, 'presence', online());
    expect(bench.takeSent()).toMatchObject([{ kind: 'policy', payload: { revoked: false } }]);
  });
});

describe('deleting a device', () => {
  it('empties its topics and tells its clients to forget it', async () => {
    const client = await onlineClient();
    const { organizationId, clientId } = client;
    await bench.write((work) => putDesired(work, organizationId, exampleDeviceId, emptyDesiredBody));
    bench.takeSent();
    await bench.write((work) => deleteDevice(work, organizationId, exampleDeviceId));
    const sent = bench.takeSent();
    expect(sent.filter((one) => one.payload === null).map((one) => one.topic)).toEqual([
      topicOf(organizationId, clientId, 'devices', exampleDeviceId),
      topicOf(organizationId, clientId, 'desired', exampleDeviceId),
    ]);
    expect(sent.filter((one) => one.kind === 'commands')).toMatchObject([
      { retain: false, payload: { type: 'forget-device', deviceId: exampleDeviceId } },
    ]);
    expect(await listDevices(bench.queries, organizationId)).toEqual([]);
    await expect(bench.write((work) => deleteDevice(work, organizationId, exampleDeviceId))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a command', () => {
  const refresh = (client: ClientRef, expiresInSeconds = 300) =>
    bench.write((work) => sendCommand(work, { client, type: 'refresh', deviceId: exampleDeviceId, params: { deep: true }, expiresInSeconds }));

  it('is sent with the time until which it may be run', async () => {
    const client = await onlineClient();
    const command = await refresh(client);
    const expiresAt = new Date(bench.clock.now() + 300_000).toISOString();
    expect(bench.takeSent()).toMatchObject([
      {
        kind: 'commands',
        clientId: client.clientId,
        retain: false,
        payload: { id: command.id, type: 'refresh', deviceId: exampleDeviceId, params: { deep: true }, expiresAt },
      },
    ]);
    expect(command).toMatchObject({ status: 'sent', result: null, expiresAt });
  });

  it('shows how it went; an end is not undone by a progress that comes late', async () => {
    const client = await onlineClient();
    const { id } = await refresh(client);
    const status = async () => (await listCommands(bench.queries, client.organizationId, client.clientId, 10)).map((one) => one.status);
    for (const [reported, shown] of [
      ['accepted', 'accepted'],
      ['running', 'running'],
      ['succeeded', 'succeeded'],
      ['running', 'succeeded'],
    ] as const) {
      await bench.publish(client, 'results', { commandId: id, status: reported }, id);
      expect(await status()).toEqual([shown]);
    }
  });

  it('cannot be answered by another client', async () => {
    const client = await onlineClient();
    const { id } = await refresh(client);
    const other = { ...client, clientId: `x-${client.organizationId}` };
    await bench.publish(other, 'results', { commandId: id, status: 'succeeded' }, id);
    expect(await listCommands(bench.queries, client.organizationId, null, 10)).toMatchObject([{ status: 'sent' }]);
  });

  it('is sent again when its client comes back, until it is answered or has expired', async () => {
    const client = await onlineClient();
    const [answered, open] = [await refresh(client), await refresh(client)];
    await refresh(client, 10);
    await bench.publish(client, 'results', { commandId: answered.id, status: 'rejected' }, answered.id);
    bench.takeSent();
    await bench.advance(60_000);
    await bench.publish(client, 'presence', online());
    expect(bench.takeSent()).toMatchObject([{ kind: 'commands', payload: { id: open.id } }]);
  });
});
