import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { acquireInstanceLock } from './instance-lock.ts';
import { openLevelStore } from './open-level-store.ts';

/**
 * What only other processes can show: death by SIGKILL, locks between processes, limits and rights of an account. They run the store as it is
 * in the source, compiled into a folder of their own.
 */
vi.setConfig({ testTimeout: 60_000 });

const agent = join(import.meta.dirname, '..', '..', '..');
const modules = join(agent, '..', 'node_modules');
let programs = '';

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'programs-'));
  const source = join(agent, 'src', 'adapters', 'store', 'index.ts');
  const options = [
    '--ignoreConfig',
    '--noCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--rewriteRelativeImportExtensions',
    '--types',
    'node',
  ];
  const compiler = join(modules, 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, ...options, '--rootDir', join(agent, 'src'), '--outDir', programs, source], { cwd: agent });
  await writeFile(join(programs, 'package.json'), '{"type":"module"}');
  await symlink(modules, join(programs, 'node_modules'), 'junction');
}, 60_000);

afterAll(() => rm(programs, { recursive: true, force: true }));

const PRELUDE = `
import { acquireInstanceLock, openLevelStore } from './adapters/store/index.js';
const [folder] = process.argv.slice(2);
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
`;

/** What the programs below tell. */
const Said = z.object({ key: z.string(), ok: z.boolean(), code: z.string(), line: z.string() }).partial();

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Starts a program with the folder as its argument; `shell` is what a shell does before it becomes that program. */
async function start(
  program: string,
  folder: string,
  shell: string | null = null,
): Promise<{ readonly child: Child; readonly lines: AsyncIterator<unknown> }> {
  const path = join(programs, `program-${Buffer.from(program).toString('base64url').slice(-40)}.mjs`);
  await writeFile(path, PRELUDE + program);
  const child: Child =
    shell === null
      ? spawn(process.execPath, [path, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
      : spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, path, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines: parsed(child.stdout) };
}

async function* parsed(stream: Readable): AsyncGenerator {
  for await (const line of createInterface({ input: stream })) yield JSON.parse(line);
}

async function next(lines: AsyncIterator<unknown>): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error('the program ended without a word');
  return value;
}

async function rest(lines: AsyncIterator<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) all.push(line.value);
  return all;
}

async function kill(child: Child): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function stateDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'state-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('a process that is killed while it writes', () => {
  const writer = `
    const store = await openLevelStore({ folder });
    const begun = [...(await store.load('left')).keys()].length;
    await Promise.all(['a', 'b', 'c'].map(async (name) => {
      for (let n = begun; ; n += 1) {
        const key = name + n;
        await store.commit([{ section: 'left', key, value: n }, { section: 'right', key, value: 'x'.repeat(n % 3 === 0 ? 9000 : 10) }, { section: 'last', key: name, value: n }]);
        say(key);
      }
    }));
  `;

  it('has lost nothing that was acknowledged, and left no half transaction', async () => {
    const folder = join(await stateDir(), 'store');
    const acknowledged = new Set<unknown>();
    for (let round = 0; round < 8; round += 1) {
      const { child, lines } = await start(writer, folder);
      for (let count = 0; count < 5 + round * 9; count += 1) acknowledged.add(await next(lines));
      child.kill('SIGKILL');
      for (const key of await rest(lines)) acknowledged.add(key);

      const store = await openLevelStore({ folder });
      const [left, right, last] = await Promise.all(['left', 'right', 'last'].map((section) => store.load(section)));
      await store.close();
      expect(store.damage).toEqual([]);
      expect([...acknowledged].filter((key) => left?.has(String(key)) !== true)).toEqual([]);
      expect([...(right?.keys() ?? [])]).toEqual([...(left?.keys() ?? [])]);
      for (const [name, n] of last ?? []) expect(left?.get(`${name}${JSON.stringify(n)}`)).toBe(n);
    }
  });
});

describe('the store', () => {
  it('that another process has open is refused as locked, and left alone although it looks damaged', async () => {
    const folder = join(await stateDir(), 'store');
    const { child, lines } = await start(
      `const store = await openLevelStore({ folder }); await store.commit([{ section: 's', key: 'k', value: 1 }]); say('open'); process.stdin.resume();`,
      folder,
    );
    expect(await next(lines)).toBe('open');
    await writeFile(join(folder, '999999.ldb'), 'garbage');
    await expect(openLevelStore({ folder })).rejects.toMatchObject({ name: 'StoreError', code: 'locked' });
    expect(await readdir(join(folder, '..'))).toEqual(['store', 'store.mark']);
    await rm(join(folder, '999999.ldb'));
    await kill(child);
    const store = await openLevelStore({ folder });
    expect(store.damage).toEqual([]);
    expect((await store.load('s')).get('k')).toBe(1);
    await store.close();
  });

  it.for([
    ['it', 0o777],
    ['it or the folder above', 0o755],
  ] as const)('in a folder without the right to write in %s is refused with what to do', async ([, above], { skip }) => {
    skip(process.platform === 'win32', 'Windows has no file modes');
    const parent = await stateDir();
    const folder = join(parent, 'store');
    await (await openLevelStore({ folder })).close();
    await chmod(folder, 0o555);
    await chmod(parent, above);
    await chmod(`${folder}.mark`, 0o666);
    // Nothing is forbidden to root, so the program first becomes nobody.
    const program = `
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
      await openLevelStore({ folder }).catch(({ code, message }) => say({ code, message }));
      await acquireInstanceLock(folder).catch(({ code, message }) => say({ code, message }));
    `;
    const { lines } = await start(program, folder);
    const refusals = await rest(lines);
    expect(refusals).toHaveLength(2);
    for (const refused of refusals) {
      expect(refused).toMatchObject({ code: 'not-writable' });
      expect(refused).toHaveProperty('message', expect.stringContaining(folder));
      expect(refused).toHaveProperty('message', expect.stringContaining('full access'));
    }
    await chmod(folder, 0o755);
    const store = await openLevelStore({ folder });
    expect(store.damage).toEqual([]);
    await store.close();
  });

  it.for([
    ['says which calls failed, and goes on when it can', 25_000, 8, true],
    ['refuses every call for as long as that lasts', 1_000, 150, false],
  ] as const)('that cannot write any more %s', async ([, size, calls, goesOn], { skip }) => {
    skip(process.platform === 'win32', 'Windows has no limit on the size of files');
    const folder = join(await stateDir(), 'store');
    const program = `
      const store = await openLevelStore({ folder, log: (line) => say({ line }) });
      for (let n = 0; n < ${calls}; n += 1) {
        const key = 'k' + n;
        const writes = [{ section: 's', key, value: 'x'.repeat(${size}) }, { section: 't', key, value: n }];
        await store.commit(writes).then(() => say({ key, ok: true }), (error) => say({ key, ok: false, code: error.code }));
      }
      process.kill(process.pid, 'SIGKILL');
    `;
    // No file may grow over 128 blocks of 512 bytes (of 1,024 in some shells); that ends a write in its middle, as a full disk does. After it
    // the log is turned into a table, which of few large records is below the limit too, of many small ones isn't.
    const { lines } = await start(program, folder, `trap '' XFSZ; ulimit -f 128`);
    const said = z.array(Said).parse(await rest(lines));
    const failed = said.filter(({ ok }) => ok === false);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.every(({ code }) => code === 'write-failed')).toBe(true);
    expect(said.filter(({ line }) => line !== undefined).length).toBeGreaterThan(0);
    const stored = said.filter(({ ok }) => ok === true).map(({ key }) => String(key));
    expect(stored.at(-1) === `k${calls - 1}`).toBe(goesOn);

    const store = await openLevelStore({ folder });
    expect(store.damage).toEqual([]);
    expect([...(await store.load('s')).keys()]).toEqual(stored.toSorted());
    expect([...(await store.load('t')).keys()]).toEqual(stored.toSorted());
    await store.close();
  });
});

describe('the instance lock', () => {
  const holder = `
    const lock = await acquireInstanceLock(folder);
    say({ pid: process.pid, ok: lock.ok, heldBy: lock.heldBy?.pid });
    process.stdin.on('data', async () => { await lock.release(); say('released'); });
  `;

  it('held by another process is refused at once, with its pid', async () => {
    const folder = await stateDir();
    const { child, lines } = await start(holder, folder);
    expect(await next(lines)).toMatchObject({ ok: true });
    expect(await acquireInstanceLock(folder)).toMatchObject({ ok: false, heldBy: { pid: child.pid } });
    child.stdin.write('release');
    expect(await next(lines)).toBe('released');
    const own = await acquireInstanceLock(folder);
    expect(own.ok).toBe(true);
    if (own.ok) await own.release();
  });

  it('of a process that was killed is free at once, twenty times in a row', async () => {
    const folder = await stateDir();
    for (let time = 0; time < 20; time += 1) {
      const { child, lines } = await start(holder, folder);
      expect(await next(lines)).toMatchObject({ ok: true });
      await kill(child);
    }
    const own = await acquireInstanceLock(folder);
    expect(own.ok).toBe(true);
    if (own.ok) await own.release();
  });

  it('is held by one of several processes that start at the same time on what a killed one left, damaged', async () => {
    const folder = await stateDir();
    for (let time = 0; time < 3; time += 1) {
      await mkdir(join(folder, 'lock'), { recursive: true });
      await writeFile(join(folder, 'lock', 'CURRENT'), 'garbage');
      const started = await Promise.all([1, 2, 3].map(() => start(holder, folder)));
      const answers = await Promise.all(started.map(({ lines }) => next(lines)));
      expect(answers.filter((answer) => Said.parse(answer).ok === true)).toHaveLength(1);
      await Promise.all(started.map(({ child }) => kill(child)));
    }
  });

  it('stays with its holder when another attempt in the same process was refused', async () => {
    const folder = await stateDir();
    const program = `
      const results = await Promise.all([acquireInstanceLock(folder), acquireInstanceLock(folder), acquireInstanceLock(folder)]);
      results.push(await acquireInstanceLock(folder));
      say(results.map(({ ok }) => ok).filter(Boolean).length);
      process.stdin.resume();
    `;
    const { lines } = await start(program, folder);
    expect(await next(lines)).toBe(1);
    expect((await acquireInstanceLock(folder)).ok).toBe(false);
  });
});
