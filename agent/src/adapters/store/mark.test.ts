import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Mark } from './mark.ts';

async function path(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mark-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'mark');
}

it('a mark has the bytes that are documented, and is found again', async () => {
  const file = await path();
  const first = await Mark.open(file);
  expect(first.found).toBeNull();
  await first.write(1_000_000);
  await first.write(13);
  await first.close();
  // The first 16 digits of SHA-256 of "0000000000000013".
  expect(await readFile(file, 'latin1')).toBe('0000000000000013 800134b21be6bf39\n');
  const second = await Mark.open(file);
  expect(second.found).toBe(13);
  await second.close();
});

it.each(['', '0000000000000013 800134b21be6bf3', '0000000000000014 800134b21be6bf39\n', '0000000000000013 800134b21be6bf39\n\n', '13'])(
  'a mark that reads %j is none, and is written over',
  async (text) => {
    const file = await path();
    await writeFile(file, text);
    const mark = await Mark.open(file);
    expect(mark.found).toBeNull();
    await mark.write(13);
    await mark.close();
    expect((await readFile(file, 'latin1')).slice(0, 34)).toBe('0000000000000013 800134b21be6bf39\n');
  },
);
