import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireInstanceLock, examineInstanceLock, examineState, openLevelStore } from './index.ts';

let stateDir = '';
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'jpd-examine-'));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

/** Every file with its bytes: what must be the same before and after. */
async function snapshot(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'hex')] as const)));
}

async function keep(): Promise<void> {
  const store = await openLevelStore({ folder: join(stateDir, 'store') });
  await store.commit([
    { section: 'devices', key: 'a', value: { level: 3 } },
    { section: 'devices', key: 'b', value: 1 },
    { section: 'identity', key: 'identity', value: 'x' },
  ]);
  await store.commit([{ section: 'devices', key: 'b', value: undefined }]);
  await store.close();
}

describe('the state, examined', () => {
  it('is what was kept, and is not changed by it', async () => {
    await keep();
    const before = await snapshot();
    const { store, counts, problem, lostRecords } = await examineState(stateDir);
    expect([...(await store.load('devices'))]).toEqual([['a', { level: 3 }]]);
    expect([...counts]).toEqual(
      expect.arrayContaining([
        ['devices', 1],
        ['identity', 1],
      ]),
    );
    expect({ problem, lostRecords }).toEqual({ problem: null, lostRecords: 0 });
    await store.commit([{ section: 'devices', key: 'c', value: 1 }]);
    expect(await snapshot()).toEqual(before);
  });

  it('that was never made is empty, and still not made', async () => {
    expect(await examineState(stateDir)).toMatchObject({ problem: null, lostRecords: 0, counts: new Map() });
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('that is damaged is told with what can be read, and left as it is', async () => {
    await keep();
    const log = (await readdir(join(stateDir, 'store'))).find((name) => name.endsWith('.log')) ?? '';
    const path = join(stateDir, 'store', log);
    const bytes = await readFile(path);
    bytes[20] = (bytes[20] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    const before = await snapshot();
    expect((await examineState(stateDir)).problem).toMatch(/\S/);
    expect(await snapshot()).toEqual(before);
  });

  it('whose files are gone is damaged', async () => {
    await keep();
    await rm(join(stateDir, 'store'), { recursive: true });
    expect((await examineState(stateDir)).problem).toContain('gone');
    expect(await readdir(stateDir)).toEqual(['store.mark']);
  });

  it('can be read while it is in use', async () => {
    const store = await openLevelStore({ folder: join(stateDir, 'store') });
    await store.commit([{ section: 'devices', key: 'a', value: 1 }]);
    expect([...(await examineState(stateDir)).counts]).toEqual([['devices', 1]]);
    await store.commit([{ section: 'devices', key: 'b', value: 1 }]);
    await store.close();
  });
});

describe('the lock, examined', () => {
  it('is free where no agent ever was, and nothing is made', async () => {
    expect(await examineInstanceLock(stateDir)).toEqual({ held: false });
    expect(await readdir(stateDir)).toEqual([]);
  });

  it('names this process while it holds it, and does not let go of it', async () => {
    const lock = await acquireInstanceLock(stateDir);
    if (!lock.ok) throw new Error('the lock is held');
    const before = await snapshot();
    expect(await examineInstanceLock(stateDir)).toMatchObject({ held: true, by: { pid: process.pid } });
    expect(await snapshot()).toEqual(before);
    expect(await acquireInstanceLock(stateDir)).toMatchObject({ ok: false });
    await lock.release();
  });

  it('is free after its holder let go, or was killed, and stays as it was', async () => {
    const lock = await acquireInstanceLock(stateDir);
    if (!lock.ok) throw new Error('the lock is held');
    // What a killed process leaves: all files, and no lock on them.
    const killed = `${stateDir}-killed`;
    await cp(stateDir, killed, { recursive: true });
    await lock.release();
    expect(await examineInstanceLock(stateDir)).toEqual({ held: false });
    await rm(stateDir, { recursive: true });
    await cp(killed, stateDir, { recursive: true });
    await rm(killed, { recursive: true });
    for (const name of await readdir(join(stateDir, 'lock'))) if (name.startsWith('claim-')) await rm(join(stateDir, 'lock', name));
    const before = await snapshot();
    expect(await examineInstanceLock(stateDir)).toEqual({ held: false });
    expect(await snapshot()).toEqual(before);
  });

  it('that cannot be looked at is an error, not a free lock', async () => {
    await mkdir(join(stateDir, 'lock', 'LOCK'), { recursive: true });
    await expect(examineInstanceLock(stateDir)).resolves.toEqual({ held: false });
    await rm(join(stateDir, 'lock'), { recursive: true });
    await writeFile(join(stateDir, 'lock'), '');
    await expect(examineInstanceLock(stateDir)).rejects.toMatchObject({ name: 'StoreError' });
  });
});
