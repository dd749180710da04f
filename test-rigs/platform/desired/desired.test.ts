import type { Desired } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ClientRef } from '../client-ref.ts';
import { revokeClient } from '../clients/clients.ts';
import { Bench } from '../testing/bench.ts';
import type { DeviceFacts } from '../testing/bodies.ts';
import { device, exampleDeviceId, offline, online } from '../testing/bodies.ts';
import type { DesiredBody, DesiredChange } from './desired-body.ts';
import { desiredBodySchema } from './desired-body.ts';
import { changeDesired, forgetDesired, getDesired, putDesired } from './desired.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

/** Clients that are online and have the example device, in the order in which they got it. */
async function clientsWithDevice(...names: string[]): Promise<ClientRef[]> {
  const organizationId = await bench.organization();
  const clients = names.map((name) => ({ organizationId, clientId: `${name}-${organizationId}` }));
  for (const client of clients) {
    await bench.publish(client, 'presence', online());
    await report(client, {});
  }
  bench.takeSent();
  return clients;
}

function report(client: ClientRef, facts: DeviceFacts): Promise<void> {
  return bench.publish(client, 'devices', device({ revision: bench.clock.now(), ...facts }), exampleDeviceId);
}

/** What was published on `desired/{deviceId}` of each client since the last look. */
function published(): Record<string, Desired | null> {
  const sent = bench.takeSent().filter((one) => one.kind === 'desired');
  for (const one of sent) expect(one).toMatchObject({ id: exampleDeviceId, retain: true });
  expect(new Set(sent.map((one) => one.clientId)).size).toBe(sent.length);
  return Object.fromEntries(sent.map((one) => [one.clientId.slice(0, 1), one.payload as Desired | null]));
}

const sidetone: DesiredBody = desiredBodySchema.parse({ settings: { sidetoneLevel: { value: 3, locked: true } } });
const firmware: DesiredBody = { ...sidetone, firmware: { management: 'managed', version: '1.11.7' } };

function put(client: ClientRef, body: DesiredBody) {
  return bench.write((work) => putDesired(work, client.organizationId, exampleDeviceId, body));
}

function change(client: ClientRef, body: DesiredChange) {
  return bench.write((work) => changeDesired(work, client.organizationId, exampleDeviceId, body));
}

function forget(client: ClientRef) {
  return bench.write((work) => forgetDesired(work, client.organizationId, exampleDeviceId));
}

describe('what is desired of a device', () => {
  it('is retained for every client that has it, and for one that gets it later', async () => {
    const [a = { organizationId: '', clientId: '' }, b] = await clientsWithDevice('a', 'b');
    const view = await put(a, sidetone);
    expect(published()).toMatchObject({ a: { revision: view.revision, settings: sidetone.settings }, b: { revision: view.revision } });
    expect(view.publishedTo.map((one) => one.clientId)).toEqual([a.clientId, b?.clientId]);
    const late = { ...a, clientId: `c-${a.organizationId}` };
    await report(late, {});
    expect(published()).toMatchObject({ c: { revision: view.revision, settings: sidetone.settings } });
  });

  it('waits for a device that no client has yet', async () => {
    const organizationId = await bench.organization();
    const client = { organizationId, clientId: `a-${organizationId}` };
    const view = await put(client, sidetone);
    expect(view.publishedTo).toEqual([]);
    expect(published()).toEqual({});
    await report(client, {});
    expect(published()).toMatchObject({ a: { revision: view.revision } });
  });

  it('is not published again by documents that change nothing of it', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a');
    await put(a, firmware);
    published();
    await bench.advance(60_000);
    await report(a, {});
    await report(a, { status: 'disconnected' });
    await bench.publish(a, 'presence', offline('sleep'));
    await bench.publish(a, 'presence', online());
    await report(a, {});
    expect(published()).toEqual({});
  });

  it('has revisions of the clock in milliseconds that always rise, also where the clock stands still or goes back', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a');
    await bench.advance(5_000);
    const first = await put(a, sidetone);
    expect(first.revision).toBe(bench.clock.now());
    const second = await put(a, sidetone);
    expect(second.revision).toBe(first.revision + 1);
    bench.clock.jumpWallClock(-3_600_000);
    const third = await put(a, sidetone);
    expect(third.revision).toBe(first.revision + 2);
    bench.clock.jumpWallClock(3_600_000);
  });

  it('is merged setting by setting', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a');
    await put(a, sidetone);
    published();
    const view = await change(a, { settings: { ancMode: { value: 'off' } } });
    expect(view.settings).toEqual({ sidetoneLevel: { value: 3, locked: true }, ancMode: { value: 'off', locked: false } });
    expect(published()).toMatchObject({ a: { revision: view.revision, settings: view.settings } });
  });

  it('is refused where no message could hold it', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a');
    const body = desiredBodySchema.parse({ settings: { deviceName: { value: 'x'.repeat(250_000) } } });
    await expect(put(a, body)).rejects.toMatchObject({ code: 'too-large' });
    expect(published()).toEqual({});
    expect(await getDesired(bench.queries, a.organizationId, exampleDeviceId)).toBeNull();
  });
});

describe('firmware', () => {
  it('is named to the connected client heard last, and to the others not', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a', 'b');
    await put(a, firmware);
    expect(published()).toMatchObject({
      a: { firmware: { management: 'unmanaged' } },
      b: { firmware: { management: 'managed', version: '1.11.7' } },
    });
  });

  it('goes along when the device is unplugged at one PC and plugged in at another', async () => {
    const [a = { organizationId: '', clientId: '' }, b = a] = await clientsWithDevice('a', 'b');
    const { revision } = await put(a, firmware);
    published();
    await bench.advance(1_000);
    await report(b, { status: 'disconnected' });
    const moved = published();
    expect(moved).toMatchObject({ a: { firmware: { management: 'managed' } }, b: { firmware: { management: 'unmanaged' } } });
    expect(moved['a']?.revision).toBeGreaterThan(revision);
    expect(moved['b']?.revision).toBeGreaterThan(revision);
  });

  it('goes to another client that has the device when its own goes offline', async () => {
    const [a = { organizationId: '', clientId: '' }, b = a] = await clientsWithDevice('a', 'b');
    await put(a, firmware);
    published();
    await bench.publish(b, 'presence', offline('connection-lost'));
    await bench.advance(29_000);
    expect(published()).toEqual({});
    await bench.advance(1_000);
    expect(published()).toMatchObject({ a: { firmware: { management: 'managed' } }, b: { firmware: { management: 'unmanaged' } } });
  });

  it('stays where it is while two clients that have the device go on reporting', async () => {
    const [a = { organizationId: '', clientId: '' }, b = a] = await clientsWithDevice('a', 'b');
    const { revision } = await put(a, firmware);
    published();
    for (const client of [a, b, a, b]) {
      await bench.advance(1_000);
      await report(client, { desiredRevision: revision, appliedRevision: revision });
    }
    expect(published()).toEqual({});
  });
});

describe('forgetting', () => {
  it('publishes a higher revision with nothing in it, and empties the topic when that is applied', async () => {
    const [a = { organizationId: '', clientId: '' }] = await clientsWithDevice('a');
    const before = await put(a, firmware);
    published();
    const view = await forget(a);
    expect(view?.state).toBe('forgetting');
    const revision = view?.revision ?? 0;
    expect(revision).toBeGreaterThan(before.revision);
    expect(published()).toMatchObject({ a: { revision, settings: {}, firmware: { management: 'unmanaged' } } });
    await bench.advance(1_000);
    await report(a, { desiredRevision: revision, appliedRevision: before.revision });
    expect(published()).toEqual({});
    await bench.advance(1_000);
    await report(a, { desiredRevision: revision, appliedRevision: revision });
    expect(published()).toEqual({ a: null });
    expect(await getDesired(bench.queries, a.organizationId, exampleDeviceId)).toBeNull();
  });

  it('waits for each client, and what is desired anew is above all of it', async () => {
    const [a = { organizationId: '', clientId: '' }, b = a] = await clientsWithDevice('a', 'b');
    await put(a, sidetone);
    published();
    const revision = (await forget(a))?.revision ?? 0;
    expect(published()).toMatchObject({ a: { revision }, b: { revision } });
    await bench.advance(1_000);
    await report(a, { appliedRevision: revision });
    expect(published()).toEqual({ a: null });
    const anew = await put(b, sidetone);
    expect(anew.revision).toBeGreaterThan(revision);
    expect(published()).toMatchObject({ a: { revision: anew.revision }, b: { revision: anew.revision } });
  });

  it('is done at once where no client had a document, and is refused where nothing was desired', async () => {
    const organizationId = await bench.organization();
    const client = { organizationId, clientId: 'x' };
    await put(client, sidetone);
    expect(await forget(client)).toBeNull();
    await expect(forget(client)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a client that is no longer one', () => {
  it('has its topic emptied when it forgets the device or is revoked, and firmware goes to another', async () => {
    const [a = { organizationId: '', clientId: '' }, b = a, c = a] = await clientsWithDevice('a', 'b', 'c');
    await put(a, firmware);
    published();
    await bench.publishRaw(`jabra/v1/${a.organizationId}/${a.clientId}/devices/${exampleDeviceId}`, '');
    expect(published()).toEqual({ a: null });
    await bench.write((work) => revokeClient(work, c));
    expect(published()).toMatchObject({ c: null, b: { firmware: { management: 'managed' } } });
    expect((await getDesired(bench.queries, b.organizationId, exampleDeviceId))?.publishedTo).toMatchObject([
      { clientId: b.clientId, managed: true },
    ]);
  });
});
