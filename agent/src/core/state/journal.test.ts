import { VirtualClock } from '@jpd/protocol/virtual';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, openMemoryStore } from '../testing/memory-store.ts';
import type { Store, StoreWrite } from '../../ports/index.ts';
import { LogBook } from '../testing/log-book.ts';
import { Journal } from './journal.ts';

const put = (key: string, value: number | undefined): StoreWrite => ({ section: 's', key, value });

function openJournal() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk();
  const log = new LogBook();
  const journal = new Journal(openMemoryStore({ disk }), clock, log);
  const held = async (): Promise<Record<string, unknown>> => Object.fromEntries(await openMemoryStore({ disk }).load('s'));
  return { clock, disk, log, journal, held };
}

/** A store whose commits end when the test says so. */
function manualStore() {
  const calls: { readonly writes: readonly StoreWrite[]; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const store: Store = {
    damage: [],
    load: async () => new Map(),
    commit: (writes) =>
      new Promise((resolve, reject) => {
        calls.push({ writes, resolve, reject });
      }),
    close: async () => undefined,
  };
  return { store, calls };
}

describe('the journal', () => {
  it('resolves a commit when it is durable, and an empty one when everything before is', async () => {
    const { store, calls } = manualStore();
    const clock = new VirtualClock();
    const journal = new Journal(store, clock, new LogBook());
    const order: string[] = [];
    void journal.commit([put('a', 1)]).then(() => order.push('a'));
    void journal.commit([]).then(() => order.push('nothing'));
    await clock.settle();
    expect(order).toEqual([]);
    calls[0]?.resolve();
    await clock.settle();
    expect(order).toEqual(['a', 'nothing']);
  });

  it('hands what comes together to the store at once, so that it can group it', async () => {
    const { store, calls } = manualStore();
    const journal = new Journal(store, new VirtualClock(), new LogBook());
    void journal.commit([put('a', 1)]);
    void journal.commit([put('b', 2)]);
    expect(calls.map(({ writes }) => writes)).toEqual([[put('a', 1)], [put('b', 2)]]);
  });

  it('resolves in the order of the commits, even where a later one was written first', async () => {
    const { store, calls } = manualStore();
    const clock = new VirtualClock();
    const journal = new Journal(store, clock, new LogBook());
    const order: string[] = [];
    void journal.commit([put('a', 1)]).then(() => order.push('a'));
    void journal.commit([put('b', 2)]).then(() => order.push('b'));
    calls[1]?.resolve();
    await clock.settle();
    expect(order).toEqual([]);
    calls[0]?.resolve();
    await clock.settle();
    expect(order).toEqual(['a', 'b']);
  });

  it('keeps what a failing disk refuses and writes it when the disk is well again', async () => {
    const { clock, disk, journal, held, log } = openJournal();
    disk.fault = new Error('no space');
    let done = false;
    void journal.commit([put('a', 1)]).then(() => {
      done = true;
    });
    await clock.advance(60_000);
    expect(done).toBe(false);
    expect(await held()).toEqual({});
    disk.fault = null;
    await clock.advance(30_000);
    expect(done).toBe(true);
    expect(await held()).toEqual({ a: 1 });
    expect(log.lines.some(({ level }) => level === 'error')).toBe(true);
  });

  it('tries again after 1, 2, 4 s and so on, and never less often than every 30 s', async () => {
    const clock = new VirtualClock();
    const at: number[] = [];
    const store: Store = {
      damage: [],
      load: async () => new Map(),
      commit: async () => {
        at.push(clock.monotonic());
        throw new Error('no space');
      },
      close: async () => undefined,
    };
    void new Journal(store, clock, new LogBook()).commit([put('a', 1)]);
    await clock.advance(125_000);
    expect(at).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000, 121_000]);
  });

  it('does not let a write that failed undo a later one of the same record', async () => {
    const { clock, disk, journal, held } = openJournal();
    disk.fault = new Error('no space');
    void journal.commit([put('a', 1), put('b', 1)]);
    await clock.settle();
    disk.fault = null;
    void journal.commit([put('a', 2)]);
    await clock.advance(2000);
    expect(await held()).toEqual({ a: 2, b: 1 });
  });

  it('does not repeat of a failed write what one that was under way with it has overtaken', async () => {
    const { store, calls } = manualStore();
    const clock = new VirtualClock();
    const journal = new Journal(store, clock, new LogBook());
    void journal.commit([put('a', 1), put('b', 1)]);
    void journal.commit([put('a', 2)]);
    calls[0]?.reject(new Error('no space'));
    await clock.settle();
    void journal.commit([put('a', 3)]);
    calls[1]?.resolve();
    await clock.advance(1000);
    expect(calls[2]?.writes).toEqual([put('b', 1), put('a', 3)]);
  });

  it('makes one last attempt when it is closed, and ends even where that fails', async () => {
    const { clock, disk, journal, held } = openJournal();
    disk.fault = new Error('no space');
    void journal.commit([put('a', 1)]);
    await clock.advance(40_000);
    const before = clock.monotonic();
    await clock.complete(journal.close());
    expect(clock.monotonic()).toBe(before);
    expect(await held()).toEqual({});
  });

  it('saves at the end what the disk takes again by then, without waiting for the next attempt', async () => {
    const { clock, disk, journal, held } = openJournal();
    disk.fault = new Error('no space');
    const committed = journal.commit([put('a', 1)]);
    await clock.advance(40_000);
    disk.fault = null;
    const before = clock.monotonic();
    await clock.complete(Promise.all([journal.close(), committed]));
    expect(clock.monotonic()).toBe(before);
    expect(await held()).toEqual({ a: 1 });
  });

  it('ends with what the last commits say, however the disk fails and recovers in between', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('commit' as const), key: fc.constantFrom('a', 'b', 'c'), value: fc.option(fc.nat(9), { nil: undefined }) }),
      fc.record({ kind: fc.constant('disk' as const), works: fc.boolean() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 500, 1000, 45_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { clock, disk, journal, held } = openJournal();
        const expected = new Map<string, number>();
        for (const next of steps) {
          if (next.kind === 'disk') disk.fault = next.works ? null : new Error('no space');
          else if (next.kind === 'wait') await clock.advance(next.ms);
          else {
            void journal.commit([put(next.key, next.value)]);
            if (next.value === undefined) expected.delete(next.key);
            else expected.set(next.key, next.value);
          }
        }
        disk.fault = null;
        await clock.complete(journal.commit([]));
        expect(await held()).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 100 },
    );
  });
});
