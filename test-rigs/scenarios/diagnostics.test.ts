import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { deviceSchema } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unzip } from '../lab/hard/unzip.ts';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { PlatformByHand } from '../lab/platform-by-hand.ts';
import { run } from '../lab/processes.ts';
import { RealLab } from '../lab/real-lab.ts';
import { describeWith } from '../lab/requirements.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

type Files = ReadonlyMap<string, string>;

async function bundleAt(path: string): Promise<Files> {
  return new Map([...unzip(await readFile(path))].map(([name, bytes]) => [name, bytes.toString('utf8')]));
}

const jsonIn = (files: Files, name: string): unknown => JSON.parse(files.get(name) ?? '');

describeWith(mosquittoTools, 'diagnostics of a PC at work', () => {
  let lab: RealLab<PlatformByHand>;
  let out = '';
  let files: Files = new Map();
  beforeAll(async () => {
    lab = await RealLab.start({ platform: await PlatformByHand.start(), devices: [`evolve2-75:${serial}`] });
    out = join(lab.folder, 'bundle.zip');
    await lab.agent.start('login-1');
    await lab.wire.device(deviceId);
    await lab.platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    await lab.wire.device(deviceId, ({ settings }) => settings.desiredRevision !== null);
    // What another program, or an older version, may leave in the folder of the logs.
    const careless = `at 198.51.100.23 and [2001:db8::23]:8883 in /home/erik.planted/x, ${hostname()}\n-----BEGIN PRIVATE KEY-----\nMHcCAQEEplanted\n`;
    await writeFile(
      join(lab.agent.stateDir, 'logs', 'careless.log'),
      `${careless}erik.planted sent password=hunter2planted by ${userInfo().username}\n`,
    );
  });
  afterAll(() => lab?.stop());

  it('are one file for this account only, made beside the running agent', async () => {
    const before = lab.wire.mark();
    expect(await lab.agent.command('diagnostics', '--out', out)).toMatchObject({ code: 0, out: `${out}\n`, err: '' });
    if (process.platform !== 'win32') expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect((await readdir(lab.folder)).filter((name) => name.startsWith('bundle'))).toEqual(['bundle.zip']);
    await lab.unplug(serial, deviceId);
    await lab.plug(serial, deviceId);
    expect(lab.wire.said('presence', { after: before })).toEqual([]);
    files = await bundleAt(out);
  });

  it('hold logs, configuration, devices, state and versions, and a text that says so', () => {
    expect([...files.keys()].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'configuration.json',
      'devices.json',
      'doctor.json',
      'environment.json',
      'hid.json',
      'logs/careless.log',
      'logs/jabra-agent.log',
      'README.txt',
      'state.json',
      'versions.json',
    ]);
    for (const name of [...files.keys()].filter((file) => file !== 'README.txt')) expect(files.get('README.txt')).toContain(name);
    expect(files.get('logs/jabra-agent.log')).toContain('"message":"connected"');
    expect(jsonIn(files, 'versions.json')).toMatchObject({ agent: expect.any(String) as unknown, runtime: { node: process.versions.node } });
    const { checks } = jsonIn(files, 'doctor.json') as { readonly checks: readonly { readonly name: string; readonly status: string }[] };
    expect(checks.find(({ name }) => name === 'broker-login')?.status).toBe('skipped');
  });

  it('hold the devices as they are, and as the agent knows them', () => {
    const { connected, known } = jsonIn(files, 'devices.json') as { readonly connected: unknown[]; readonly known: unknown[] };
    for (const documents of [connected, known]) {
      expect(documents.map((document) => deviceSchema.parse(document))).toMatchObject([{ deviceId, electronicSerialNumber: serial }]);
    }
    expect(known).toMatchObject([{ settings: { state: 'pending-login' } }]);
  });

  it('tell the state in numbers', async () => {
    expect(jsonIn(files, 'state.json')).toMatchObject({
      agent: { held: true, by: { pid: lab.agent.running.pid } },
      problem: null,
      records: { devices: 1, desired: 1, identity: 1 },
      client: { organizationId: 'acme', clientId: await lab.agent.clientId(), enrolled: true, revoked: false },
      desired: [{ deviceId, settings: 1, locked: 1, waits: true }],
    });
  });

  it('hold nothing that is secret or tells who and where, whoever wrote it', () => {
    const everything = [...files].flat().join('\n');
    for (const planted of ['198.51.100.23', '2001:db8::23', 'erik.planted', 'MHcCAQEEplanted', 'hunter2planted', lab.platform.enrollmentToken]) {
      expect(everything).not.toContain(planted);
    }
    expect(everything.toLowerCase().split(/[^\p{L}\p{N}]+/u)).not.toContain(userInfo().username.toLowerCase());
    expect(files.get('logs/careless.log')).toContain('at [ip] and [[ip]]:8883 in /home/[user]/x');
    expect(jsonIn(files, 'configuration.json')).toContainEqual({
      enrollmentToken: '[redacted]',
      source: 'file',
      origin: `file ${lab.agent.configurationFile}`,
    });
  });

  it('replace no file unless they are told to', async () => {
    const before = await readFile(out);
    const refused = await lab.agent.command('diagnostics', '--out', out);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('--force');
    expect(await readFile(out)).toEqual(before);
    expect(await lab.agent.command('diagnostics', '--out', out, '--force')).toMatchObject({ code: 0 });
    expect(await readFile(out)).not.toEqual(before);
  });
});

/** One of each kind that a person can put somewhere, and what others do with it. */
const planted = {
  token: 'Tk7/planted+Enrolment_token',
  'proxy user': 'proxyperson41',
  'proxy password': 'Pw9/planted+Proxy:password',
  'own secret': 'Cs5-planted-client-secret_q',
  'upload signature': 'plantedSignature%2B77',
  key: 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgplanted',
  name: 'petra.planted',
  'other name': 'Ole Planted Hansen',
  'IPv4 address': '198.51.100.77',
  'IPv6 address': '2001:db8:0:77::17',
  mail: 'petra@planted.example',
  sid: 'S-1-5-21-1004336348-1177238915-682003330-1077',
} as const;

describe('whatever secret or name a person put anywhere', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jp-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  /** What careless programs write, with every value in every way in which it usually stands. */
  function careless(): string {
    const { token, key, name, mail, sid } = planted;
    const known = [token, planted['proxy user'], planted['proxy password'], planted['own secret'], name];
    return [
      ...known.flatMap((value) => [
        value,
        JSON.stringify({ value }),
        encodeURIComponent(value),
        base64(`x:${value}`),
        Buffer.from(value).toString('hex'),
      ]),
      `PUT https://files.example/up?sv=1&sig=${planted['upload signature']}&se=2`,
      `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`,
      JSON.stringify({ message: `-----BEGIN EC PRIVATE KEY-----\n${key}\n-----END EC PRIVATE KEY-----`, password: planted['proxy password'] }),
      `from ${planted['IPv4 address']}:443 and [${planted['IPv6 address']}]:443 or ::ffff:${planted['IPv4 address']}`,
      `C:\\Users\\${planted['other name']}\\AppData and /home/${name}/.config by ${mail}, ${sid}`,
      `connect mqtts://${name}:${planted['own secret']}@platform.example failed`,
    ].join('\n');
  }

  /** The bundle of a PC at which all of it was put everywhere. */
  async function bundleOfAll(): Promise<string> {
    const home = join(folder, 'home', planted.name);
    const stateDir = join(home, 'state');
    const logDir = join(stateDir, 'logs');
    await mkdir(join(stateDir, 'secrets'), { recursive: true });
    await mkdir(join(stateDir, 'sent'), { recursive: true });
    await mkdir(logDir, { recursive: true });
    const text = careless();
    await writeFile(join(stateDir, 'secrets', 'login'), text);
    await writeFile(join(stateDir, 'sent', 'sent-2026-01-01-00000001.jsonl'), text);
    await writeFile(join(logDir, 'jabra-agent.log'), text);
    await writeFile(join(logDir, 'redirected.log'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    await writeFile(join(logDir, `of ${planted.name} at ${planted['IPv4 address']}.log`), text);
    await writeFile(join(stateDir, `${planted.name}.tmp`), text);
    const keyFile = join(home, 'client.key');
    await writeFile(keyFile, `-----BEGIN PRIVATE KEY-----\n${planted.key}\n-----END PRIVATE KEY-----\n`);
    const file = join(home, 'agent.json');
    const hid = { driver: 'virtual', socket: join(home, 'no-bus.sock') };
    const clientName = planted['other name'];
    const tls = { caFile: null, certFile: keyFile, keyFile };
    const configuration = {
      organizationId: 'acme',
      brokerUrl: 'mqtts://127.0.0.1:1',
      enrollmentToken: planted.token,
      clientName,
      stateDir,
      logDir,
      hid,
      tls,
    };
    await writeFile(file, JSON.stringify(configuration));
    const proxy = `http://${planted['proxy user']}:${encodeURIComponent(planted['proxy password'])}@127.0.0.1:1`;
    const who = { HOME: home, USER: planted.name, LOGNAME: planted.name, USERNAME: planted.name };
    const env = { ...who, HTTPS_PROXY: proxy, JABRA_AGENT_ENROLLMENT_TOKEN: planted.token, NO_PROXY: planted['IPv4 address'] };
    const out = join(folder, 'bundle.zip');
    expect(await run('jabra-agent', ['diagnostics', '--config', file, '--out', out], { env })).toMatchObject({ code: 0, out: `${out}\n` });
    const files = await bundleAt(out);
    expect([...files.keys()].filter((name) => name.startsWith('logs/'))).toHaveLength(3);
    expect([...files.keys()].some((name) => /secret|sent/.test(name))).toBe(false);
    return [...files].flat().join('\n');
  }

  it('is in no file of the bundle, in none of its usual spellings', async () => {
    const everything = await bundleOfAll();
    // Nobody told the agent of this secret, so that it is known by what stands around it only; the file that held it is no store of the agent's.
    const { 'own secret': unknown, ...known } = planted;
    expect(everything).not.toContain(`:${unknown}@`);
    const lower = everything.toLowerCase();
    const found = Object.entries(known).filter(([, value]) => {
      const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), Buffer.from(value).toString('hex')];
      return [...forms, base64(`x:${value}`).slice(4, -4)].some((form) => lower.includes(form.toLowerCase()));
    });
    expect(found.map(([kind]) => kind)).toEqual([]);
    expect(everything).toContain('Left out altogether');
  });
});

describe('diagnostics of a PC that is not at work', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jd-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function configure(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const file = join(folder, 'agent.json');
    const hid = { driver: 'virtual', socket: join(folder, 'no-bus.sock') };
    await writeFile(
      file,
      JSON.stringify({ organizationId: 'acme', brokerUrl: 'mqtt://127.0.0.1:1', stateDir: join(folder, 'state'), hid, ...changes }),
    );
    return file;
  }

  it('are made all the same, and say what is missing', async () => {
    const out = join(folder, 'bundle.zip');
    expect(await run('jabra-agent', ['diagnostics', '--config', await configure(), '--out', out])).toMatchObject({
      code: 0,
      out: `${out}\n`,
      err: '',
    });
    const files = await bundleAt(out);
    expect(files.get('README.txt')).toContain('there are no logs in');
    expect(jsonIn(files, 'devices.json')).toEqual({ connected: [], known: [] });
    expect(jsonIn(files, 'doctor.json')).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: 'hid', status: 'failed' })]) as unknown,
    });
    expect(await readdir(folder)).not.toContain('state');
  });

  it('refuse wrong use, a configuration that cannot be used, and a place that cannot be meant', async () => {
    const file = await configure();
    const out = join(folder, 'other.zip');
    await mkdir(join(folder, 'taken.zip'));
    const refused = [
      ['diagnostics', '--config', file],
      ['diagnostics', '--out', out],
      ['diagnostics', '--config', join(folder, 'missing.json'), '--out', out],
      ['diagnostics', '--config', file, '--out', join(folder, 'missing', 'other.zip')],
      ['diagnostics', '--config', file, '--out', join(folder, 'taken.zip'), '--force'],
    ];
    for (const args of refused)
      expect(await run('jabra-agent', args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/\S/) as unknown });
    expect(await readdir(folder)).not.toContain('other.zip');
  });
});
