import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Json, Store } from '../../ports/store.ts';
import { openLevelStore } from './open-level-store.ts';

const NOW = Date.UTC(2026, 10, 22, 3, 4, 5, 678);
const RECORDS = 20;

/** A state folder of our own, with the store's folder in it. */
class State {
  readonly parent: string;
  readonly folder: string;
  readonly lines: string[] = [];

  constructor(parent: string) {
    this.parent = parent;
    this.folder = join(parent, 'store');
  }

  static async make(): Promise<State> {
    const parent = await mkdtemp(join(tmpdir(), 'damage-'));
    onTestFinished(() => rm(parent, { recursive: true, force: true }));
    return new State(parent);
  }

  open(): Promise<Store> {
    return openLevelStore({ folder: this.folder, now: () => NOW, log: (line) => this.lines.push(line) });
  }

  /** The path of the only file of the folder with such a name and not empty. */
  async file(name: RegExp): Promise<string> {
    const found: string[] = [];
    for (const entry of await readdir(this.folder)) {
      const path = join(this.folder, entry);
      if (name.test(entry) && (await stat(path)).size > 0) found.push(path);
    }
    const [path] = found;
    if (path === undefined || found.length > 1) throw new Error(`${found.length} files are named like ${String(name)}`);
    return path;
  }

  async setAside(): Promise<string[]> {
    return (await readdir(this.parent)).filter((name) => name.includes('.damaged-'));
  }
}

async function fill(state: State, from = 0): Promise<void> {
  const store = await state.open();
  for (let n = from; n < from + RECORDS; n += 1) await store.commit([{ section: 's', key: keyOf(n), value: { n, text: `record number ${n}` } }]);
  await store.close();
}

/** 20 records, each a transaction of its own, all of them in the log. */
async function filledLog(): Promise<State> {
  const state = await State.make();
  await fill(state);
  return state;
}

/** The same in a table: opening turns the log into one. */
async function filledTable(): Promise<State> {
  const state = await filledLog();
  await (await state.open()).close();
  return state;
}

const keyOf = (n: number): string => `k${String(n).padStart(2, '0')}`;
const keysOf = async (store: Store): Promise<string[]> => [...(await store.load('s')).keys()];
const allKeys = Array.from({ length: RECORDS }, (_, n) => keyOf(n));

async function flip(path: string, at: number, mask = 0xff): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  await writeFile(path, bytes);
}

async function positionOf(path: string, text: string): Promise<number> {
  const at = (await readFile(path)).indexOf(text);
  expect(at).toBeGreaterThan(0);
  return at;
}

/** Where the entries of a MANIFEST end; it is a log: checksum u32, length u16, type u8, payload. */
function entryEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at + 7 <= bytes.length; ends.push(at)) at += 7 + bytes.readUInt16LE(at + 4);
  return ends;
}

/** The store works, and is whole at the next opening. */
async function expectHealthy(state: State, store: Store, keys: readonly string[]): Promise<void> {
  expect(await keysOf(store)).toEqual(keys);
  await store.commit([{ section: 'after', key: 'k', value: 1 }]);
  await store.close();
  const again = await state.open();
  expect(again.damage).toEqual([]);
  expect(await keysOf(again)).toEqual(keys);
  expect((await again.load('after')).get('k')).toBe(1);
  await again.close();
}

describe('a log', () => {
  it('that ends in the middle of a transaction that was never acknowledged is not damage', async () => {
    const state = await filledLog();
    const log = await state.file(/\.log$/);
    // What a crash leaves of a write: the beginning of a record, here a copy of the first one.
    const bytes = await readFile(log);
    await writeFile(log, Buffer.concat([bytes, bytes.subarray(0, 40)]));
    const store = await state.open();
    expect(store.damage).toEqual([]);
    await expectHealthy(state, store, allKeys);
    expect(await state.setAside()).toEqual([]);
  });

  it('that ends in zeros, as file systems leave it after a power cut, is not damage', async () => {
    const state = await filledLog();
    const log = await state.file(/\.log$/);
    await truncate(log, (await stat(log)).size + 5_000);
    const store = await state.open();
    expect(store.damage).toEqual([]);
    await expectHealthy(state, store, allKeys);
  });

  it('whose end with acknowledged transactions is cut off is reported, and keeps the rest', async () => {
    const state = await filledLog();
    const log = await state.file(/\.log$/);
    await truncate(log, await positionOf(log, 'record number 18'));
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: null, setAside: `${state.folder}.damaged-20261122T030405.678Z` }]);
    expect(store.damage[0]?.message).toContain(state.folder);
    expect(await readFile(join(store.damage[0]?.setAside ?? '', basename(log)), 'latin1')).toContain('record number 17');
    expect(state.lines).toEqual([store.damage[0]?.message]);
    await expectHealthy(state, store, allKeys.slice(0, 18));
  });

  it('with a wrong byte in its middle loses that transaction only, which LevelDB alone would not notice', async () => {
    const state = await filledLog();
    const log = await state.file(/\.log$/);
    await flip(log, await positionOf(log, 'record number 7"'));

    const copy = join(state.parent, 'copy');
    await cp(state.folder, copy, { recursive: true });
    const level = new ClassicLevel(copy);
    expect((await level.keys().all()).filter((key) => key.includes('k'))).toHaveLength(7);
    await level.close();

    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 1 }]);
    expect(await readdir(store.damage[0]?.setAside ?? '')).toContain(basename(log));
    await expectHealthy(
      state,
      store,
      allKeys.filter((key) => key !== 'k07'),
    );
  });

  it('without the newest version of a record has an older one, and does not call that nothing lost', async () => {
    const state = await State.make();
    const first = await state.open();
    for (const value of ['first', 'second', 'third']) await first.commit([{ section: 's', key: value === 'third' ? 'other' : 'k', value }]);
    await first.close();
    const log = await state.file(/\.log$/);
    await flip(log, await positionOf(log, 'second'));
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: null }]);
    expect([...(await store.load('s'))]).toEqual([
      ['k', 'first'],
      ['other', 'third'],
    ]);
    await store.close();
  });

  it('with a wrong length in a header loses that transaction only', async () => {
    const state = await filledLog();
    const log = await state.file(/\.log$/);
    // The first record: checksum u32, length u16, type u8.
    await flip(log, 4);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 1 }]);
    await expectHealthy(state, store, allKeys.slice(1));
  });

  it('that is gone is reported', async () => {
    const state = await filledTable();
    await fill(state, RECORDS);
    await rm(await state.file(/\.log$/));
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: null }]);
    await expectHealthy(state, store, allKeys);
  });
});

describe('a table', () => {
  it('with a wrong byte in a value loses that record only', async () => {
    const state = await filledTable();
    const table = await state.file(/\.ldb$/);
    await flip(table, await positionOf(table, 'record number 7"'), 0x01);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 1 }]);
    expect(store.damage[0]?.message).toContain('wrong checksum');
    await expectHealthy(
      state,
      store,
      allKeys.filter((key) => key !== 'k07'),
    );
  });

  it('with a wrong byte in its index loses nothing', async () => {
    const state = await filledTable();
    const table = await state.file(/\.ldb$/);
    await flip(table, (await stat(table)).size - 60);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 0 }]);
    expect(store.damage[0]?.message).toContain('Nothing was lost');
    await expectHealthy(state, store, allKeys);
  });

  it('that is cut off keeps the blocks before', async () => {
    const state = await State.make();
    const first = await state.open();
    // More than one block of 4 KiB.
    const text = 'x'.repeat(1_000);
    for (const key of allKeys) await first.commit([{ section: 's', key, value: text }]);
    await first.close();
    await (await state.open()).close();
    const table = await state.file(/\.ldb$/);
    await truncate(table, 12_000);
    const store = await state.open();
    expect(store.damage).toHaveLength(1);
    const kept = await keysOf(store);
    expect(kept.length).toBeGreaterThanOrEqual(5);
    expect(allKeys.slice(0, kept.length)).toEqual(kept);
    await expectHealthy(state, store, kept);
  });

  it('that is gone is reported, and what came after it is kept', async () => {
    const state = await filledTable();
    const table = await state.file(/\.ldb$/);
    await fill(state, RECORDS);
    await rm(table);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: RECORDS }]);
    expect(store.damage[0]?.message).toContain(`Records lost: ${RECORDS}; recovered, some perhaps out of date: ${RECORDS}.`);
    await expectHealthy(
      state,
      store,
      Array.from({ length: RECORDS }, (_, n) => keyOf(n + RECORDS)),
    );
  });

  it('whose rot was given a new checksum by a compaction is still found out', async () => {
    const state = await filledTable();
    const level = new ClassicLevel<Buffer, Buffer>(state.folder, { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false });
    for (const [key, value] of await level.iterator().all()) {
      if (value.includes('record number 7"')) await level.put(key, Buffer.from(value.map((byte, at) => (at === 20 ? byte ^ 1 : byte))));
    }
    await level.compactRange(Buffer.from([0]), Buffer.from([255]));
    await level.close();
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 1 }]);
    await expectHealthy(
      state,
      store,
      allKeys.filter((key) => key !== 'k07'),
    );
  });
});

describe('the files that hold a LevelDB together', () => {
  const broken: readonly [string, (state: State) => Promise<void>][] = [
    ['without CURRENT', async (state) => rm(join(state.folder, 'CURRENT'))],
    ['with an empty CURRENT', async (state) => truncate(join(state.folder, 'CURRENT'))],
    ['with garbage in CURRENT', async (state) => writeFile(join(state.folder, 'CURRENT'), 'garbage\n')],
    ['with a CURRENT that names another MANIFEST', async (state) => writeFile(join(state.folder, 'CURRENT'), 'MANIFEST-000099\n')],
    ['without MANIFEST', async (state) => rm(await state.file(/^MANIFEST/))],
    ['with an empty MANIFEST', async (state) => truncate(await state.file(/^MANIFEST/))],
    ['with a MANIFEST that is cut off', async (state) => truncate(await state.file(/^MANIFEST/), 60)],
    ['with a wrong byte in MANIFEST', async (state) => flip(await state.file(/^MANIFEST/), 30)],
    [
      'without all of them',
      async (state) => {
        for (const name of await readdir(state.folder)) if (!name.endsWith('.ldb')) await rm(join(state.folder, name));
      },
    ],
  ];

  it('nothing is lost with a MANIFEST whose last entry is missing, which makes LevelDB delete a table', async () => {
    const state = await State.make();
    const first = await state.open();
    // More than the 4 MiB after which LevelDB turns its log into a table.
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const key of keys) await first.commit([{ section: 's', key, value: key.repeat(1_000_000) }]);
    const manifest = await state.file(/^MANIFEST/);
    const ends = await vi.waitFor(async () => {
      const found = entryEnds(await readFile(manifest));
      expect(found).toHaveLength(3);
      return found;
    }, 10_000);
    await first.close();
    await truncate(manifest, ends[1]);

    const copy = join(state.parent, 'copy');
    await cp(state.folder, copy, { recursive: true });
    const level = new ClassicLevel(copy, { createIfMissing: false });
    expect((await level.keys().all()).length).toBeLessThan(keys.length);
    await level.close();

    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 0 }]);
    await expectHealthy(state, store, keys);
  });

  it.each(broken)('nothing is lost %s', async (_name, damage) => {
    const state = await filledTable();
    await damage(state);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 0 }]);
    expect(await state.setAside()).toHaveLength(1);
    await expectHealthy(state, store, allKeys);
  });
});

describe('the folder', () => {
  it('that is gone or empty although something had been stored is reported', async () => {
    for (const recreate of [false, true]) {
      const state = await filledLog();
      await rm(state.folder, { recursive: true });
      if (recreate) await mkdir(state.folder);
      const store = await state.open();
      expect(store.damage).toMatchObject([{ lostRecords: null }]);
      await expectHealthy(state, store, []);
    }
  });

  it('that is a file is moved aside', async () => {
    const state = await State.make();
    await writeFile(state.folder, 'I am no folder');
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: 0 }]);
    expect(await readFile(store.damage[0]?.setAside ?? '', 'utf8')).toBe('I am no folder');
    await expectHealthy(state, store, []);
  });

  it('is kept three times at most when it is damaged again and again', async () => {
    const state = await filledLog();
    for (let time = 0; time < 5; time += 1) {
      await rm(join(state.folder, 'CURRENT'));
      const store = await state.open();
      expect(store.damage).toMatchObject([{ lostRecords: 0 }]);
      expect(await keysOf(store)).toEqual(allKeys);
      await store.close();
    }
    expect(await state.setAside()).toHaveLength(3);
  });

  it('whose exchange was interrupted is completed, or begun again', async () => {
    const state = await filledLog();
    // Interrupted between the two renamings: the damaged one is away, the new one not yet in place.
    await cp(state.folder, `${state.folder}.rebuilt`, { recursive: true });
    await rm(state.folder, { recursive: true });
    await mkdir(`${state.folder}.rebuilding`);
    const store = await state.open();
    expect(store.damage).toMatchObject([{ lostRecords: null }]);
    await expectHealthy(state, store, allKeys);

    // Interrupted before the first of them.
    await cp(state.folder, `${state.folder}.rebuilt`, { recursive: true });
    const again = await state.open();
    expect(again.damage).toEqual([]);
    expect(await readdir(state.parent)).toEqual(['store', 'store.mark']);
    await again.close();
  });

  it('with old tables that a crash kept LevelDB from deleting is not damaged', async () => {
    const state = await filledTable();
    const old = await state.file(/\.ldb$/);
    const bytes = await readFile(old);
    const first = await state.open();
    await first.commit(allKeys.slice(0, 10).map((key) => ({ section: 's', key, value: undefined })));
    await first.close();
    // A compaction leaves out what was deleted, and that it was.
    const level = new ClassicLevel<Buffer, Buffer>(state.folder, { keyEncoding: 'buffer', valueEncoding: 'buffer', compression: false });
    await level.compactRange(Buffer.from([0]), Buffer.from([255]));
    await level.close();
    expect(await readdir(state.folder)).not.toContain(basename(old));
    await writeFile(old, bytes);
    const store = await state.open();
    expect(store.damage).toEqual([]);
    await expectHealthy(state, store, allKeys.slice(10));
    expect(await readdir(state.parent)).toEqual(['store', 'store.mark']);
  });

  it('cannot be opened twice', async () => {
    const state = await State.make();
    const store = await state.open();
    await expect(state.open()).rejects.toMatchObject({ name: 'StoreError', code: 'locked' });
    await store.close();
  });

  it('below a file is an error that names it', async () => {
    const state = await State.make();
    await writeFile(join(state.parent, 'file'), '');
    const folder = join(state.parent, 'file', 'store');
    const error = await openLevelStore({ folder }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'StoreError', code: 'unusable' });
    expect(String(error)).toContain(folder);
  });
});

describe('the mark', () => {
  it.each(['', 'garbage', '0000000000000099 0123456789abcdef\n'])('that says %j says nothing', async (text) => {
    const state = await filledLog();
    await writeFile(`${state.folder}.mark`, text);
    const store = await state.open();
    expect(store.damage).toEqual([]);
    await expectHealthy(state, store, allKeys);
  });
});

it('no single wrong byte in any file is lost on us, nor loses more than it must', async () => {
  const state = await filledTable();
  const store = await state.open();
  await store.commit([
    { section: 's', key: 'k03', value: undefined },
    { section: 's', key: 'k04', value: 'changed' },
  ]);
  await store.commit([{ section: 's', key: 'late', value: 1 }]);
  const expected = [...(await store.load('s'))];
  await store.close();
  const files = await Promise.all(
    (await readdir(state.folder))
      .filter((name) => /^\d|^MANIFEST|^CURRENT/.test(name))
      .map(async (name) => ({ name, size: (await stat(join(state.folder, name))).size })),
  );
  const place = fc.oneof(
    ...files.filter(({ size }) => size > 0).map(({ name, size }) => fc.record({ name: fc.constant(name), at: fc.nat({ max: size - 1 }) })),
  );

  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async ({ name, at }, mask) => {
      const copy = new State(await mkdtemp(join(tmpdir(), 'flip-')));
      try {
        await cp(state.folder, copy.folder, { recursive: true });
        await cp(`${state.folder}.mark`, `${copy.folder}.mark`);
        await flip(join(copy.folder, name), at, mask);
        const damaged = await copy.open();
        const found: (readonly [string, Json])[] = [...(await damaged.load('s'))];
        await damaged.close();
        if (damaged.damage.length === 0 || damaged.damage[0]?.lostRecords === 0) expect(found).toEqual(expected);
        else expect(damaged.damage).toHaveLength(1);
        if (!name.endsWith('.ldb')) expect(found.length).toBeGreaterThanOrEqual(expected.length - 1);
        expect(found.every(([key]) => key === 'late' || allKeys.includes(key))).toBe(true);
      } finally {
        await rm(copy.parent, { recursive: true });
      }
    }),
    { numRuns: 40 },
  );
}, 30_000);
