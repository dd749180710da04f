import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json, Store, StoreWrite } from '../../ports/store.ts';
import { MemoryDisk, openMemoryStore } from './memory-store.ts';
import { openLevelStore } from './open-level-store.ts';

/** Something a store can be opened on again and again. */
interface Place {
  readonly open: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}

const put = (section: string, key: string, value: Json): StoreWrite => ({ section, key, value });
const remove = (section: string, key: string): StoreWrite => ({ section, key, value: undefined });

/** What the port promises, for every implementation of it. */
function describeStore(name: string, makePlace: () => Promise<Place>): void {
  const place = async (): Promise<Place> => {
    const made = await makePlace();
    onTestFinished(() => made.remove());
    return made;
  };

  describe(name, () => {
    it('is empty and undamaged at first', async () => {
      const store = await (await place()).open();
      expect(store.damage).toEqual([]);
      expect([...(await store.load('settings'))]).toEqual([]);
      await store.close();
    });

    it('has after reopening what was committed before', async () => {
      const { open } = await place();
      const first = await open();
      const value = { text: 'Gehörschutz 🎧', list: [1, -2.5, null, true], nested: { a: {} } };
      await first.commit([put('settings', 'one', value), put('queue', 'one', 'other')]);
      await first.commit([remove('queue', 'one'), put('queue', 'two', 2)]);
      await first.close();
      const second = await open();
      expect(second.damage).toEqual([]);
      expect([...(await second.load('settings'))]).toEqual([['one', value]]);
      expect([...(await second.load('queue'))]).toEqual([['two', 2]]);
      await second.close();
    });

    it('loads a section in the order of UTF-16 code units, and nothing of sections with similar names', async () => {
      const { open } = await place();
      const first = await open();
      const ordered = ['', 'a', 'a\u0000', 'ab', 'b', '\ud800', '\u{1f600}', '\udfff', '\ue000', '\uffff'];
      await first.commit(ordered.toReversed().map((key) => put('s', key, key.length)));
      await first.commit([put('sa', '', 1), put('s\u0001', '', 1), put('r', 'a', 1)]);
      await first.close();
      const second = await open();
      expect([...(await second.load('s')).keys()]).toEqual(ordered);
      await second.close();
    });

    it('carries calls out in their order, awaited or not, and writes in theirs', async () => {
      const store = await (await place()).open();
      const calls = Array.from({ length: 50 }, (_, n) => store.commit([put('s', 'last', n), put('s', 'last', n + 0.5), put('s', `k${n % 7}`, n)]));
      await Promise.all(calls);
      expect([...(await store.load('s'))]).toEqual([['k0', 49], ...[43, 44, 45, 46, 47, 48].map((n) => [`k${n % 7}`, n]), ['last', 49.5]]);
      await store.close();
    });

    it('refuses a section without a name or with U+0000, and then writes nothing of the call', async () => {
      const store = await (await place()).open();
      for (const section of ['', 'a\u0000b']) {
        const call = store.commit([put('s', 'k', 1), put(section, 'k', 1)]);
        await expect(call).rejects.toMatchObject({ name: 'StoreError', code: 'invalid-write' });
      }
      expect((await store.load('s')).size).toBe(0);
      await store.close();
    });

    it('refuses what cannot be written as JSON, and is not hindered by it', async () => {
      const store = await (await place()).open();
      const circle: Record<string, Json> = {};
      circle['self'] = circle;
      const before = store.commit([put('s', 'before', 1)]);
      const failing = store.commit([put('s', 'circle', circle)]);
      const after = store.commit([put('s', 'after', 1)]);
      await expect(failing).rejects.toMatchObject({ code: 'invalid-write' });
      await Promise.all([before, after]);
      expect([...(await store.load('s')).keys()]).toEqual(['after', 'before']);
      await store.close();
    });

    it('keeps the value as it was at the call, and gives out copies', async () => {
      const store = await (await place()).open();
      const value = { list: [1] };
      const call = store.commit([put('s', 'k', value)]);
      value.list.push(2);
      await call;
      const loaded = (await store.load('s')).get('k') as { list: number[] };
      loaded.list.push(3);
      expect((await store.load('s')).get('k')).toEqual({ list: [1] });
      await store.close();
    });

    it('keeps property names that mean something to JavaScript', async () => {
      const { open } = await place();
      const first = await open();
      await first.commit([put('s', '__proto__', JSON.parse('{"__proto__":{"a":1},"constructor":2}') as Json)]);
      await first.close();
      const second = await open();
      expect(JSON.stringify([...(await second.load('s'))])).toBe('[["__proto__",{"__proto__":{"a":1},"constructor":2}]]');
      await second.close();
    });

    it('carries out what was called before close, and refuses what comes after', async () => {
      const { open } = await place();
      const first = await open();
      const calls = [1, 2, 3].map((n) => first.commit([put('s', `k${n}`, n)]));
      const closing = first.close();
      await expect(first.commit([put('s', 'late', 1)])).rejects.toMatchObject({ code: 'closed' });
      await expect(first.load('s')).rejects.toMatchObject({ code: 'closed' });
      await Promise.all([...calls, closing, first.close()]);
      const second = await open();
      expect([...(await second.load('s')).keys()]).toEqual(['k1', 'k2', 'k3']);
      await second.close();
    });

    it('equals a model, whatever is committed, deleted and reopened', async () => {
      const write = fc.record({
        section: fc.constantFrom('a', 'b', 'ab'),
        key: fc.oneof(
          fc.constantFrom('k', 'l', 'm'),
          fc.array(fc.nat({ max: 0xffff }), { maxLength: 3 }).map((units) => String.fromCharCode(...units)),
        ),
        value: fc.option(fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, { nil: undefined }),
      });
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.array(fc.array(write, { maxLength: 5 }), { maxLength: 4 }) },
        { weight: 1, arbitrary: fc.constant('reopen' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const { open, remove: cleanUp } = await makePlace();
          try {
            let store = await open();
            const model = new Map<string, string>();
            for (const calls of [...steps, 'reopen' as const]) {
              if (calls === 'reopen') {
                await store.close();
                store = await open();
              } else {
                await Promise.all(calls.map((writes) => store.commit(writes)));
                for (const { section, key, value } of calls.flat()) {
                  if (value === undefined) model.delete(`${section} ${key}`);
                  else model.set(`${section} ${key}`, JSON.stringify(value));
                }
              }
              expect(store.damage).toEqual([]);
              const loaded = await Promise.all(
                ['a', 'b', 'ab'].map(async (section) =>
                  [...(await store.load(section))].map(([key, value]) => [`${section} ${key}`, JSON.stringify(value)] as const),
                ),
              );
              expect(new Map(loaded.flat())).toEqual(model);
            }
            await store.close();
          } finally {
            await cleanUp();
          }
        }),
        { numRuns: 25 },
      );
    }, 30_000);
  });
}

describeStore('memory store', async () => {
  const disk = new MemoryDisk();
  return { open: async () => openMemoryStore({ disk }), remove: async () => undefined };
});

describeStore('LevelDB store', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'store-'));
  return { open: () => openLevelStore({ folder: join(parent, 'store') }), remove: () => rm(parent, { recursive: true }) };
});

describe('memory store as a test double', () => {
  it('fails commits while its disk has a fault, and then holds what it held', async () => {
    const disk = new MemoryDisk();
    const store = openMemoryStore({ disk });
    await store.commit([put('s', 'k', 1)]);
    disk.fault = new Error('no space');
    await expect(store.commit([put('s', 'k', 2)])).rejects.toMatchObject({ code: 'write-failed', cause: disk.fault });
    disk.fault = null;
    expect((await store.load('s')).get('k')).toBe(1);
  });

  it('reports the damage it is given', () => {
    const damage = [{ message: 'damaged', lostRecords: 1, setAside: null }];
    expect(openMemoryStore({ damage }).damage).toEqual(damage);
  });
});
