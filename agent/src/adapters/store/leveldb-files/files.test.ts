import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crc32c, maskCrc } from './crc32c.ts';
import type { LevelEntry } from './entry.ts';
import { readLogFile } from './log-file.ts';
import { readTableFile } from './table-file.ts';
import { decodeWriteBatch } from './write-batch.ts';

type Plain = readonly [key: string, sequence: number, value: string | null];

const plain = ({ key, sequence, value }: LevelEntry): Plain => [
  Buffer.from(key).toString(),
  sequence,
  value === null ? null : Buffer.from(value).toString(),
];

/** What LevelDB itself writes: first puts of all keys with such a value, then a deletion of the first. */
async function written(keys: readonly string[], value: string, kind: 'log' | 'table'): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'leveldb-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = { compression: false, blockRestartInterval: 1 };
  const level = new ClassicLevel(folder, options);
  for (const key of keys) await level.put(key, value);
  await level.del(keys[0] ?? '');
  await level.close();
  if (kind === 'table') {
    const again = new ClassicLevel(folder, options);
    await again.open();
    await again.close();
  }
  const names = (await readdir(folder)).filter((name) => name.endsWith(kind === 'log' ? '.log' : '.ldb'));
  return readFile(join(folder, names[0] ?? ''));
}

const keys = Array.from({ length: 30 }, (_, n) => `key${n + 10}`);
const history = (value: string): Plain[] => [...keys.map((key, n): Plain => [key, n + 1, value]), ['key10', keys.length + 1, null]];
const sorted = (entries: readonly Plain[]): Plain[] => entries.toSorted((a, b) => a[1] - b[1]);

describe('CRC-32C', () => {
  it('has the check value of RFC 3720, and the masked one of LevelDB', () => {
    const digits = Buffer.from('123456789');
    expect(crc32c(digits)).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.concat([Buffer.from('x'), digits]), 1)).toBe(0xe3069283);
    expect(maskCrc(0xe3069283)).toBe(0xc78ab0e5);
  });
});

describe('a log', () => {
  // One transaction: put "a" = "xyz", delete "b".
  const golden = Buffer.from(
    [
      '64bca674', // masked CRC-32C of what follows the length
      '1600', // length 22
      '01', // a whole record
      '0700000000000000', // sequence 7
      '02000000', // two writes
      '01', // a value
      '0161', // key "a"
      '0378797a', // "xyz"
      '00', // a deletion
      '0162', // key "b"
    ].join(''),
    'hex',
  );

  it('is read as LevelDB documents it', () => {
    const { entries, fault } = readLogFile(golden);
    expect(fault).toBeNull();
    expect(entries.map(plain)).toEqual([
      ['a', 7, 'xyz'],
      ['b', 8, null],
    ]);
  });

  it.each([
    ['small transactions', 'v'.repeat(10)],
    ['transactions that fill several blocks', 'v'.repeat(70_000)],
    ['transactions that leave no room for a header', 'v'.repeat(32_768 - 7 - 12 - 1 - 6 - 3 - 3)],
  ])('of %s is read as LevelDB writes it', async (_name, value) => {
    const { entries, fault } = readLogFile(await written(keys, value, 'log'));
    expect(fault).toBeNull();
    expect(entries.map(plain)).toEqual(history(value));
  });

  it('with a large transaction that was damaged keeps those before and after', async () => {
    const value = 'v'.repeat(70_000);
    const bytes = await written(keys, value, 'log');
    bytes[100_000] = 0;
    const { entries, fault } = readLogFile(bytes);
    expect(fault).toBe('has unreadable parts in its middle');
    expect(entries.map(plain)).toEqual(history(value).filter((_, n) => n !== 1));
  });

  it('without a part of a transaction tells so', async () => {
    const bytes = await written(keys, 'v'.repeat(70_000), 'log');
    const withoutBlock = Buffer.concat([bytes.subarray(0, 32_768), bytes.subarray(2 * 32_768)]);
    expect(readLogFile(withoutBlock).fault).not.toBeNull();
    expect(readLogFile(bytes.subarray(32_768)).fault).toBe('holds a transaction without its beginning');
  });

  it('that ends anywhere is no fault, and has all whole transactions', async () => {
    const bytes = await written(keys, 'v'.repeat(10), 'log');
    const whole = history('v'.repeat(10));
    // 7 of header, 12 of sequence and count, 1 of type, 1 + 5 of key, 1 + 10 of value.
    const size = 37;
    for (let end = 0; end < bytes.length; end += 1) {
      const { entries, fault } = readLogFile(bytes.subarray(0, end));
      expect(fault).toBeNull();
      expect(entries.map(plain)).toEqual(whole.slice(0, Math.min(keys.length, Math.floor(end / size))));
    }
  });

  it('makes no sense of transactions that don’t come out even', () => {
    const header = '070000000000000001000000';
    expect(decodeWriteBatch(Buffer.from(`${header}010161`, 'hex'))).toBeNull();
    expect(decodeWriteBatch(Buffer.from(`${header}020161`, 'hex'))).toBeNull();
    expect(decodeWriteBatch(Buffer.from(`${header}000161000162`, 'hex'))).toBeNull();
    expect(decodeWriteBatch(Buffer.from('07', 'hex'))).toBeNull();
    expect(decodeWriteBatch(Buffer.from(`${header}000161`, 'hex'))).toHaveLength(1);
  });
});

describe('a table', () => {
  const value = 'v'.repeat(1_000);

  it('is read as LevelDB writes it, older versions and deletions as well', async () => {
    const { entries, fault } = readTableFile(await written(keys, value, 'table'));
    expect(fault).toBeNull();
    expect(sorted(entries.map(plain))).toEqual(history(value));
  });

  it('without its index is searched for blocks', async () => {
    const bytes = await written(keys, value, 'table');
    bytes.fill(0, bytes.length - 48);
    const { entries, fault } = readTableFile(bytes);
    expect(fault).toBe('has no readable index');
    expect(sorted(entries.map(plain).filter(([, , text]) => text === value || text === null))).toEqual(history(value));
  });

  it('with a damaged length of one entry goes on with the next', async () => {
    const bytes = await written(keys, 'v', 'table');
    const at = bytes.indexOf('key15');
    // Lengths before the key: shared 0, rest 13 (5 and 8 of trailer), value 1.
    expect([...bytes.subarray(at - 3, at)]).toEqual([0, 13, 1]);
    bytes[at - 1] = 200;
    const { entries, fault } = readTableFile(bytes);
    expect(fault).toBe('has 1 block with a wrong checksum');
    const found = entries.map(plain).filter(([, , text]) => text === 'v');
    expect(keys.filter((key) => !found.some(([name]) => name === key))).toEqual(['key15']);
  });
});

it('whatever is in a file, it is read without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, asTable) => {
      const footer = Buffer.from(`${'00'.repeat(2)}${'05'.repeat(2)}${'00'.repeat(36)}57fb808b247547db`, 'hex');
      expect(readLogFile(bytes).entries).toBeDefined();
      expect(readTableFile(asTable ? Buffer.concat([bytes, footer]) : bytes).entries).toBeDefined();
    }),
    { numRuns: 300 },
  );
});
