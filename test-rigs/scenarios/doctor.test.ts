import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, createAuthority } from '../lab/brokers/certificates.ts';
import { startConnectProxy } from '../lab/brokers/connect-proxy.ts';
import { cleanup } from '../lab/brokers/link-fixture.ts';
import { type MosquittoBroker, startMosquitto } from '../lab/brokers/mosquitto-broker.ts';
import { startScriptedServer } from '../lab/brokers/scripted-server.ts';
import { StoreVandal } from '../lab/hard/damage.ts';
import { type Ended, run, type StartOptions } from '../lab/processes.ts';
import { describeOnBothBrokers, type RealLab, startRealLab } from '../lab/real-lab.ts';
import { describeWith, mosquitto } from '../lab/requirements.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy?: string;
}

/** What `doctor --json` said, by the names of the checks. */
function checksOf({ out }: Ended): Readonly<Record<string, Check>> {
  const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] };
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

const statusesOf = (ended: Ended): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(checksOf(ended)).map(([name, { status }]) => [name, status]));

/** Every file with its bytes. */
async function snapshot(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'hex')] as const)));
}

describeOnBothBrokers('the doctor of a PC that is well', (broker) => {
  let lab: RealLab;
  beforeAll(async () => {
    lab = await startRealLab({ broker, devices: [`evolve2-75:${serial}`] });
  });
  afterAll(() => lab?.stop());

  const well = {
    configuration: 'ok',
    definitions: 'skipped',
    'state-folder': 'ok',
    agent: 'ok',
    state: 'ok',
    'log-folder': 'ok',
    clock: 'ok',
    hid: 'ok',
    proxy: 'ok',
    'name-resolution': 'skipped',
    connection: 'ok',
    tls: 'skipped',
  };

  it('finds nothing wrong before the first start, and leaves nothing behind', async () => {
    const ended = await lab.agent.command('doctor', '--json');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(statusesOf(ended)).toEqual({ ...well, 'broker-login': 'ok' });
    expect(checksOf(ended)['hid']?.message).toBe('1 device can be opened');
    expect(checksOf(ended)['broker-login']?.message).toContain(`for organisation ${lab.platform.organizationId}, as client doctor-`);
    expect(await readdir(lab.agent.stateDir)).toEqual([]);
    expect(lab.wire.heard).toEqual([]);
  });

  it('throws no running agent off, and says that it runs', async () => {
    const agent = await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    const before = lab.wire.mark();
    const ended = await lab.agent.command('doctor', '--json');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(statusesOf(ended)).toEqual({ ...well, 'broker-login': 'skipped' });
    expect(checksOf(ended)['agent']?.message).toContain(`process ${agent.pid}`);
    // What is heard after this was said over a connection that is still up, or anew: whoever was thrown off comes back, and says so.
    await lab.unplug(serial, deviceId);
    await lab.plug(serial, deviceId);
    expect(lab.wire.said('presence', { after: before })).toEqual([]);
    expect(agent.err).not.toContain('the connection ended');
  });

  it('logs in as the agent once that has ended, and leaves to it what waits at the broker', async () => {
    const clientId = await lab.agent.clientId();
    await lab.agent.stop();
    const offline = lab.wire.mark();
    const command = await lab.platform.command(clientId, { type: 'refresh' });
    const before = await snapshot(lab.agent.stateDir);
    const ended = await lab.agent.command('doctor', '--json');
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(checksOf(ended)['broker-login']).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(new RegExp(`as client ${clientId}$`)) as unknown,
    });
    expect(await snapshot(lab.agent.stateDir)).toEqual(before);
    expect(lab.wire.said('presence', { after: offline })).toEqual([]);
    await lab.agent.start('login-1');
    expect(await lab.wire.until('results', { id: command, where: ({ status }) => status === 'succeeded' })).toMatchObject({ status: 'succeeded' });
  });

  it('writes a line each for people', async () => {
    const { out } = await lab.agent.command('doctor');
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(13);
    for (const line of lines) expect(line).toMatch(/^(ok|skipped) +[a-z-]+ {2,}\S/);
  });

  it('tells of a damaged state, and leaves it as it is', async () => {
    await lab.agent.stop();
    await new StoreVandal(lab.agent.stateDir).flipInTheMiddle(/\.log$/);
    const before = await snapshot(lab.agent.stateDir);
    const ended = await lab.agent.command('doctor', '--json');
    expect(ended.code).toBe(1);
    expect(checksOf(ended)['state']).toMatchObject({ status: 'failed', remedy: expect.stringMatching(/start the agent/) as unknown });
    expect(await snapshot(lab.agent.stateDir)).toEqual(before);
  });
});

describe('the doctor of a PC that is not well', () => {
  const begun = cleanup();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jd-'));
  });
  afterEach(() => begun.run());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** With a broker that nobody can reach, unless told otherwise. */
  async function doctor(changes: Readonly<Record<string, unknown>>, options: StartOptions = {}): Promise<Ended> {
    const file = join(folder, 'agent.json');
    const configuration = {
      organizationId: 'acme',
      enrollmentToken: 'token-1',
      brokerUrl: 'mqtt://127.0.0.1:1',
      stateDir: join(folder, 'state'),
      ...changes,
    };
    await writeFile(file, JSON.stringify(configuration));
    return run('jabra-agent', ['doctor', '--config', file, '--json'], options);
  }

  it('refuses wrong use and a configuration that cannot be used, a line for each problem', async () => {
    expect(await run('jabra-agent', ['doctor'])).toMatchObject({ code: 2, out: '' });
    const ended = await doctor({ organizationId: 'not an id', mode: 'public' });
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err.trimEnd().split('\n')).toEqual([expect.stringMatching(/^organizationId /), expect.stringMatching(/^mode /)]);
    expect(await readdir(folder)).toEqual(['agent.json']);
  });

  it('fails what has no platform, no bus and no folder, and says what to do', async () => {
    const stateDir = join(folder, 'occupied');
    await writeFile(stateDir, 'a file');
    const ended = await doctor({ stateDir, logDir: join(folder, 'logs'), hid: { driver: 'virtual', socket: join(folder, 'no-bus.sock') } });
    expect(ended.code).toBe(1);
    const checks = checksOf(ended);
    const failures = Object.values(checks).filter(({ status }) => status === 'failed');
    expect(failures.map(({ name }) => name)).toEqual(['state-folder', 'agent', 'state', 'hid', 'connection']);
    for (const { remedy } of failures) expect(remedy).toMatch(/\S/);
    expect(checks['hid']?.message).toContain('no-bus.sock');
    expect(checks['broker-login']).toMatchObject({ status: 'skipped', message: 'not tried, since connection failed' });
  });

  it('gives up a platform that never answers after 5 s', async () => {
    const silent = begun.add(await startScriptedServer(() => undefined), ({ stop }) => stop());
    const ended = await doctor({ brokerUrl: `mqtts://127.0.0.1:${silent.port}` });
    expect(ended.code).toBe(1);
    expect(checksOf(ended)['tls']).toMatchObject({ status: 'failed', message: 'no answer within 5 s' });
  });

  it('fails a proxy that cannot be used, and tries nothing behind it', async () => {
    const ended = await doctor({ brokerUrl: 'mqtts://127.0.0.1:1' }, { env: { HTTPS_PROXY: 'ftp://proxy.example' } });
    expect(checksOf(ended)['proxy']).toMatchObject({ status: 'failed' });
    expect(statusesOf(ended)).toMatchObject({ 'name-resolution': 'skipped', connection: 'skipped', tls: 'skipped', 'broker-login': 'skipped' });
  });

  describeWith(mosquitto, 'before a broker with TLS and passwords', () => {
    let authority: Authority;
    let broker: MosquittoBroker;
    beforeAll(async () => {
      const certificates = join(folder, 'certificates');
      await mkdir(certificates);
      authority = await createAuthority(certificates, 'Lab CA');
      const certificate = await authority.issueServer();
      // Whoever comes needs the password of this one user, which no client id of a visitor is.
      broker = await startMosquitto({ tls: { ...certificate, caFile: authority.caFile }, passwords: { nobody: 'else' } });
    });
    afterAll(() => broker?.stop());

    it('fails the chain without the private authority', async () => {
      const ended = await doctor({ brokerUrl: broker.url });
      expect(ended.code).toBe(1);
      expect(checksOf(ended)['tls']).toMatchObject({ status: 'failed', remedy: expect.stringContaining('tls.caFile') as unknown });
      expect(checksOf(ended)['broker-login']).toMatchObject({ status: 'skipped' });
    });

    it('warns of certificates that expire soon, and fails a login that is refused', async () => {
      const ended = await doctor({ brokerUrl: broker.url.replace('127.0.0.1', 'localhost'), tls: { caFile: authority.caFile } });
      expect(ended.code).toBe(1);
      const checks = checksOf(ended);
      expect(checks['name-resolution']).toMatchObject({ status: 'ok', message: expect.stringMatching(/^localhost is .*127\.0\.0\.1/) as unknown });
      expect(checks['tls']).toMatchObject({
        status: 'warning',
        message: expect.stringMatching(/"(lab server|Lab CA)" expires on \d{4}-\d\d-\d\d/) as unknown,
      });
      expect(checks['broker-login']).toMatchObject({ status: 'failed', remedy: expect.stringContaining('enrollmentToken') as unknown });
      expect(ended.out).not.toContain('token-1');
    });

    it('names the proxy between, without its password', async () => {
      const credentials = { user: 'proxy-user', password: 'proxy-password' };
      const proxy = begun.add(await startConnectProxy({ credentials, forwardTo: { host: '127.0.0.1', port: broker.port } }), ({ stop }) => stop());
      const url = proxy.url.replace('://', `://${credentials.user}:${credentials.password}@`);
      // The proxy resolves the platform's name; this computer needn't.
      const ended = await doctor({ brokerUrl: 'mqtts://platform.invalid', tls: { caFile: authority.caFile } }, { env: { HTTPS_PROXY: url } });
      const checks = checksOf(ended);
      expect(checks['proxy']).toMatchObject({ status: 'ok', message: `${proxy.url} is used` });
      expect(checks['name-resolution']).toMatchObject({ status: 'skipped', message: '127.0.0.1 is an address' });
      expect(checks['connection']).toMatchObject({ status: 'ok' });
      // The lab's certificate is for this computer's own names.
      expect(checks['tls']).toMatchObject({ status: 'failed', message: expect.stringContaining('another host name') as unknown });
      expect(proxy.tunnels).toEqual(['platform.invalid:8883']);
      expect(ended.out + ended.err).not.toMatch(/proxy-user|proxy-password/);
    });
  });
});
