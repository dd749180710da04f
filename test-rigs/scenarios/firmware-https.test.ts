import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAuthority } from '../lab/brokers/certificates.ts';
import { startConnectProxy } from '../lab/brokers/connect-proxy.ts';
import { cleanup } from '../lab/brokers/link-fixture.ts';
import { FirmwareLab, nextVersion } from '../lab/packages/firmware-lab.ts';
import { eventually } from '../lab/waiting.ts';

const serial = '70BF92000001';
const id = '24da-70bf92000001';
const password = 'Pw9+proxy/secret';

const begun = cleanup();
let rig: FirmwareLab;
let tunnels: readonly string[];

beforeAll(async () => {
  const folder = begun.add(await mkdtemp(join(tmpdir(), 'jfs-')), (path) => rm(path, { recursive: true, force: true }));
  const authority = await createAuthority(folder, 'Lab authority');
  const tls = await authority.issueServer({ hosts: ['DNS:packages.example'] });
  const forwardTo = { host: '127.0.0.1', port: 0 };
  const proxy = begun.add(await startConnectProxy({ credentials: { user: 'pc', password }, forwardTo }), (started) => started.stop());
  ({ tunnels } = proxy);
  const env = { HTTPS_PROXY: proxy.url.replace('://', `://pc:${encodeURIComponent(password)}@`) };
  rig = begun.add(await FirmwareLab.start([`evolve2-75:${serial}`], { tls, caFile: authority.caFile, env }), (lab) => lab.stop());
  // Nobody knows the server's name but the proxy.
  forwardTo.port = rig.server.port;
});
afterAll(() => begun.run());

const named = (path: string): string => `https://packages.example${path}`;

it('a package comes over HTTPS through the proxy, is taken up where it was cut off, and follows a redirect', { timeout: 120_000 }, async () => {
  const wish = { path: '/moved.zip', bytes: 60_000 };
  const firmware = rig.offer({ ...wish, shelf: { cutAfter: 25_000 }, reference: { url: named('/a.zip') } });
  rig.server.put('/a.zip', { content: new Uint8Array(), status: 302, headers: { location: '/moved.zip' } });
  await rig.desire(id, firmware, 'pending/downloading');
  await eventually('the package is asked for', () => rig.server.requestsFor('/moved.zip').length > 0);
  rig.offer(wish);
  await rig.event(id, 'firmware.updated');
  expect(await rig.versionOn(serial)).toBe(nextVersion);
  expect(rig.server.requestsFor('/moved.zip').map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=25000-']);
  expect(new Set(tunnels)).toEqual(new Set(['packages.example:443']));
});

it('a server that is somebody else waits as a download, since that may pass', async () => {
  const firmware = rig.offer({ version: '3.0.0', reference: { url: 'https://other.example/b.zip' } });
  await rig.desire(id, firmware, 'pending/downloading');
  await eventually('the certificate was looked at', () => tunnels.includes('other.example:443'));
  await eventually('the log says why', () => rig.lab.agent.said().includes('certificate is for another host name'));
  expect(rig.types(id)).toEqual(['firmware.started', 'firmware.updated']);
});

it('a package over plain HTTP from another computer is refused', async () => {
  const firmware = rig.offer({ version: '3.0.1', reference: { url: 'http://packages.example/b.zip' } });
  const { error } = await rig.desire(id, firmware, 'failed: download-failed');
  expect(error?.message).toContain('use https:// for packages.example');
});

it('the proxy’s password stands nowhere', () => {
  const said = rig.lab.agent.said() + rig.lab.wire.texts.join('\n');
  expect([password, encodeURIComponent(password)].filter((secret) => said.includes(secret))).toEqual([]);
});
