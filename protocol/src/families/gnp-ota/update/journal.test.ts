import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJournalEntry, type UpdateJournalEntry } from './journal.ts';

const entry: UpdateJournalEntry = {
  format: 1,
  serial: '70BF92000001',
  digest: 'digest',
  from: '1.8.13',
  to: '2.3.4',
  phase: 'writing',
  attempts: 1,
};

const keys = ['format', 'serial', 'digest', 'from', 'to', 'phase', 'attempts'] as const;

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('an entry is read', () => {
  test.each<[string, Partial<UpdateJournalEntry>]>([
    ['of an update that writes', {}],
    ['of an update that may have committed', { phase: 'committing' }],
    ['of a device that tells no serial', { serial: null }],
    ['of an update that never began to write', { attempts: 0 }],
    ['of more attempts than anyone makes', { attempts: Number.MAX_SAFE_INTEGER }],
  ])('%s', (_, changes) => {
    expect(readJournalEntry({ ...entry, ...changes })).toEqual({ ...entry, ...changes });
  });

  test('as it was written', () => {
    const entries = fc.record<UpdateJournalEntry>({
      format: fc.constant(1),
      serial: fc.option(fc.string()),
      digest: fc.string(),
      from: fc.string(),
      to: fc.string(),
      phase: fc.constantFrom('writing', 'committing'),
      attempts: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(entries, (one) => {
        expect(readJournalEntry(asJson(one))).toEqual(one);
      }),
    );
  });

  test('without what another version put beside it', () => {
    expect(readJournalEntry({ ...entry, note: 'more' })).toEqual(entry);
  });
});

describe('nothing is read', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'entry'],
    ['a number', 1],
    ['yes', true],
    ['a list', [entry]],
    ['an entry that is still text', JSON.stringify(entry)],
    ['an empty object', {}],
  ])('from %s', (_, value) => {
    expect(readJournalEntry(value)).toBeNull();
  });

  test.each<[keyof UpdateJournalEntry, readonly unknown[]]>([
    ['format', [0, 2, '1', true, null]],
    ['serial', [1, '7'.split(''), {}, false]],
    ['digest', [1, null, {}, ['digest']]],
    ['from', [1, null, [1, 8, 13]]],
    ['to', [2, null, [2, 3, 4]]],
    ['phase', ['', 'done', 'Writing', null, 0]],
    ['attempts', [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null, [1]]],
  ])('where %s is wrong', (key, wrong) => {
    expect(wrong.filter((value) => readJournalEntry({ ...entry, [key]: value }) !== null)).toEqual([]);
  });

  test.each(keys)('where there is no %s', (key) => {
    const { [key]: _, ...rest } = entry;
    expect(readJournalEntry(rest)).toBeNull();
  });
});

test('anything that JSON can say is an entry or nothing', () => {
  const nearly = keys.map((key) => fc.jsonValue({ maxDepth: 1 }).map((value) => ({ ...entry, [key]: value })));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), ...nearly), (value) => {
      const read = readJournalEntry(value);
      if (read === null) return;
      expect(value).toMatchObject({ ...read });
      expect(Object.keys(read).toSorted()).toEqual(keys.toSorted());
      expect([read.format, typeof read.digest, typeof read.from, typeof read.to]).toEqual([1, 'string', 'string', 'string']);
      expect(read.serial === null || typeof read.serial === 'string').toBe(true);
      expect(['writing', 'committing']).toContain(read.phase);
      expect(Number.isSafeInteger(read.attempts) && read.attempts >= 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
