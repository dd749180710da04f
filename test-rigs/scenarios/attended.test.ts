import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AttendedAgent, forkAttended } from '../lab/attended-agent.ts';
import { unzip } from '../lab/hard/unzip.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { type RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92123456';
const deviceId = '24da-70bf92123456';

describeWith(mosquittoTools, 'an agent under a user interface', () => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker: 'mosquitto', devices: [`evolve2-75:${serial}`] });
  });
  afterAll(() => lab?.stop());

  it('tells what there is to see, and every change of it', async () => {
    const agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-1');
    try {
      const shown = await agent.until('the headset is shown', ({ devices }) => devices.find((device) => device.connection.status === 'connected'));
      expect(shown).toMatchObject({ deviceId, model: { name: 'Jabra Evolve2 75' }, settings: { values: { sidetoneLevel: 0 } } });
      await lab.unplug(serial, deviceId);
      await agent.until('it is shown as away', ({ devices }) => devices[0]?.connection.status === 'disconnected');
      await lab.platform.publish(deviceId, { sidetoneLevel: { value: 3, locked: true } });
      const waiting = await agent.until('what is desired is shown', ({ desired }) => desired[0]);
      expect(waiting).toMatchObject({ deviceId, waitsForLogin: true });
      await agent.client.call('loginChanged', { loginSessionId: 'login-2' });
      await lab.plug(serial, deviceId);
      await lab.bus.holds(serial, 'sidetoneLevel', 3);
      await agent.until('it waits no longer', ({ desired }) => desired[0]?.waitsForLogin === false);
    } finally {
      expect(await agent.stop()).toBe(0);
    }
    await lab.wire.until('presence', { where: ({ state, reason }) => state === 'offline' && reason === 'shutdown' });
  });

  it('ends in order when the program that started it is gone', async () => {
    const after = lab.wire.mark();
    const agent = await AttendedAgent.start(lab.agent.configurationFile, 'login-2');
    await lab.wire.until('presence', { after, where: ({ state }) => state === 'online' });
    expect(await agent.orphan()).toBe(0);
    await lab.wire.until('presence', { after, where: ({ state, reason }) => state === 'offline' && reason === 'shutdown' });
  });

  it('tells why there is none where its configuration cannot be used', async () => {
    const file = join(lab.folder, 'broken.json');
    await writeFile(file, '{"organizationId": 5}');
    const child = forkAttended(['--config', file]);
    const [message] = (await once(child, 'message')) as [unknown];
    expect(message).toMatchObject({ event: 'failed', payload: { code: 'configuration' } });
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(2);
  });

  it('makes the file for support where its configuration cannot be used, without what that says in secret', async () => {
    const file = join(lab.folder, 'broken.json');
    await writeFile(file, '{"organizationId": "acme", "brokerURL": "mqtts://x", "enrollmentToken": "planted-token-1"}');
    const logs = join(lab.folder, 'logs of the app');
    await mkdir(logs);
    await writeFile(join(logs, 'jabra-tray.log'), '{"message":"it starts","enrollmentToken":"planted-token-1"}\n');
    const child = forkAttended(['--config', file, '--more-logs', logs, '--without-agent']);
    let said = '';
    child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const told: unknown[] = [];
    child.on('message', (message) => told.push(message));
    await eventually('it is there', () => told.length > 0);
    expect(told).toEqual([{ event: 'standby', payload: {} }]);
    const path = join(lab.folder, 'unconfigured.zip');
    child.send({ id: 1, call: 'saveDiagnostics', args: { path } });
    await eventually('it answers', () => told.length > 1);
    expect(told[1]).toEqual({ id: 1, ok: true, result: null });
    const files = unzip(await readFile(path));
    expect(files.get('configuration.json')?.toString()).toContain('the nearest known name is brokerUrl');
    expect(files.get('README.txt')?.toString()).toContain('the configuration cannot be used');
    expect(files.get('logs/jabra-tray.log')?.toString()).toContain('it starts');
    for (const content of files.values()) expect(content.toString()).not.toContain('planted-token-1');
    child.send({ id: 2, call: 'saveDiagnostics', args: { path: join(lab.folder, 'no', 'such', 'folder.zip') } });
    await eventually('it refuses', () => told.length > 2);
    expect(told[2]).toMatchObject({ id: 2, ok: false });
    expect(said).toContain(join('no', 'such'));
    const ended = once(child, 'exit');
    child.send({ id: 3, call: 'stop', args: {} });
    expect(await ended).toEqual([0, null]);
    expect(said).not.toContain('planted-token-1');
  });

  it('waits for its turn on the same state, and tells when that begins', async () => {
    const first = await AttendedAgent.start(lab.agent.configurationFile, 'login-3');
    const after = lab.wire.mark();
    const child = forkAttended(['--config', lab.agent.configurationFile, '--login-session', 'login-4']);
    const told: unknown[] = [];
    child.on('message', (message) => told.push(message));
    await eventually('it stands by', () => told.length > 0);
    expect(told).toEqual([{ event: 'standby', payload: {} }]);
    // Nothing is there to be shown or steered; what went wrong can be saved all the same.
    child.send({ id: 1, call: 'state', args: {} });
    await eventually('it refuses', () => told.length > 1);
    expect(told[1]).toMatchObject({ id: 1, ok: false });
    const path = join(lab.folder, 'standing-by.zip');
    child.send({ id: 3, call: 'saveDiagnostics', args: { path } });
    await eventually('it answers', () => told.length > 2);
    const files = unzip(await readFile(path));
    expect(JSON.parse(String(files.get('devices.json')))).toMatchObject({ connected: null, known: [{ deviceId }] });
    expect(JSON.parse(String(files.get('state.json')))).toMatchObject({ agent: { held: true } });
    expect(await first.stop()).toBe(0);
    await lab.wire.until('client', { after, where: ({ loginSessionId }) => loginSessionId === 'login-4' });
    expect(told).toContainEqual({ event: 'ready', payload: { version: expect.any(String) as unknown } });
    const ended = once(child, 'exit');
    child.send({ id: 2, call: 'stop', args: {} });
    expect(await ended).toEqual([0, null]);
  });

  it('ends in order while it waits for its turn', async () => {
    const first = await AttendedAgent.start(lab.agent.configurationFile, 'login-5');
    const child = forkAttended(['--config', lab.agent.configurationFile]);
    await once(child, 'message');
    const ended = once(child, 'exit');
    child.send({ id: 1, call: 'stop', args: {} });
    expect(await ended).toEqual([0, null]);
    expect(await first.stop()).toBe(0);
  });
});
