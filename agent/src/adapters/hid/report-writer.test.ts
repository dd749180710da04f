import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { countLeft, hidrawWriter, type ReportWriter, WriteQueue } from './report-writer.ts';

/** Takes so many reports of each batch, 0 for a failure. */
function writer(...takes: number[]) {
  const batches: number[][] = [];
  const made: ReportWriter = {
    write: async (reports) => {
      batches.push(reports.map(([first = 0]) => first));
      const take = takes.shift() ?? reports.length;
      if (take === 0) throw new Error('gone');
      return take;
    },
    close: async () => undefined,
  };
  return { made, batches };
}

const outcomes = async (writes: readonly Promise<void>[]): Promise<string[]> => (await Promise.allSettled(writes)).map(({ status }) => status);

test('reports of one turn go together, in their order', async () => {
  const { made, batches } = writer();
  const queue = new WriteQueue();
  await Promise.all([1, 2, 3].map((id) => queue.write(made, Uint8Array.of(id))));
  expect(batches).toEqual([[1, 2, 3]]);
  expect(queue.isIdle).toBe(true);
});

test('sixteen go at once at most', async () => {
  const { made, batches } = writer();
  const queue = new WriteQueue();
  await Promise.all(Array.from({ length: 20 }, (_, id) => queue.write(made, Uint8Array.of(id))));
  expect(batches.map(({ length }) => length)).toEqual([16, 4]);
});

test('what the system didn’t take is given to it again, and no report twice', async () => {
  const { made, batches } = writer(2);
  const queue = new WriteQueue();
  await Promise.all([1, 2, 3].map((id) => queue.write(made, Uint8Array.of(id))));
  expect(batches).toEqual([[1, 2, 3], [3]]);
});

test('a report that fails keeps none of the others', async () => {
  const { made, batches } = writer(1, 0);
  const queue = new WriteQueue();
  const writes = [1, 2, 3].map((id) => queue.write(made, Uint8Array.of(id)));
  expect(await outcomes(writes)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(batches).toEqual([[1, 2, 3], [2, 3], [3]]);
});

test('reports of two that have the path open keep their order among each other', async () => {
  const [first, second] = [writer(), writer()];
  const queue = new WriteQueue();
  const order: number[] = [];
  const write = ({ made }: typeof first, id: number): Promise<unknown> => queue.write(made, Uint8Array.of(id)).then(() => order.push(id));
  await Promise.all([write(first, 1), write(second, 2), write(second, 3), write(first, 4)]);
  expect(order).toEqual([1, 2, 3, 4]);
  expect([first.batches, second.batches]).toEqual([[[1], [4]], [[2, 3]]]);
});

test('the bytes that were written say how many reports left', () => {
  const reports = [64, 64, 3].map((length) => new Uint8Array(length));
  expect([1, 64, 65, 128, 131].map((bytes) => countLeft(reports, bytes))).toEqual([1, 1, 2, 2, 3]);
  expect(() => countLeft(reports, 0)).toThrow('the device took nothing');
});

test('a path is written as it is, and one that is gone becomes no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jpd-writer-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'hidraw0');
  await expect(hidrawWriter(path)).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(path, '');
  const open = await hidrawWriter(path);
  expect(await open.write([Uint8Array.of(5, 1), Uint8Array.of(5, 2, 3)])).toBe(2);
  await open.close();
  expect(readFileSync(path).toString('hex')).toBe('0501050203');
});
