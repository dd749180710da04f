import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dfuProductIds, firmwarePackage } from '../lab/packages/firmware-package.ts';
import { type Ended, run, RunningProgram } from '../lab/processes.ts';
import { VirtualBusProgram } from '../lab/virtual-bus-program.ts';
import { eventually } from '../lab/waiting.ts';

const headset = { serial: '70BF92000001', id: '24da-70bf92000001' };
const other = { serial: '70BF92000003', id: '24da-70bf92000003' };
const dongle = { serial: '50C275000001', id: '24c7-50c275000001' };

let folder: string;
let bus: VirtualBusProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jfh-'));
  bus = new VirtualBusProgram(join(folder, 'bus.sock'), [`evolve2-75:${headset.serial}`, `evolve2-75:${other.serial}`, `link-380:${dongle.serial}`]);
  await bus.start();
  const configuration = {
    organizationId: 'acme',
    enrollmentToken: 'token-1',
    // Nobody listens there: an update by hand needs no platform.
    brokerUrl: 'mqtt://127.0.0.1:9',
    stateDir: join(folder, 'state'),
    hid: { driver: 'virtual', socket: bus.socket },
  };
  await writeFile(join(folder, 'agent.json'), JSON.stringify(configuration));
});
afterAll(async () => {
  await bus.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A package in a file. */
async function file(...wish: Parameters<typeof firmwarePackage>): Promise<string> {
  const { content, version, sha256 } = firmwarePackage(...wish);
  const path = join(folder, `${version}-${sha256.slice(0, 8)}.zip`);
  await writeFile(path, content);
  return path;
}

const args = (deviceId: string, path: string, ...more: string[]): string[] => [
  'firmware',
  'update',
  '--config',
  join(folder, 'agent.json'),
  '--device',
  deviceId,
  '--package',
  path,
  ...more,
];
const update = (deviceId: string, path: string, ...more: string[]): Promise<Ended> => run('jabra-agent', args(deviceId, path, ...more));
const versionOf = async ({ serial }: { readonly serial: string }): Promise<string | null> => (await bus.device(serial)).version;

/** Each call is a start of the whole program: seconds on a busy machine. */
const patience = { timeout: 120_000 };

test('a device is updated from a file, with lines that tell how far it is, and nothing else is touched', patience, async () => {
  const before = await versionOf(other);
  const { code, out, err } = await update(headset.id, await file({ version: '2.0.1', bytes: 60_000 }));
  expect({ code, out }).toEqual({ code: 0, out: 'updated from 1.8.13 to 2.0.1\n' });
  expect(await versionOf(headset)).toBe('2.0.1');
  expect(await versionOf(other)).toBe(before);
  expect(err).toMatch(/^Jabra Evolve2 75 24da-70bf92000001: 1\.8\.13 → 2\.0\.1\n/);
  const percents = [...err.matchAll(/^sending (\d+) %$/gm)].map(([, percent]) => Number(percent));
  expect(percents.length).toBeGreaterThan(3);
  expect(percents).toEqual([...new Set(percents)].toSorted((a, b) => a - b));
  expect(err).toMatch(/^the device installs it: leave it plugged in$/m);
  const again = await update(headset.id, await file({ version: '2.0.1', bytes: 60_000 }));
  expect(again).toMatchObject({ code: 0, out: 'the device runs 2.0.1 already: nothing was written\n' });
});

describe('nothing is written, and one line says why,', () => {
  test('where the device is not connected', patience, async () => {
    const { code, out, err } = await update('24da-70bf9200ffff', await file({ version: '3.0.0' }));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`24da-70bf9200ffff is not connected: ${[dongle.id, headset.id, other.id].join(', ')} are\n`);
  });

  test('where the package is for another product', patience, async () => {
    const ended = await update(other.id, await file({ version: '3.0.0', dfuProductIds: [dfuProductIds.link380] }));
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^[^\n]*24C7[^\n]*\n$/) as unknown });
  });

  test('where it would be a downgrade, until that is allowed', patience, async () => {
    const older = await file({ version: '1.0.2' });
    const refused = await update(other.id, older);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toBe('the device runs 1.8.13, the package holds 1.0.2, and the package is older: --allow-downgrade installs it\n');
    expect(await update(other.id, older, '--allow-downgrade')).toMatchObject({ code: 0, out: 'updated from 1.8.13 to 1.0.2\n' });
  });

  test('where the battery is low', patience, async () => {
    await bus.battery(other.serial, 29);
    expect(await update(other.id, await file({ version: '3.0.0' }))).toMatchObject({
      code: 1,
      out: '',
      err: 'the battery is at 29 %, an update needs 30 %: charge it and try again\n',
    });
    await bus.battery(other.serial, 80);
  });

  test('where an agent runs on the same state folder', patience, async () => {
    const agent = RunningProgram.ours('jabra-agent', ['run', '--config', join(folder, 'agent.json'), '--login-session', 'login-1']);
    await eventually('the agent has the folder', async () => (await readdir(join(folder, 'state')).catch((): string[] => [])).includes('store'));
    const refused = await update(other.id, await file({ version: '3.0.0' }));
    await agent.stop();
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(new RegExp(`^a jabra-agent \\(process ${agent.pid}\\) works on .*state and has the devices: end it first`));
    expect(await versionOf(other)).toBe('1.0.2');
  });

  test('where the file is missing or no package: wrong use', patience, async () => {
    expect(await update(other.id, join(folder, 'missing.zip'))).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/missing\.zip cannot be read \(ENOENT\)/) as unknown,
    });
    const text = join(folder, 'text.zip');
    await writeFile(text, 'no zip');
    expect(await update(other.id, text)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/is no firmware package/) as unknown });
    const wrong = await run('jabra-agent', ['firmware', 'update', '--config', join(folder, 'agent.json')]);
    expect(wrong).toMatchObject({ code: 2, out: '' });
  });
});

test('what is cut off in the middle is said to be, and the next call begins anew', patience, async () => {
  const path = await file({ version: '4.0.0', bytes: 300_000 });
  const program = RunningProgram.ours('jabra-agent', args(other.id, path));
  await program.tells(/sending 20 %/);
  const ended = await program.stop('SIGINT');
  expect(ended).toMatchObject({ code: 1, out: '' });
  expect(ended.err).toMatch(/^calling it off\n(.*\n)*called off: the device runs what it ran\n$/m);
  expect(await versionOf(other)).toBe('1.0.2');
  const killed = RunningProgram.ours('jabra-agent', args(other.id, path));
  await killed.tells(/sending 20 %/);
  await killed.kill();
  expect(await update(other.id, path)).toMatchObject({ code: 0, out: 'updated from 1.0.2 to 4.0.0\n' });
});

test('a dongle is updated like anything else', patience, async () => {
  const path = await file({ version: '9.0.1', dfuProductIds: [dfuProductIds.link380] });
  expect(await update(dongle.id, path)).toMatchObject({ code: 0 });
  expect(await versionOf(dongle)).toBe('9.0.1');
});
