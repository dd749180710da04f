import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertNew, examineFolder, installedVersions, listFolder, readLogs, writeZip } from './index.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jpd-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a folder', () => {
  it('that exists is examined without leaving anything in it', async () => {
    expect(await examineFolder(folder)).toMatchObject({ kind: 'folder', obstacle: null, freeBytes: expect.any(Number) as unknown });
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('in which everyone may write says so', async () => {
    expect(await examineFolder(folder)).toMatchObject({ openToAll: false });
    for (const mode of [0o777, 0o1777]) {
      await chmod(folder, mode);
      expect(await examineFolder(folder)).toMatchObject({ openToAll: true });
    }
  });

  it('that is missing is judged by the nearest one that exists, and not made', async () => {
    expect(await examineFolder(join(folder, 'a', 'b'))).toMatchObject({ kind: 'missing', obstacle: null });
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is a file, or lies below one, is none', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await examineFolder(join(folder, 'file'))).toMatchObject({ kind: 'other' });
    expect(await examineFolder(join(folder, 'file', 'below'))).toMatchObject({ kind: 'other' });
  });

  it('in which nobody can write says so by the code of the system', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux has /proc');
    expect(await examineFolder('/proc/self')).toMatchObject({ kind: 'folder', obstacle: expect.stringMatching(/^E[A-Z]+$/) as unknown });
  });

  it('is listed by name, with kind and size', async () => {
    await writeFile(join(folder, 'b.log'), '12345');
    await mkdir(join(folder, 'a'));
    expect(await listFolder(folder)).toMatchObject([
      { name: 'a', kind: 'folder' },
      { name: 'b.log', kind: 'file', bytes: 5 },
    ]);
    expect(await listFolder(join(folder, 'missing'))).toEqual([]);
  });
});

describe('logs', () => {
  it('are read from files only: a link could lead anywhere', async () => {
    await writeFile(join(folder, 'secret'), 'not for others');
    await symlink(join(folder, 'secret'), join(folder, 'linked.log'));
    await mkdir(join(folder, 'folder.log'));
    await writeFile(join(folder, 'agent.log'), 'a line\n');
    await writeFile(join(folder, 'agent.txt'), 'no log\n');
    expect(await readLogs(folder)).toEqual({ logs: [{ name: 'agent.log', text: 'a line\n' }], notes: [] });
  });

  it('that are missing are noted', async () => {
    const missing = join(folder, 'missing');
    expect(await readLogs(missing)).toEqual({ logs: [], notes: [`there are no logs in ${missing}`] });
  });

  it('that are too long are cut at the beginning of a line', async () => {
    const line = `${'x'.repeat(99)}\n`;
    await writeFile(join(folder, 'agent.log'), line.repeat(60_000));
    const { logs, notes } = await readLogs(folder);
    expect(logs[0]?.text.length).toBeLessThanOrEqual(5_000_000);
    expect(logs[0]?.text.startsWith('x'.repeat(99))).toBe(true);
    expect(notes).toEqual(['of the log agent.log only the last 5 MB are there']);
  });

  it('that are too many leave the oldest out', async () => {
    for (let index = 0; index < 12; index += 1) await writeFile(join(folder, `agent.${index}.log`), `${index}\n`);
    const { logs, notes } = await readLogs(folder);
    expect(logs).toHaveLength(10);
    expect(notes).toEqual(['the 2 oldest logs of 12 are left out']);
  });

  it('in UTF-16, as PowerShell redirects them, are read as what they say', async () => {
    const text = 'WARN link: føj, tok-1\n';
    await writeFile(join(folder, 'little.log'), `\uFEFF${text}`, 'utf16le');
    await writeFile(join(folder, 'big.log'), Buffer.from(`\uFEFF${text}`, 'utf16le').swap16());
    // The rest of one that was cut within a character.
    await writeFile(join(folder, 'rest.log'), Buffer.from(text, 'utf16le').subarray(1));
    const texts = new Map((await readLogs(folder)).logs.map((log) => [log.name, log.text]));
    expect(texts.get('little.log')).toBe(text);
    expect(texts.get('big.log')).toBe(text);
    expect(texts.get('rest.log')).toBe(text.slice(1));
  });
});

describe('a zip', () => {
  it('holds the texts, is readable by this account only, and leaves no temporary file', async () => {
    const path = join(folder, 'd.zip');
    const { bytes } = await writeZip(
      path,
      new Map([
        ['README.txt', 'hej\n'],
        ['logs/æ.log', 'ø'],
      ]),
    );
    const files = unzipSync(await readFile(path));
    expect(Object.entries(files).map(([name, data]) => [name, strFromU8(data)])).toEqual([
      ['README.txt', 'hej\n'],
      ['logs/æ.log', 'ø'],
    ]);
    expect((await stat(path)).size).toBe(bytes);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['d.zip']);
  });

  it('replaces a file whole, with its own permissions', async () => {
    const path = join(folder, 'd.zip');
    await writeFile(path, 'old', { mode: 0o666 });
    await writeZip(path, new Map([['a', 'new']]));
    expect(Object.keys(unzipSync(await readFile(path)))).toEqual(['a']);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is refused before any work where it cannot or must not be written', async () => {
    const path = join(folder, 'd.zip');
    await assertNew(path, { replace: false });
    await writeFile(path, 'old');
    await assertNew(path, { replace: true });
    await expect(assertNew(path, { replace: false })).rejects.toMatchObject({ code: 'exists' });
    await expect(assertNew(folder, { replace: true })).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(assertNew(join(folder, 'no', 'd.zip'), { replace: true })).rejects.toMatchObject({ code: 'no-folder' });
    await expect(assertNew(join(path, 'd.zip'), { replace: true })).rejects.toMatchObject({ code: 'no-folder' });
  });

  it('that cannot be written leaves nothing behind', async () => {
    await mkdir(join(folder, 'd.zip'));
    await expect(writeZip(join(folder, 'd.zip'), new Map([['a', 'b']]))).rejects.toMatchObject({ code: 'not-written' });
    expect(await readdir(folder)).toEqual(['d.zip']);
  });
});

describe('installed versions', () => {
  it('are those found from the folder upwards, null for what is missing', async () => {
    const at = async (path: string, manifest: object): Promise<void> => {
      await mkdir(join(folder, path), { recursive: true });
      await writeFile(join(folder, path, 'package.json'), JSON.stringify(manifest));
    };
    await at('app', { dependencies: { near: '^1', far: '*' }, optionalDependencies: { native: '1' } });
    await at('app/node_modules/near', { version: '1.2.3' });
    await at('node_modules/near', { version: '9.9.9' });
    await at('node_modules/far', { version: '4.5.6' });
    expect(await installedVersions(join(folder, 'app'))).toEqual({ far: '4.5.6', native: null, near: '1.2.3' });
    expect(await installedVersions(join(folder, 'nowhere'))).toEqual({});
  });
});
