import { describe, expect, it } from 'vitest';
import type { StoreWrite } from '../../ports/store.ts';
import { Contents } from './contents.ts';
import type { Database } from './database.ts';
import type { LevelEntry } from './leveldb-files/entry.ts';
import { LevelStore } from './level-store.ts';
import { encodeKey, encodeRecord, type RecordWrite } from './record.ts';
import { sealWrite, type Seal } from './seal.ts';

type Outcome = 'written' | 'lost' | 'written-but-reported-lost';

/** A disk that does with each transaction what it is told to, and opens only if it is told so. */
class Disk {
  readonly transactions: (readonly string[])[] = [];
  readonly outcomes: Outcome[] = [];
  readonly marks: number[] = [];
  readonly lines: string[] = [];
  refusals = 0;
  openings = 0;
  markFault: Error | null = null;
  #gate: Promise<void> = Promise.resolve();
  readonly #records = new Map<string, { readonly key: Buffer; readonly value: Buffer }>();

  /** Transactions begin, but don't end before the returned function is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  store(): LevelStore {
    const mark = {
      write: async (transaction: number) => {
        if (this.markFault !== null) throw this.markFault;
        this.marks.push(transaction);
      },
      close: async () => undefined,
    };
    return new LevelStore({
      database: this.#database(),
      reopen: async () => {
        this.openings += 1;
        if (this.refusals === 0) return this.#database();
        this.refusals -= 1;
        throw new Error('disk full');
      },
      contents: new Contents(),
      transaction: 0,
      mark,
      damage: [],
      log: (line) => this.lines.push(line),
    });
  }

  keys(): string[] {
    return [...this.#records.values()].map(({ key }) => key.swap16().toString('utf16le').replace('\u0000', '/')).filter((id) => id !== '/seal');
  }

  #database(): Database {
    let usable = true;
    return {
      write: async (writes, seal) => {
        if (!usable) throw new Error('after a failure a database is not written to');
        this.transactions.push(writes.map(({ section, key }) => `${section}/${key}`));
        await this.#gate;
        const outcome = this.outcomes.shift() ?? 'written';
        if (outcome !== 'lost') this.#apply(writes, seal);
        if (outcome === 'written') return;
        usable = false;
        throw new Error('input/output error');
      },
      readAll: async () => [...this.#records.values()].map(({ key, value }): LevelEntry => ({ key, value, sequence: 0 })),
      close: async () => {
        usable = false;
      },
    };
  }

  #apply(writes: readonly RecordWrite[], seal: Seal): void {
    for (const { section, key, record } of [...writes, sealWrite(seal)]) {
      const name = encodeKey(section, key);
      if (record === null) this.#records.delete(name.toString('hex'));
      else this.#records.set(name.toString('hex'), { key: name, value: encodeRecord(record) });
    }
  }
}

const put = (key: string): StoreWrite => ({ section: 's', key, value: 1 });
const failed = { name: 'StoreError', code: 'write-failed' };

describe('calls made while a transaction is written', () => {
  it('become the next transaction together, in their order', async () => {
    const disk = new Disk();
    const store = disk.store();
    const release = disk.hold();
    const calls = ['a', 'b', 'c', 'b'].map((key) => store.commit([put(key)]));
    release();
    await Promise.all(calls);
    expect(disk.transactions).toEqual([['s/a'], ['s/b', 's/c']]);
    expect(disk.marks).toEqual([1, 2]);
  });

  it('are not visible before they are on the disk', async () => {
    const disk = new Disk();
    const store = disk.store();
    const release = disk.hold();
    const call = store.commit([put('a')]);
    expect((await store.load('s')).size).toBe(0);
    release();
    await call;
    expect((await store.load('s')).size).toBe(1);
  });
});

describe('a transaction that fails', () => {
  it('rejects its own calls only, and leaves no trace', async () => {
    const disk = new Disk();
    disk.outcomes.push('written', 'lost');
    const store = disk.store();
    const release = disk.hold();
    const first = store.commit([put('a')]);
    const second = store.commit([put('b')]);
    const third = store.commit([put('c')]);
    release();
    await first;
    await expect(second).rejects.toMatchObject(failed);
    await expect(third).rejects.toMatchObject(failed);
    await store.commit([put('d')]);
    expect([...(await store.load('s')).keys()]).toEqual(['a', 'd']);
    expect(disk.keys()).toEqual(['s/a', 's/d']);
    expect(disk.openings).toBe(1);
    expect(disk.lines).toHaveLength(1);
  });

  it('is no failure if it turns out to be on the disk', async () => {
    const disk = new Disk();
    disk.outcomes.push('written-but-reported-lost');
    const store = disk.store();
    await store.commit([put('a')]);
    await store.commit([put('b')]);
    expect(disk.keys()).toEqual(['s/a', 's/b']);
    expect(disk.marks).toEqual([1, 2]);
  });

  it('is undone later if it was reported as failed while nobody could look', async () => {
    const disk = new Disk();
    disk.outcomes.push('written', 'written-but-reported-lost');
    disk.refusals = 2;
    const store = disk.store();
    await store.commit([put('a')]);
    await expect(store.commit([put('b'), { section: 's', key: 'a', value: undefined }])).rejects.toMatchObject(failed);
    await expect(store.commit([put('c')])).rejects.toMatchObject(failed);
    expect([...(await store.load('s')).keys()]).toEqual(['a']);
    await store.commit([put('d')]);
    expect([...(await store.load('s')).keys()]).toEqual(['a', 'd']);
    expect(disk.keys().toSorted()).toEqual(['s/a', 's/d']);
    await store.close();
  });
});

it('a mark that cannot be written is logged, and fails nothing', async () => {
  const disk = new Disk();
  disk.markFault = new Error('input/output error');
  const store = disk.store();
  await store.commit([put('a')]);
  await store.close();
  expect(disk.lines).toHaveLength(1);
  expect(disk.lines[0]).toContain('input/output error');
});

it('a call without writes resolves after those before it, and writes nothing', async () => {
  const disk = new Disk();
  const store = disk.store();
  const release = disk.hold();
  const order: string[] = [];
  const first = store.commit([put('a')]).then(() => order.push('first'));
  const empty = store.commit([]).then(() => order.push('empty'));
  release();
  await Promise.all([first, empty]);
  expect(order).toEqual(['first', 'empty']);
  expect(disk.transactions).toHaveLength(1);
});
