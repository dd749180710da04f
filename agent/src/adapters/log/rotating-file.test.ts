import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { RotatingFile } from './rotating-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jabra-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

function setUp(options: { readonly folder?: string; readonly maxFileBytes?: number; readonly maxFiles?: number } = {}) {
  const time = { now: 0 };
  const troubles: unknown[] = [];
  const recoveries: number[] = [];
  const file = new RotatingFile({
    folder,
    fileName: 'a.log',
    maxFileBytes: 1000,
    maxFiles: 3,
    clock: { monotonic: () => time.now },
    onTrouble: (error) => troubles.push(error),
    onRecovery: (lost) => recoveries.push(lost),
    ...options,
  });
  return { file, time, troubles, recoveries };
}

const read = (name: string) => readFile(join(folder, name), 'utf8');
const line = (index: number) => `line ${String(index).padStart(4, '0')}\n`;

test('lines come in their order, in a folder that is made', async () => {
  const { file } = setUp({ folder: join(folder, 'deep', 'er') });
  file.append('a\n');
  file.append('b\n');
  await file.flush();
  file.append('c\n');
  await file.flush();
  expect(await read('deep/er/a.log')).toBe('a\nb\nc\n');
});

test('the files together stay below their bound, the newest lines are kept and none is cut', async () => {
  const { file } = setUp();
  for (let index = 0; index < 2000; index++) {
    file.append(line(index));
    if (index % 37 === 0) await file.flush();
  }
  await file.flush();
  expect((await readdir(folder)).toSorted()).toEqual(['a.1.log', 'a.2.log', 'a.log']);
  const texts = await Promise.all(['a.2.log', 'a.1.log', 'a.log'].map(read));
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(1000);
  const kept = texts.join('').trimEnd().split('\n');
  expect(kept.length).toBeGreaterThan(150);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => line(2000 - kept.length + index).trimEnd()));
});

test('what an earlier run wrote counts', async () => {
  await writeFile(join(folder, 'a.log'), `${'x'.repeat(995)}\n`);
  const { file } = setUp();
  file.append(line(1));
  await file.flush();
  expect(await read('a.log')).toBe(line(1));
  expect(await read('a.1.log')).toHaveLength(996);
});

test('a line that was cut short by a power cut gets its end', async () => {
  await writeFile(join(folder, 'a.log'), '{"time":"20');
  const { file } = setUp();
  file.append(line(1));
  await file.flush();
  expect(await read('a.log')).toBe(`{"time":"20\n${line(1)}`);
});

test('with a single file it begins anew', async () => {
  const { file } = setUp({ maxFiles: 1 });
  for (let index = 0; index < 300; index++) file.append(line(index));
  await file.flush();
  expect(await readdir(folder)).toEqual(['a.log']);
  expect((await stat(join(folder, 'a.log'))).size).toBeLessThanOrEqual(1000);
  expect(await read('a.log')).toMatch(/line 0299\n$/);
});

test('a file that cannot be renamed is emptied rather than left to grow', async () => {
  await mkdir(join(folder, 'a.1.log', 'in-the-way'), { recursive: true });
  await mkdir(join(folder, 'a.2.log', 'in-the-way'), { recursive: true });
  const { file, troubles } = setUp();
  for (let index = 0; index < 300; index++) file.append(line(index));
  await file.flush();
  expect((await stat(join(folder, 'a.log'))).size).toBeLessThanOrEqual(1000);
  expect(await read('a.log')).toMatch(/line 0299\n$/);
  expect(troubles).toEqual([]);
});

test('a file that was renamed or deleted by someone else is made again', async () => {
  const { file } = setUp();
  file.append(line(1));
  await file.flush();
  await rename(join(folder, 'a.log'), join(folder, 'moved.log'));
  file.append(line(2));
  await file.flush();
  await rm(join(folder, 'a.log'));
  file.append(line(3));
  await file.flush();
  expect([await read('moved.log'), await read('a.log')]).toEqual([line(1), line(3)]);
});

test('a folder that cannot be made is trouble once, and each line counts as lost', async () => {
  await writeFile(join(folder, 'file'), '');
  const { file, time, troubles, recoveries } = setUp({ folder: join(folder, 'file', 'logs') });
  for (let index = 0; index < 10; index++) {
    file.append(line(index));
    await file.flush();
    time.now += 20_000;
  }
  expect(troubles).toMatchObject([{ code: 'ENOTDIR' }]);
  await rm(join(folder, 'file'));
  time.now += 30_000;
  file.append(line(10));
  await file.flush();
  expect(recoveries).toEqual([10]);
  expect(await read('file/logs/a.log')).toBe(line(10));
});

test('nothing is tried in the 30 seconds after a failure', async () => {
  await writeFile(join(folder, 'logs'), '');
  const { file, time } = setUp({ folder: join(folder, 'logs') });
  file.append(line(1));
  await file.flush();
  await rm(join(folder, 'logs'));
  time.now = 29_999;
  file.append(line(2));
  await file.flush();
  await expect(stat(join(folder, 'logs'))).rejects.toThrow('ENOENT');
  time.now = 30_000;
  file.append(line(3));
  await file.flush();
  expect(await read('logs/a.log')).toBe(line(3));
});

test('a full disk loses lines and nothing else, and what follows is written', async ({ skip }) => {
  skip(process.platform !== 'linux', 'needs the device /dev/full of Linux');
  await symlink('/dev/full', join(folder, 'a.log'));
  const { file, time, troubles, recoveries } = setUp();
  for (let index = 0; index < 500; index++) file.append(line(index));
  await file.flush();
  expect(troubles).toMatchObject([{ code: 'ENOSPC' }]);
  await rm(join(folder, 'a.log'));
  time.now = 30_000;
  file.append(line(500));
  await file.flush();
  expect(recoveries).toEqual([500]);
  expect(await read('a.log')).toBe(line(500));
});

test('lines that come faster than the disk takes them are dropped and counted', async () => {
  const { file, recoveries } = setUp({ maxFileBytes: 10_000_000 });
  const long = `${'x'.repeat(9999)}\n`;
  for (let index = 0; index < 500; index++) file.append(long);
  await file.flush();
  expect(recoveries).toEqual([300]);
  expect(await read('a.log')).toHaveLength(2_000_000);
});
