import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireInstanceLock, type InstanceLockResult } from './instance-lock.ts';

const NOW = Date.UTC(2026, 10, 22);

async function stateDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function acquired(folder: string): Promise<InstanceLockResult & { readonly ok: true }> {
  const result = await acquireInstanceLock(folder, () => NOW);
  if (!result.ok) throw new Error('the lock is held');
  return result;
}

describe('the instance lock', () => {
  it.skipIf(process.platform === 'win32')('makes a state folder that other accounts cannot look into', async () => {
    const folder = join(await stateDir(), 'state');
    await (await acquired(folder)).release();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('is refused while it is held, with who holds it, and free again after its release', async () => {
    const folder = await stateDir();
    const first = await acquired(folder);
    expect(await acquireInstanceLock(folder)).toEqual({ ok: false, heldBy: { pid: process.pid, since: '2026-11-22T00:00:00.000Z' } });
    await Promise.all([first.release(), first.release()]);
    const second = await acquired(folder);
    await first.release();
    expect((await acquireInstanceLock(folder)).ok).toBe(false);
    await second.release();
  });

  it('is given to one of several who ask at the same time', async () => {
    const folder = await stateDir();
    const results = await Promise.all([1, 2, 3, 4].map(() => acquireInstanceLock(folder)));
    const held = results.filter((result) => result.ok);
    expect(held).toHaveLength(1);
    for (const result of held) if (result.ok) await result.release();
  });

  it('makes the state folder where there is none', async () => {
    const folder = join(await stateDir(), 'a', 'b');
    await (await acquired(folder)).release();
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('is not hindered by what is in its folder, be it damaged or another process’s', async () => {
    const folder = await stateDir();
    await (await acquired(folder)).release();
    for (const name of await readdir(join(folder, 'lock'))) {
      if (name !== 'LOCK') await writeFile(join(folder, 'lock', name), 'garbage');
    }
    await writeFile(join(folder, 'lock', 'claim-of-a-killed-process'), '');
    await writeFile(join(folder, 'lock', 'holder.json'), '{"pid":1,"since":"2020"}');
    const lock = await acquired(folder);
    expect(JSON.parse(await readFile(join(folder, 'lock', 'holder.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(join(folder, 'lock'))).not.toContain('claim-of-a-killed-process');
    await lock.release();
  });

  it('below a file is an error that names the folder', async () => {
    const parent = await stateDir();
    await writeFile(join(parent, 'file'), '');
    const error = await acquireInstanceLock(join(parent, 'file', 'state')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StoreError', code: 'unusable' });
    expect(String(error)).toContain(join(parent, 'file', 'state'));
  });
});
