import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unzip } from '../lab/hard/unzip.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { firmwarePackage } from '../lab/packages/firmware-package.ts';
import { type PackageServer, startPackageServer } from '../lab/packages/package-server.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { describeOnBothBrokers, RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

describeOnBothBrokers('a command about a device', (broker) => {
  let lab: RealLab;
  let server: PackageServer;
  let clientId: string;
  beforeAll(async () => {
    server = await startPackageServer();
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    clientId = await lab.agent.clientId();
  });
  afterAll(async () => {
    await lab?.stop();
    await server?.stop();
  });

  const send = (type: string, params: Readonly<Record<string, string>> = {}, device: string | null = deviceId): Promise<string> =>
    lab.platform.command(clientId, { type, params, ...(device === null ? {} : { deviceId: device }) });

  const endOf = (id: string) => lab.wire.until('results', { id, where: ({ status }) => status !== 'accepted' && status !== 'running' });

  /** What was told of a command, in order. */
  const told = (id: string): string[] =>
    lab.wire.said('results', { id }).map(({ status, progress }) => [status, ...(progress === undefined ? [] : [progress])].join(' '));

  it('reboot-device sends it away and is done when it is back, with what it must hold', async () => {
    await lab.platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    const after = lab.wire.mark();
    const id = await send('reboot-device');
    expect(await endOf(id)).toMatchObject({ status: 'succeeded' });
    expect(told(id)).toEqual(['accepted', 'running', 'succeeded']);
    // A result and a document go their own ways.
    const gone = await eventually('it is told that it went', () => {
      const index = lab.wire.heard.findIndex(
        ({ kind, payload }, at) => at >= after && kind === 'devices' && payload?.connection.status === 'disconnected',
      );
      return index >= 0 && { index };
    });
    await lab.wire.device(deviceId, ({ connection }) => connection.status === 'connected', { after: gone.index });
    expect(await lab.bus.device(serial)).toMatchObject({ reboots: 1, identified: 0 });
  });

  it('reboot-device is refused while somebody speaks through it, and done after', async () => {
    await lab.bus.press(serial, 'line-busy');
    expect(await endOf(await send('reboot-device'))).toMatchObject({ status: 'rejected', error: { code: 'in-call' } });
    expect(await lab.bus.device(serial)).toMatchObject({ reboots: 1 });
    await lab.bus.press(serial, 'line-busy');
    expect(await endOf(await send('reboot-device'))).toMatchObject({ status: 'succeeded' });
    expect(await lab.bus.device(serial)).toMatchObject({ reboots: 2 });
  });

  it('identify-device makes it show itself', async () => {
    expect(await endOf(await send('identify-device'))).toMatchObject({ status: 'succeeded' });
    expect(await lab.bus.device(serial)).toMatchObject({ identified: 1 });
  });

  it('says so where there is no such device, or it is away', async () => {
    for (const type of ['reboot-device', 'identify-device'])
      expect(await endOf(await send(type, {}, '24da-nobody'))).toMatchObject({ status: 'failed', error: { code: 'unknown-device' } });
    await lab.unplug(serial, deviceId);
    for (const type of ['reboot-device', 'identify-device'])
      expect(await endOf(await send(type))).toMatchObject({ status: 'failed', error: { code: 'device-disconnected' } });
    await lab.plug(serial, deviceId);
  });

  it('fails where the device does not answer', async () => {
    await lab.bus.fault(serial, 'timeout', 3);
    expect(await endOf(await send('identify-device'))).toMatchObject({ status: 'failed', error: { code: 'device-timeout' } });
    await lab.bus.fault(serial, 'nack', 1);
    expect(await endOf(await send('identify-device'))).toMatchObject({ status: 'failed', error: { code: 'device-rejected' } });
  });

  it('update-firmware is rejected where nothing is desired', async () => {
    expect(await endOf(await send('update-firmware'))).toMatchObject({ status: 'rejected', error: { code: 'not-managed' } });
  });

  it('update-firmware installs what is desired, tells how far it is, and says so where it is there already', { timeout: 90_000 }, async () => {
    const { version, content, sha256, size } = firmwarePackage({ version: '1.11.7' });
    // One that failed before is only tried again on somebody's word.
    const url = server.put('/evolve2-75.zip', { content, status: 404 });
    await lab.platform.publish(deviceId, {}, { management: 'managed', keepUpdated: true, version, package: { url, sha256, size } });
    await lab.wire.device(deviceId, ({ firmware }) => firmware.error?.code === 'download-failed');
    server.put('/evolve2-75.zip', { content });
    const id = await send('update-firmware');
    const end = await endOf(id);
    expect(end).toMatchObject({ status: 'succeeded', data: { version: '1.11.7' } });
    expect(told(id).slice(0, 2)).toEqual(['accepted', expect.stringMatching(/^running \d+$/)]);
    expect(await lab.bus.device(serial)).toMatchObject({ version: '1.11.7' });
    expect(await endOf(await send('update-firmware'))).toMatchObject({ status: 'succeeded', data: { version: '1.11.7' } });
  });

  describe('collect-diagnostics', () => {
    const secret = `signature-${randomUUID()}`;

    it('puts a bundle where the platform wants it, without secrets', { timeout: 60_000 }, async () => {
      const url = server.put('/bundle', { content: new Uint8Array(), status: 201 });
      const id = await send('collect-diagnostics', { upload: `${url}?sig=${secret}` }, null);
      const end = await endOf(id);
      const [request] = server.requestsFor('/bundle');
      expect(end).toMatchObject({ status: 'succeeded', data: { bytes: request?.body.length } });
      expect(told(id)).toEqual(['accepted', 'running 0', 'running 50', 'succeeded']);
      expect(request).toMatchObject({ method: 'PUT', path: `/bundle?sig=${secret}`, headers: { 'content-type': 'application/zip' } });
      const files = unzip(request?.body ?? Buffer.alloc(0));
      expect([...files.keys()]).toEqual(expect.arrayContaining(['README.txt', 'devices.json', 'doctor.json', 'state.json', 'versions.json']));
      expect(JSON.parse(files.get('devices.json')?.toString() ?? '')).toMatchObject({ connected: [{ model: { family: 'evolve2-75' } }] });
      const text = [...files.values()].map((bytes) => bytes.toString()).join('\n');
      for (const hidden of [secret, ...lab.platform.secrets]) expect(text).not.toContain(hidden);
      expect(lab.agent.said()).not.toContain(secret);
      expect(lab.wire.texts.filter((line) => !line.includes('"command/1"')).join('\n')).not.toContain(secret);
    });

    it('says what became of it where it cannot be left there', { timeout: 60_000 }, async () => {
      server.put('/forbidden', { content: new Uint8Array(), status: 403 });
      const end = await endOf(await send('collect-diagnostics', { upload: `${server.url}/forbidden?sig=${secret}` }, null));
      expect(end).toMatchObject({ status: 'failed', error: { code: 'upload-refused', message: expect.stringContaining('403') } });
      expect(JSON.stringify(end)).not.toContain(secret);
      for (const upload of ['http://files.example/x', 'file:///etc/passwd'])
        expect(await endOf(await send('collect-diagnostics', { upload }, null))).toMatchObject({
          status: 'rejected',
          error: { code: 'invalid-params' },
        });
      expect(await endOf(await send('collect-diagnostics', {}, null))).toMatchObject({ status: 'rejected', error: { code: 'invalid-params' } });
    });
  });
});

describeWith(mosquittoTools, 'a command that takes time, over MQTT 5', () => {
  let lab: RealLab<PlatformByHand>;
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
  });
  afterAll(() => lab?.stop());

  it('tells each step on its response topic too, with its correlation data', async () => {
    const clientId = await lab.agent.clientId();
    const responseTopic = `jabra/v1/${lab.platform.organizationId}/${clientId}/answers/1`;
    const id = randomUUID();
    await lab.platform.commandRaw(clientId, { id, type: 'reboot-device', deviceId }, { responseTopic, correlationData: Buffer.from('call 7') });
    const steps = await eventually('three answers', () => (lab.platform.answers.length === 3 ? lab.platform.answers : null));
    expect(new Set(steps.map(({ topic }) => topic))).toEqual(new Set([responseTopic]));
    expect(steps.map(({ payload, correlationData }) => [JSON.parse(payload).status, correlationData])).toEqual([
      ['accepted', 'call 7'],
      ['running', 'call 7'],
      ['succeeded', 'call 7'],
    ]);
  });

  it('is answered after a kill that cut it off, and does not run again', async () => {
    const clientId = await lab.agent.clientId();
    const command = { id: randomUUID(), type: 'reboot-device', deviceId };
    const { reboots } = await lab.bus.device(serial);
    await lab.platform.commandRaw(clientId, command);
    await lab.wire.until('results', { id: command.id, where: ({ status }) => status === 'running' });
    await lab.agent.kill();
    await lab.agent.start('login-1');
    await lab.platform.commandRaw(clientId, command);
    const end = await lab.wire.until('results', { id: command.id, where: ({ status }) => status !== 'accepted' && status !== 'running' });
    expect(end).toMatchObject({ status: 'failed', error: { code: 'interrupted' } });
    expect(await lab.bus.device(serial)).toMatchObject({ reboots: reboots + 1 });
  });
});
