import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deviceSchema } from '@jpd/agent/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mosquittoTools } from '../lab/mosquitto-tools.ts';
import { type Ended, RunningProgram } from '../lab/processes.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const deviceId = '24da-70bf92000001';
/** It builds what changed, and makes a database from nothing. */
const startMs = 120_000;
const stepMs = 30_000;

const devicesSchema = z.object({ devices: z.array(z.object({ document: deviceSchema })) });

/** Every process that descends from this one. */
function descendants(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const children = processes.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Not a zombie either, which is dead and only waits for its parent to notice. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

describe('npm start', () => {
  // Of its own: neither the run folder of a developer's npm start nor a cache of npm is touched.
  const folder = mkdtempSync(join(tmpdir(), 'js-'));
  const surroundings = { cwd: root, env: { TMPDIR: folder, HOME: folder } };
  const begin = (): RunningProgram => RunningProgram.start(process.execPath, ['test-rigs/tools/start.mjs'], surroundings);
  const runFolders = (): string[] => readdirSync(folder).filter((name) => name.startsWith('jabra-start-'));
  let start: RunningProgram;
  beforeAll(async () => {
    start = begin();
    await start.prints(new RegExp(`^${deviceId} .*80 %.*usb`, 'm'), startMs);
  }, startMs);
  afterAll(async () => {
    await start.stop('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the line that it printed, as a person who copies it into a second terminal. */
  async function copied(beginning: string, rest = ''): Promise<Ended> {
    const line = start.out.split('\n').find((text) => text.trim().startsWith(beginning));
    expect(line).toBeDefined();
    const ended = await RunningProgram.start('/bin/sh', ['-c', `${line?.replace(/ {2,}#.*$/, '')} ${rest}`], surroundings).ended;
    expect(ended).toMatchObject({ code: 0 });
    return ended;
  }
  const headset = async () => {
    const { out } = await copied('npx --no-install jabra-platform devices');
    const { devices } = devicesSchema.parse(JSON.parse(out));
    return devices.find(({ document }) => document.deviceId === deviceId)?.document;
  };

  it('shows every device, with its serial, firmware and user', async () => {
    await start.prints(/^24c7-50c275000001 .*1\.16\.0/m, stepMs);
    await start.prints(/^24b3-70bf92000002 .*2\.8\.5 .*dongle/m, stepMs);
    expect(await start.prints(/^24ef-30a1b2000003 +Jabra Speak2 75 +30A1B2000003 +2\.54\.0 .*80 %/m, stepMs)).toBeDefined();
  });

  it('is the only one in a checkout', { timeout: stepMs }, async () => {
    const second = await begin().ended;
    expect({ code: second.code, out: second.out }).toEqual({ code: 1, out: '' });
    expect(second.err).toMatch(/npm start runs already in this checkout.*Ctrl-C/);
    expect(start.end).toBeNull();
    expect(await headset()).toMatchObject({ connection: { status: 'connected' } });
  });

  it('does the main job by the commands that it prints', { timeout: 3 * stepMs }, async () => {
    await copied('npx --no-install jabra-platform publish');
    await start.prints(new RegExp(`^${deviceId} .*pending-login`, 'm'), stepMs);
    expect((await copied('npm run login')).out).toContain('logged in again: login session login-2');
    await start.prints(new RegExp(`^${deviceId} .*in-sync, sidetoneLevel=-6 locked`, 'm'), stepMs);
    await copied('npx --no-install jabra-virtual set');
    const enforced = await eventually('the lock put back', async () => {
      const document = await headset();
      return document?.settings.values['sidetoneLevel'] === -6 && document;
    });
    expect(enforced.settings).toMatchObject({ state: 'in-sync', locked: ['sidetoneLevel'] });
  });

  it('shows what is unplugged and plugged', { timeout: 3 * stepMs }, async () => {
    await copied('npx --no-install jabra-virtual unplug');
    await start.prints(new RegExp(`^${deviceId} .*disconnected`, 'm'), stepMs);
    await copied('npx --no-install jabra-virtual plug');
    const back = () => /disconnected[\s\S]*\n24da-70bf92000001 .*usb/.test(start.out);
    expect(await eventually('it is there again', back, stepMs)).toBe(true);
  });

  describeWith(mosquittoTools, 'and mosquitto_sub', () => {
    it('let somebody else read along', async () => {
      const { out } = await copied('mosquitto_sub', '-C 1 -W 10');
      expect(out).toMatch(/^jabra\/v1\/acme\//);
    });
  });

  it('ends everything at Ctrl-C, and leaves nothing behind', { timeout: stepMs }, async () => {
    const programs = descendants(start.pid);
    expect(programs.length).toBeGreaterThanOrEqual(3);
    expect(runFolders()).toHaveLength(1);
    expect(await start.stop('SIGINT')).toMatchObject({ code: 0, signal: null });
    expect(programs.filter(isAlive)).toEqual([]);
    expect(runFolders()).toEqual([]);
  });

  it('can be ended before anything is ready, and leaves nothing behind then either', { timeout: 2 * stepMs }, async () => {
    const early = begin();
    await eventually('a program was started', () => runFolders().some((name) => existsSync(join(folder, name, 'jabra-platform.log'))), stepMs);
    const programs = descendants(early.pid);
    expect(programs).toHaveLength(1);
    expect(await early.stop('SIGINT')).toMatchObject({ code: 0, signal: null, err: expect.not.stringContaining('jabra-platform') });
    expect(programs.filter(isAlive)).toEqual([]);
    expect(runFolders()).toEqual([]);
  });
});
