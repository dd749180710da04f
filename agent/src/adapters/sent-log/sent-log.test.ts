import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@jpd/protocol/virtual';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../ports/log.ts';
import type { SentLog, SentRecord } from '../../ports/sent-log.ts';
import { openSentLog, readSentLog } from './index.ts';

const day = 24 * 3_600_000;
let root = '';
let folder = '';
let clock: VirtualClock;
let warnings: string[] = [];
let count = 0;

const log: Log = {
  error: (message) => warnings.push(message),
  warn: (message) => warnings.push(message),
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => log,
};

function record(name: string, size = 0): SentRecord {
  const payload = JSON.stringify({ name, fill: 'x'.repeat(size) });
  const at = new Date(clock.now()).toISOString();
  count += 1;
  return {
    run: 1,
    number: count,
    at,
    to: 'platform.example',
    kind: 'devices',
    topic: `t/${name}`,
    bytes: payload.length,
    acknowledged: true,
    payload,
    note: null,
  };
}

const open = (limits: { maxBytes?: number; maxSegmentBytes?: number } = {}): SentLog => openSentLog({ folder, clock, log, ...limits });
const names = async (): Promise<readonly (string | null)[]> =>
  (await readSentLog(folder, clock.now())).records.map(({ topic }) => topic?.slice(2) ?? null);
const files = async (): Promise<string[]> => (await readdir(folder)).toSorted();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jpd-sent-'));
  folder = join(root, 'state', 'sent');
  clock = new VirtualClock();
  warnings = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the log of what was sent', () => {
  it('tells in the order of sending what was acknowledged in another, run by run, whatever the clock was set to', async () => {
    const sentLog = open();
    const place = (run: number, number: number): SentRecord => ({ ...record(`${run}-${number}`), run, number });
    const acknowledged: readonly (readonly [number, number])[] = [
      [5, 1],
      [5, 3],
      [5, 2],
      [4, 1],
      [4, 2],
    ];
    for (const [run, number] of acknowledged) sentLog.append(place(run, number));
    await sentLog.flush();
    expect(await names()).toEqual(['4-2', '4-1', '5-3', '5-2', '5-1']);
  });

  it('tells what it was given to the letter, newest first, also after a restart and to another reader', async () => {
    const first = open();
    const records = ['a', 'b'].map((name) => record(name));
    for (const one of records) first.append(one);
    expect((await first.read()).records).toEqual(records.toReversed());
    const second = open();
    second.append(record('c'));
    await second.flush();
    expect(await names()).toEqual(['c', 'b', 'a']);
    expect(await files()).toHaveLength(1);
  });

  it('writes what comes within a second together, and nothing more wakes it', async () => {
    const sentLog = open();
    sentLog.append(record('a'));
    await clock.advance(999);
    expect(await readdir(root)).toEqual([]);
    sentLog.append(record('b'));
    await clock.advance(1);
    await sentLog.flush();
    expect(await names()).toEqual(['b', 'a']);
  });

  it.skipIf(process.platform === 'win32')('is for this account only', async () => {
    const sentLog = open();
    sentLog.append(record('a'));
    await sentLog.flush();
    const [file = ''] = await files();
    await chmod(join(folder, file), 0o644);
    await open().flush();
    const again = open();
    again.append(record('b'));
    await again.flush();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it('says nothing of a folder that is not there', async () => {
    expect(await readSentLog(join(root, 'nowhere'), clock.now())).toEqual({ records: [], unreadable: 0, incompleteBefore: null });
  });

  it('tells 30 days and deletes what is older, without taking that for a gap', async () => {
    const sentLog = open();
    for (const name of ['0', '1']) {
      sentLog.append(record(name));
      await sentLog.flush();
      await clock.advance(day);
    }
    await clock.advance(28 * day + 1);
    expect(await names()).toEqual(['1']);
    await clock.advance(2 * day);
    sentLog.append(record('late'));
    await sentLog.flush();
    expect(await names()).toEqual(['late']);
    expect(await files()).toHaveLength(1);
    expect((await sentLog.read()).incompleteBefore).toBeNull();
  });

  it('stays below its cap, drops the oldest, and says since when it is complete', async () => {
    const sentLog = open({ maxBytes: 50_000, maxSegmentBytes: 10_000 });
    for (let index = 0; index < 200; index += 1) {
      sentLog.append(record(String(index), 500));
      await clock.advance(1000);
      await sentLog.flush();
      const sizes = await Promise.all((await files()).map(async (name) => (await stat(join(folder, name))).size));
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(50_000);
    }
    const { records, incompleteBefore } = await sentLog.read();
    expect(records[0]?.topic).toBe('t/199');
    expect(records.length).toBeGreaterThan(50);
    expect(records.map(({ topic }) => Number(topic?.slice(2)))).toEqual(records.map((_, index) => 199 - index));
    expect(incompleteBefore).toBe(records.at(-1)?.at);
  });

  it('survives a line that a kill cut off, and one that it cannot read', async () => {
    const sentLog = open();
    sentLog.append(record('a'));
    await sentLog.flush();
    const [file = ''] = await files();
    await appendFile(join(folder, file), '{"at":"2026-01-0');
    expect(await readSentLog(folder, clock.now())).toMatchObject({ records: [{ topic: 't/a' }], unreadable: 0 });
    const next = open();
    next.append(record('b'));
    await next.flush();
    await appendFile(join(folder, file), '\0\0\0\0\n{"at":1}\n');
    expect(await readSentLog(folder, clock.now())).toMatchObject({ records: [{ topic: 't/b' }, { topic: 't/a' }], unreadable: 3 });
  });

  it('goes on where the disk fails, says so once, and tells of the gap', async () => {
    await mkdir(join(root, 'state'));
    await writeFile(folder, 'a file where the folder should be');
    const sentLog = open();
    for (const name of ['a', 'b']) {
      sentLog.append(record(name));
      await sentLog.flush();
    }
    expect(warnings).toEqual(['the log of what was sent cannot be written']);
    await rm(folder);
    await clock.advance(5000);
    sentLog.append(record('c'));
    const { records, incompleteBefore } = await sentLog.read();
    expect(records).toMatchObject([{ topic: 't/c' }]);
    expect(incompleteBefore).toBe(new Date(clock.now()).toISOString());
  });

  it.skipIf(process.platform === 'win32')('follows no link that somebody put in the place of a file', async () => {
    await mkdir(folder, { recursive: true });
    const target = join(root, 'target');
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    await symlink(target, join(folder, `sent-${today}-00000001.jsonl`));
    const sentLog = open();
    sentLog.append(record('a'));
    await sentLog.flush();
    await expect(readFile(target)).rejects.toThrow('ENOENT');
    expect(warnings).toHaveLength(1);
  });

  it('is read while it is written, without a line lost or half', async () => {
    const sentLog = open({ maxSegmentBytes: 4000 });
    for (let index = 0; index < 100; index += 1) {
      sentLog.append(record(String(index), 200));
      const reading = readSentLog(folder, clock.now());
      await sentLog.flush();
      expect((await reading).unreadable).toBe(0);
    }
    expect(await names()).toHaveLength(100);
  });

  it('does not fill the memory while the disk hangs', async () => {
    const sentLog = open();
    for (let index = 0; index < 60; index += 1) sentLog.append(record(String(index), 100_000));
    const { records, incompleteBefore } = await sentLog.read();
    expect(records.length).toBeLessThan(60);
    expect(incompleteBefore).not.toBeNull();
  });
});
