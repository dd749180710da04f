import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EnrolmentRelay, startEnrolmentRelay } from '../lab/enrolment-relay.ts';
import { filesBelow, whereFound } from '../lab/hard/planted.ts';
import { ReferencePlatform } from '../lab/reference-platform.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { windowsPath, wine } from '../lab/wine/wine.ts';
import { WindowsPc } from '../lab/wine/windows-pc.ts';

/** Programs start slowly under Wine, on a busy machine very. */
const slow = { timeout: 180_000 };
const slowly = { ms: 90_000 };

describeWith(wine, 'enrolment on Windows’ Node, under Wine', () => {
  let platform: ReferencePlatform;
  let relay: EnrolmentRelay;
  let pc: WindowsPc;

  const configure = async (changes: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const { organizationId, enrollmentToken, url: brokerUrl } = platform;
    const folders = { stateDir: windowsPath(join(pc.folder, 'state')), logDir: windowsPath(join(pc.folder, 'log')) };
    const file = join(pc.folder, 'agent.json');
    const hid = { driver: 'virtual', socket: pc.bus };
    await writeFile(file, JSON.stringify({ organizationId, enrollmentToken, brokerUrl, apiUrl: relay.url, ...folders, hid, ...changes }));
    return windowsPath(file);
  };
  const online = (after: number) => platform.wire.until('presence', { after, where: ({ state }) => state === 'online', ...slowly });

  beforeAll(async () => {
    [platform, pc] = await Promise.all([ReferencePlatform.start(), WindowsPc.start()]);
    relay = await startEnrolmentRelay(platform.httpUrl);
  }, 240_000);
  afterAll(async () => {
    await pc?.stop();
    await relay?.stop();
    await platform?.stop();
  }, 60_000);

  it('seals the secret by DPAPI, and the next start opens it: no token, and nothing is asked for again', slow, async () => {
    const first = pc.launch('jabra-agent', 'run', '--config', await configure());
    await online(0);
    const sealed = await eventually('a sealed secret', () => readFile(join(pc.folder, 'state', 'secrets', 'login')).catch(() => null));
    expect(sealed.subarray(0, 40).toString('latin1')).toMatch(/^jabra-plus-desktop secrets 1 dpapi\n/);
    await first.kill();
    const clientIds = new Set(platform.wire.heard.map(({ clientId }) => clientId));
    const after = platform.wire.mark();
    const second = pc.launch('jabra-agent', 'run', '--config', await configure({ enrollmentToken: null }));
    await online(after);
    await second.kill();
    expect(relay.passed.map(({ action, status }) => `${action} ${status}`)).toEqual(['enrol 201']);
    expect(new Set(platform.wire.heard.map(({ clientId }) => clientId))).toEqual(clientIds);
    const written = new Map([...(await filesBelow(pc.folder))].filter(([name]) => name !== 'agent.json'));
    expect(whereFound({ secret: relay.secrets[0] ?? '', token: platform.enrollmentToken }, written)).toEqual([]);
  });

  it('makes its key and its certificate request there as well', slow, async () => {
    const certificates = await ReferencePlatform.start(['--credentials', 'certificate', '--mqtts-port', '0']);
    try {
      const tls = { caFile: windowsPath(join(certificates.dataFolder, 'ca.pem')) };
      const { organizationId, enrollmentToken, mqttsUrl: brokerUrl, httpUrl: apiUrl } = certificates;
      const stateDir = windowsPath(join(pc.folder, 'state-2'));
      const agent = pc.launch(
        'jabra-agent',
        'run',
        '--config',
        await configure({ organizationId, enrollmentToken, brokerUrl, apiUrl, tls, stateDir }),
      );
      await certificates.wire.until('presence', { where: ({ state }) => state === 'online', ...slowly });
      await agent.kill();
      const [client] = certificates.wire.heard;
      expect(await certificates.client(client?.clientId ?? '')).toMatchObject({ credential: { kind: 'certificate' } });
    } finally {
      await certificates.stop();
    }
  });
});
