import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWaitingRoom } from './waiting-room.ts';

const folders: string[] = [];

async function stateDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jl-waiting-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('the waiting room', () => {
  it('is empty where nobody was ever in it, and says nothing of who asks', async () => {
    const room = openWaitingRoom(await stateDir());
    expect(await room.isSomebodyWaiting()).toBe(false);
    await room.enter();
    expect(await room.isSomebodyWaiting()).toBe(false);
    await room.leave();
    await room.leave();
  });

  it('tells others of who waits, until that is over', async () => {
    const folder = await stateDir();
    const [anna, bo] = [openWaitingRoom(folder), openWaitingRoom(folder)];
    await bo.enter();
    await bo.enter();
    expect(await anna.isSomebodyWaiting()).toBe(true);
    await bo.leave();
    expect(await anna.isSomebodyWaiting()).toBe(false);
  });

  it('forgets who was killed, and takes them off the disk', async () => {
    const folder = await stateDir();
    let time = Date.now();
    const [anna, bo] = [openWaitingRoom(folder, () => time), openWaitingRoom(folder, () => time)];
    await bo.enter();
    time += 89_000;
    expect(await anna.isSomebodyWaiting()).toBe(true);
    time += 2000;
    expect(await anna.isSomebodyWaiting()).toBe(false);
    expect(await readdir(join(folder, 'waiting'))).toEqual([]);
    await bo.enter();
    expect(await anna.isSomebodyWaiting()).toBe(true);
  });

  it('says that somebody came', async () => {
    const folder = await stateDir();
    const [anna, bo] = [openWaitingRoom(folder), openWaitingRoom(folder)];
    const told: string[] = [];
    // The folder is watched as soon as it is there; what came before that is seen at the next look.
    const end = anna.onChange(() => {
      told.push('news');
    });
    while (told.length === 0) {
      await bo.leave();
      await bo.enter();
    }
    end();
    expect(await anna.isSomebodyWaiting()).toBe(true);
  });

  it('hurts nobody where the folder cannot be used', async () => {
    const folder = await stateDir();
    await writeFile(join(folder, 'waiting'), 'a file');
    const room = openWaitingRoom(folder);
    const end = room.onChange(() => undefined);
    await room.enter();
    expect(await room.isSomebodyWaiting()).toBe(false);
    await room.leave();
    end();
  });
});
