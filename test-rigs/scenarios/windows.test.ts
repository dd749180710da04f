import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unzip } from '../lab/hard/unzip.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { describeWith } from '../lab/requirements.ts';
import { windowsPath, wine } from '../lab/wine/wine.ts';
import { WindowsPc } from '../lab/wine/windows-pc.ts';

const serial = '70BF92000001';
const deviceId = '24da-70bf92000001';

/** Programs start slowly under Wine, on a busy machine very. */
const slow = { timeout: 120_000 };

describeWith(wine, 'the agent on Windows’ Node, under Wine', () => {
  let platform: ReferencePlatform;
  let pc: WindowsPc;
  let config: string;
  let agent: ReturnType<WindowsPc['launch']>;

  const launch = (...more: readonly string[]) => pc.launch('jabra-agent', 'run', '--config', config, ...more);

  beforeAll(async () => {
    [platform, pc] = await Promise.all([ReferencePlatform.start(), WindowsPc.start()]);
    const file = join(pc.folder, 'agent.json');
    config = windowsPath(file);
    const { organizationId, enrollmentToken, url: brokerUrl } = platform;
    const folders = { stateDir: windowsPath(join(pc.folder, 'state')), logDir: windowsPath(join(pc.folder, 'log')) };
    await writeFile(
      file,
      JSON.stringify({
        organizationId,
        enrollmentToken,
        brokerUrl,
        clientName: 'From the file',
        ...folders,
        hid: { driver: 'virtual', socket: pc.bus },
      }),
    );
    await pc.launch('jabra-virtual', 'serve', '--socket', pc.bus, '--device', `evolve2-75:${serial}`).prints(/^ready$/m);
  }, 240_000);
  afterAll(async () => {
    await pc?.stop();
    await platform?.stop();
  }, 60_000);

  it('takes what Group Policy wrote, before what its file says', slow, async () => {
    const key = String.raw`HKLM\Software\Policies\Jabra\JabraPlusDesktop`;
    await pc.tool('reg', 'add', key, '/v', 'ClientName', '/d', 'Desk 12', '/f');
    agent = launch();
    expect(await platform.wire.until('client', { ms: 60_000 })).toMatchObject({ clientName: 'Desk 12', mode: 'personal' });
    await pc.tool('reg', 'delete', key, '/f');
  });

  it('tells of the computer what Windows says of itself', slow, async () => {
    const { metadata, loginSessionId } = await platform.wire.until('client', { where: (client) => client.metadata?.computer !== undefined });
    expect(metadata?.computer).toMatchObject({
      osName: expect.stringMatching(/^Microsoft Windows 1[01]/),
      osVersion: expect.stringMatching(/^10\.0\.\d+/),
    });
    expect(metadata?.userName).not.toBe('');
    expect(loginSessionId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('reports the headset behind a named pipe', slow, async () => {
    expect(await platform.wire.device(deviceId)).toMatchObject({
      electronicSerialNumber: serial,
      connection: { status: 'connected' },
      battery: { level: 80 },
    });
  });

  it('is one at a time on a state folder', slow, async () => {
    const { code, err } = await launch().ended;
    expect(code).toBe(1);
    expect(err).toContain('already works on');
  });

  it('begins anew after it was killed, with its state, and applies what waited for that login', slow, async () => {
    const clientId = (await platform.wire.until('client')).clientId;
    const revision = await platform.publish(deviceId, { sidetoneLevel: { value: -6, locked: true } });
    await platform.wire.device(deviceId, ({ settings }) => settings.state === 'pending-login');
    await agent.kill();
    const after = platform.wire.mark();
    agent = launch('--login-session', 'login-2');
    const { settings } = await platform.wire.device(deviceId, (document) => document.settings.appliedRevision === revision, { after, ms: 60_000 });
    expect(settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
    expect((await platform.wire.until('client', { after })).clientId).toBe(clientId);
    const got = await pc.command('jabra-virtual', 'get', '--socket', pc.bus, '--device', serial, '--setting', 'sidetoneLevel');
    expect(got).toMatchObject({ code: 0, out: expect.stringMatching(/^-6\r?\n$/) });
  });

  it('keeps no secret in the clear', slow, async () => {
    const entries = await readdir(join(pc.folder, 'state'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const contents = await Promise.all(files.map(async (file) => (await readFile(file)).toString('latin1')));
    expect(files.length).toBeGreaterThan(3);
    for (const secret of platform.secrets) expect(contents.filter((content) => content.includes(secret))).toEqual([]);
  });

  it('makes a bundle for support, on a path with a drive and backslashes', slow, async () => {
    const zip = join(pc.folder, 'support.zip');
    expect(await pc.command('jabra-agent', 'diagnostics', '--config', config, '--out', windowsPath(zip))).toMatchObject({ code: 0 });
    const files = unzip(await readFile(zip));
    expect(JSON.parse(files.get('versions.json')?.toString() ?? '')).toMatchObject({ system: { platform: 'win32' } });
    expect(JSON.parse(files.get('state.json')?.toString() ?? '')).toMatchObject({ agent: { held: true } });
  });
});
