import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Contents, lastWrites } from './contents.ts';
import { checkWrite, decodeRecord, encodeKey, encodeRecord, makeRecord, type RecordWrite } from './record.ts';
import { isSeal, parseSeal, sealWrite } from './seal.ts';

const put = (section: string, key: string, text: string): RecordWrite => ({ section, key, record: makeRecord(section, key, text) });

/** Any text, half surrogate pairs among it; a section's name has no U+0000. */
const codeUnits = (lowest: 0 | 1): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: lowest, max: 0xffff }), { minLength: lowest, maxLength: 8 }).map((units) => String.fromCharCode(...units));

describe('a record', () => {
  const record = makeRecord('a', 'b', '{"x":1}');

  it('has the bytes that are documented', () => {
    // "a", U+0000, "b" in UTF-16 big-endian.
    expect(encodeKey('a', 'b').toString('hex')).toBe('006100000062');
    // SHA-256 of 00000006, the key and the text begins with 3b785e93d8b120e6; then {"x":1}.
    expect(encodeRecord(record).toString('hex')).toBe('3b785e93d8b120e67b2278223a317d');
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(codeUnits(1), codeUnits(0), fc.string(), (section, key, text) => {
        const made = makeRecord(section, key, text);
        expect(decodeRecord(encodeKey(section, key), encodeRecord(made))).toEqual(made);
      }),
    );
  });

  it('of which a bit of key or value is different is none', () => {
    const key = encodeKey('a', 'b');
    const value = encodeRecord(record);
    for (const bytes of [key, value]) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const at = bit >> 3;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
        expect(decodeRecord(key, value)).toBeNull();
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      }
    }
    expect(decodeRecord(key, value)).toEqual(record);
    expect(decodeRecord(key.subarray(1), value)).toBeNull();
    expect(decodeRecord(key, value.subarray(0, 7))).toBeNull();
  });

  it('of undefined is a deletion', () => {
    expect(checkWrite({ section: 's', key: 'k', value: undefined })).toEqual({ section: 's', key: 'k', record: null });
  });
});

describe('contents', () => {
  it('are tallied by number and digests', () => {
    const contents = new Contents();
    contents.apply([put('s', 'a', '1'), put('s', 'b', '2')]);
    // 16416231474088798637 + 14159487285926711151 - 2^64
    expect(contents.tally).toEqual({ count: 2, sum: 12_128_974_686_305_958_172n });
  });

  const write = fc.record({ key: fc.constantFrom('a', 'b', 'c'), text: fc.option(fc.constantFrom('1', '2'), { nil: null }) });
  const writes = fc.array(write.map(({ key, text }) => (text === null ? { section: 's', key, record: null } : put('s', key, text))));

  it('foresee their tally, which depends on nothing but the records', () => {
    fc.assert(
      fc.property(writes, writes, (first, second) => {
        const contents = new Contents();
        contents.apply(first);
        const foreseen = contents.tallyAfter(lastWrites(second));
        contents.apply(second);
        expect(contents.tally).toEqual(foreseen);
        const fresh = new Contents();
        fresh.apply([...contents.records()].toReversed().map((record) => ({ ...record, record })));
        expect(fresh.tally).toEqual(foreseen);
      }),
    );
  });

  it('tell the writes that make others equal to them', () => {
    fc.assert(
      fc.property(writes, writes, (first, second) => {
        const [one, other] = [new Contents(), new Contents()];
        one.apply(first);
        other.apply(second);
        other.apply(one.difference(other));
        expect(other.tally).toEqual(one.tally);
        expect(one.difference(other)).toEqual([]);
      }),
    );
  });
});

describe('a seal', () => {
  it('is a record of its own, read as it was written', () => {
    const seal = { transaction: 12, count: 3, sum: 0xfedcba9876543210n };
    const { record } = sealWrite(seal);
    if (record === null) throw new Error('a seal is no deletion');
    expect(isSeal(record)).toBe(true);
    expect(record.text).toBe('{"transaction":12,"count":3,"sum":"fedcba9876543210"}');
    expect(parseSeal(record)).toEqual(seal);
  });

  it.each(['{}', '{"transaction":1.5,"count":3,"sum":"0"}', '{"transaction":1,"count":3,"sum":"x"}', '[]'])(
    'of another format, %s, is none',
    (text) => {
      expect(parseSeal(makeRecord('', 'seal', text))).toBeNull();
    },
  );
});
