import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { BodyQueue } from './body-queue.ts';

const part = Buffer.alloc(100_000, 1);

it('reads ahead only so far, and goes on when that was taken', async () => {
  const source = new PassThrough({ highWaterMark: 1 });
  const queue = new BodyQueue(source);
  for (let sent = 0; sent < 3; sent += 1) source.push(part);
  // What a stream holds it gives in the next turn.
  await new Promise(setImmediate);
  expect(source.isPaused()).toBe(true);
  expect((await queue.next())?.length).toBe(100_000);
  expect(source.isPaused()).toBe(false);
  source.push(null);
  expect([(await queue.next())?.length, (await queue.next())?.length, await queue.next()]).toEqual([100_000, 100_000, null]);
});

it('gives all that came before it tells of the break', async () => {
  const source = new PassThrough();
  const queue = new BodyQueue(source);
  source.push(part);
  await new Promise(setImmediate);
  source.destroy(new Error('cut'));
  expect((await queue.next())?.length).toBe(100_000);
  await expect(queue.next()).rejects.toThrow('cut');
  await expect(queue.next()).rejects.toThrow('cut');
});

it('wakes who waits, at the end and at a silent close', async () => {
  const [ended, closed] = [new PassThrough(), new PassThrough()];
  const [atEnd, atClose] = [new BodyQueue(ended).next(), new BodyQueue(closed).next()];
  ended.end();
  closed.destroy();
  expect(await atEnd).toBe(null);
  await expect(atClose).rejects.toThrow('closed');
});
