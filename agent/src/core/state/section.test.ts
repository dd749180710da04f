import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../testing/memory-store.ts';
import type { Json } from '../../ports/index.ts';
import { LogBook } from '../testing/log-book.ts';
import { Section } from './section.ts';

const parseNumber = (json: Json): number | null => (typeof json === 'number' ? json : null);

describe('a section', () => {
  it('holds what the store holds of it, and nothing of the others', async () => {
    const store = openMemoryStore();
    await store.commit([
      { section: 'numbers', key: 'one', value: 1 },
      { section: 'words', key: 'two', value: 'zwei' },
    ]);
    const section = await Section.load(store, 'numbers', parseNumber, new LogBook());
    expect([...section.entries()]).toEqual([['one', 1]]);
  });

  it('leaves out and reports a record that cannot be read', async () => {
    const store = openMemoryStore();
    await store.commit([
      { section: 'numbers', key: 'one', value: 1 },
      { section: 'numbers', key: 'two', value: 'zwei' },
    ]);
    const log = new LogBook();
    const section = await Section.load(store, 'numbers', parseNumber, log);
    expect(section.size).toBe(1);
    expect(log.lines).toEqual([
      { level: 'warn', message: 'a record of the state could not be read and was left out', fields: { section: 'numbers', key: 'two' } },
    ]);
  });

  it('changes memory at once and the store with the write it gives', async () => {
    const store = openMemoryStore();
    const section = await Section.load(store, 'numbers', parseNumber, new LogBook());
    const write = section.put('one', 1);
    expect(section.get('one')).toBe(1);
    expect(write).toEqual({ section: 'numbers', key: 'one', value: 1 });
    expect(section.remove('one')).toEqual({ section: 'numbers', key: 'one', value: undefined });
    expect(section.get('one')).toBeUndefined();
  });

  it('gives a removal for everything it held when it is cleared', async () => {
    const section = await Section.load(openMemoryStore(), 'numbers', parseNumber, new LogBook());
    section.put('one', 1);
    section.put('two', 2);
    expect(section.clear()).toEqual([
      { section: 'numbers', key: 'one', value: undefined },
      { section: 'numbers', key: 'two', value: undefined },
    ]);
    expect(section.size).toBe(0);
  });
});
