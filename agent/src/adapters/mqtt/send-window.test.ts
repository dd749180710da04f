import { expect, test } from 'vitest';
import { SendWindow } from './send-window.ts';

test('no more than the size run at a time, in their order, and one that fails makes room', async () => {
  const window = new SendWindow(2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const runs = [0, 1, 2, 3, 4].map((index) =>
    window.run(
      () =>
        new Promise<void>((resolve, reject) => {
          started.push(index);
          finish[index] = index === 0 ? () => reject(new Error('refused')) : resolve;
        }),
    ),
  );
  const outcomes = Promise.allSettled(runs);
  expect(started).toEqual([0, 1]);
  finish[0]?.();
  await expect(runs[0]).rejects.toThrow('refused');
  expect(started).toEqual([0, 1, 2]);
  finish[2]?.();
  await runs[2];
  expect(started).toEqual([0, 1, 2, 3]);
  for (const index of [1, 3]) finish[index]?.();
  await Promise.all([runs[1], runs[3]]);
  finish[4]?.();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(await window.run(async () => 'free again')).toBe('free again');
});
