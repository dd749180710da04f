import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { encode, payloadExamples } from '@jpd/agent/contract';
import { afterEach, describe, expect, it } from 'vitest';

import { StartError } from './errors.ts';
import { startPlatform } from './platform.ts';
import { clientDocument, device, exampleDeviceId, offline, online } from './testing/bodies.ts';
import { LivePlatform } from './testing/live.ts';

const running: LivePlatform[] = [];
afterEach(async () => {
  for (const live of running.splice(0)) await live.stop();
});

async function start(options: Parameters<typeof LivePlatform.start>[0] = {}): Promise<LivePlatform> {
  const live = await LivePlatform.start(options);
  running.push(live);
  return live;
}

describe('a restart', () => {
  it('keeps what was said, desired and decided, and retains it again', async () => {
    const live = await start();
    const agent = await live.connect('pc-1');
    await agent.presence(online());
    await agent.publish(agent.topics.client, encode('client', clientDocument('pc-1'), 0), true);
    await agent.device(device({ revision: 3 }));
    await agent.publish(agent.topics.events, encode('events', payloadExamples.events, 0));
    await live.api('PATCH', '/api/v1/policy', { logLevel: 'debug' });
    await live.api('PUT', `/api/v1/devices/${exampleDeviceId}/desired`, { settings: { ringtone: { value: 4 } } });
    const paths = ['/api/v1/policy', `/api/v1/devices/${exampleDeviceId}`, '/api/v1/events', '/api/v1/organization'];
    const before = await Promise.all(paths.map(async (path) => (await live.api('GET', path)).body));
    await agent.end();
    const { enrollmentToken, adminToken, operator } = live.platform;

    await live.restart();

    expect(live.platform).toMatchObject({ enrollmentToken, adminToken, operator, credentialsIssued: false });
    expect(await Promise.all(paths.map(async (path) => (await live.api('GET', path)).body))).toEqual(before);
    const reader = await live.operator();
    await reader.subscribe('jabra/v1/acme/pc-1/#');
    const { topics } = agent;
    for (const topic of [topics.presence, topics.client, topics.device(exampleDeviceId), topics.policy, topics.desired(exampleDeviceId)]) {
      expect(await reader.waitFor((one) => one.topic === topic)).toMatchObject({ retain: true });
    }
    // Nothing of the old broker could send the will of a client that was connected.
    expect(reader.received.find((one) => one.topic === topics.presence)?.body).toMatchObject({ state: 'offline', reason: 'connection-lost' });
    expect(reader.received.find((one) => one.topic === topics.policy)?.body).toMatchObject({ logLevel: 'debug' });
    expect((await live.api('GET', '/api/v1/clients/pc-1')).body).toMatchObject({ presence: { state: 'online', connectionLost: true } });
  });

  it('keeps a revocation, also one that its client has not taken in', async () => {
    const live = await start();
    for (const id of ['pc-1', 'pc-2']) {
      const agent = await live.connect(id);
      await agent.presence(online());
      await live.api('POST', `/api/v1/clients/${id}/revoke`);
      if (id === 'pc-1') await agent.presence(offline('revoked'));
      await agent.end();
    }
    await live.restart();
    await expect(live.connect('pc-1')).rejects.toMatchObject({ code: 5 });
    const agent = await live.connect('pc-2');
    await agent.subscribe(agent.topics.policy);
    expect(await agent.waitFor((one) => one.topic === agent.topics.policy)).toMatchObject({ body: { revoked: true } });
  });
});

describe('the first start', () => {
  it('makes an organisation and its secrets, in a file for its owner only', async () => {
    const live = await start();
    expect(live.platform).toMatchObject({ organizationId: 'acme', credentialsIssued: true, operator: { userName: 'operator/acme' } });
    const file = join(live.folder, 'credentials.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      enrollmentToken: live.platform.enrollmentToken,
      adminToken: live.platform.adminToken,
    });
  });

  it('takes the organisation, token and password that it is given, and writes no secret into the database', async () => {
    const live = await start({ organizationId: 'north', enrollmentToken: 'a-token-to-look-for', operatorPassword: 'a-password-to-look-for' });
    expect(live.platform).toMatchObject({ organizationId: 'north', operator: { userName: 'operator/north', password: 'a-password-to-look-for' } });
    await live.connect('pc-1', { password: 'a-token-to-look-for' });
    await live.operator();
    const { adminToken } = live.platform;
    await live.platform.stop();
    const files = await readdir(join(live.folder, 'database'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile())) {
      const content = await readFile(join(file.parentPath, file.name), 'latin1');
      for (const secret of ['a-token-to-look-for', 'a-password-to-look-for', adminToken]) expect(content.includes(secret)).toBe(false);
    }
  });
});

describe('a later start', () => {
  it('accepts a further token beside the first, and another password in place of the first', async () => {
    const live = await start({ enrollmentToken: 'token-1', operatorPassword: 'password-1' });
    await live.restart({ enrollmentToken: 'token-2', operatorPassword: 'password-2' });
    expect(live.platform).toMatchObject({ enrollmentToken: 'token-2', operator: { password: 'password-2' } });
    for (const password of ['token-1', 'token-2']) await live.connect('pc-1', { password });
    await live.connect('op', { username: 'operator/acme', password: 'password-2' });
    await expect(live.connect('op-1', { username: 'operator/acme', password: 'password-1' })).rejects.toMatchObject({ code: 4 });
  });

  it('with another organisation is refused', async () => {
    const live = await start();
    await live.platform.stop();
    await expect(startPlatform({ dataFolder: live.folder, organizationId: 'north' })).rejects.toMatchObject({ code: 'organization-mismatch' });
  });
});

describe('a start that cannot be', () => {
  it('on a folder that is in use is refused, and leaves the one that runs alone', async () => {
    const live = await start();
    await expect(startPlatform({ dataFolder: live.folder })).rejects.toMatchObject({ code: 'already-running' });
    expect(await live.api('GET', '/healthz')).toMatchObject({ status: 200 });
  });

  it('on a port that is taken is refused, and ends what it began', async () => {
    const blocker = createServer();
    const port = await new Promise<number>((resolve) => {
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const live = await start();
    await live.platform.stop();
    await expect(startPlatform({ dataFolder: live.folder, mqttPort: port })).rejects.toMatchObject({ code: 'listen-failed' });
    await expect(startPlatform({ dataFolder: live.folder, httpPort: port })).rejects.toMatchObject({ code: 'listen-failed' });
    await new Promise((resolve) => blocker.close(resolve));
    const again = await startPlatform({ dataFolder: live.folder, mqttPort: port });
    expect(again.mqttUrl).toBe(`mqtt://127.0.0.1:${port}`);
    await again.stop();
  });

  it.each([
    [{ organizationId: 'a b' }, 'invalid-option'],
    [{ enrollmentToken: '' }, 'invalid-option'],
    [{ brokerUrl: 'http://x' }, 'invalid-option'],
    [{ brokerUrl: 'mqtt://127.0.0.1', mqttPort: 0 }, 'invalid-option'],
    [{ databaseUrl: 'postgres://127.0.0.1/x' }, 'not-available'],
  ])('with %j is refused before anything is touched', async (options, code) => {
    await expect(startPlatform({ dataFolder: '/dev/null/never', ...options })).rejects.toMatchObject({ code });
    await expect(startPlatform({ dataFolder: '/dev/null/never', ...options })).rejects.toBeInstanceOf(StartError);
  });

  it('in a folder that cannot be made is refused', async () => {
    await expect(startPlatform({ dataFolder: '/dev/null/never' })).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });
});
