import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VirtualDisplay } from '../lab/electron/virtual-display.ts';
import { RunningProgram } from '../lab/processes.ts';
import { projectFile } from '../lab/project-file.ts';
import { describeWith } from '../lab/requirements.ts';
import { eventually } from '../lab/waiting.ts';
import { electronOnScreen, endAll, homeFolder, isAlive } from './tray-app.ts';

/** It builds what changed, and makes a database from nothing. */
const startMs = 120_000;

/** Every process that descends from this one, with its words. */
function descendants(pid: number): { readonly pid: number; readonly words: string }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const all = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line)).flatMap((found) => (found ? [found] : []));
  const below = (parent: number): { readonly pid: number; readonly words: string }[] =>
    all.filter(([, , of]) => Number(of) === parent).flatMap(([, own, , words]) => [{ pid: Number(own), words: words ?? '' }, ...below(Number(own))]);
  return below(pid);
}

describeWith(electronOnScreen, 'npm start, where there is a display', () => {
  const home = homeFolder();
  let display: VirtualDisplay;
  let start: RunningProgram;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
    start = RunningProgram.start(process.execPath, ['test-rigs/tools/start.mjs'], {
      cwd: projectFile(''),
      env: { TMPDIR: home.path, HOME: home.path, DISPLAY: display.name },
    });
  });
  afterAll(() =>
    endAll(
      async () => void (await start?.stop('SIGINT')),
      () => display?.stop(),
      home.remove,
    ),
  );

  it('opens the window of the tray app, whose agent serves the platform', { timeout: 2 * startMs }, async () => {
    await start.prints(/^the tray app opens its window/m, startMs);
    await start.prints(/^24da-70bf92000001 .*80 %.*usb/m, startMs);
    expect(await eventually('there is a window', () => descendants(start.pid).some(({ words }) => words.includes('--type=renderer')))).toBe(true);
  });

  it('begins another login session with another one', { timeout: startMs }, async () => {
    const before = descendants(start.pid).find(({ words }) => words.includes('--login-session=login-1'));
    const login = await RunningProgram.start(process.execPath, ['test-rigs/tools/login.mjs'], {
      cwd: projectFile(''),
      env: { TMPDIR: home.path, HOME: home.path },
    }).ended;
    expect(login.out).toContain('login session login-2');
    expect(before && isAlive(before.pid)).toBe(false);
    await eventually('there is a window', () => descendants(start.pid).some(({ words }) => words.includes('--type=renderer')));
    expect(descendants(start.pid).some(({ words }) => words.includes('--login-session=login-2'))).toBe(true);
  });

  it('ends everything at Ctrl-C, and leaves nothing behind', { timeout: startMs }, async () => {
    const programs = descendants(start.pid);
    expect(await start.stop('SIGINT')).toMatchObject({ code: 0, signal: null });
    // Chromium's helpers end when they see that the one they help is gone.
    await eventually('all of them are gone', () => programs.every(({ pid }) => !isAlive(pid)));
    expect(readdirSync(home.path).filter((name) => name.startsWith('jabra-start-'))).toEqual([]);
  });
});
