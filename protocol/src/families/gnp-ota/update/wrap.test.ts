import { describe, expect, test } from 'vitest';
import { maxBlockLength } from '../../../messages/firmware.ts';
import { type Flash, onUpdateEvent, onUpdateRequest } from '../../../virtual/index.ts';
import { imageOf, packageOf, updateBench, type UpdateBench } from './testing/update-bench.ts';

/** 65,560 blocks: 24 more than there are numbers. */
const large = imageOf(65_560 * maxBlockLength - 5);
const firmware = packageOf([large]);

const flashOf = ({ device }: UpdateBench): Flash => {
  const { flash } = device.state;
  if (!flash) throw new TypeError('no flash');
  return flash;
};

/** Compared byte by byte without a matcher, which takes a minute for so many. */
function runsLarge(bench: UpdateBench): boolean {
  const running = flashOf(bench).running.get(1);
  return running?.length === large.length && running.every((byte, index) => byte === large[index]);
}

/** Megabytes through every layer, on a machine that may be busy. */
describe('an image above 3.25 MiB', { timeout: 120_000 }, () => {
  test('goes to a device that counts to 65,536, as fwupd does, in one go', async () => {
    const bench = updateBench({ updateProtocol: 16 });
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
    expect([runsLarge(bench), flashOf(bench).blocksReceived]).toEqual([true, 65_560]);
  });

  test('goes to a device that counts to 65,535 once that is found out', async () => {
    const bench = updateBench({ updateProtocol: 16, firmware: { blockNumbers: 65_535 } });
    expect(await bench.update(firmware)).toMatchObject({ status: 'updated' });
    expect(runsLarge(bench)).toBe(true);
    // Once to the end of the numbers, where it gets stuck, and once again.
    expect(flashOf(bench).blocksReceived).toBeGreaterThan(2 * 65_536);
    expect(flashOf(bench).blocksReceived).toBeLessThan(2 * 65_560 + 60);
  });

  test.each([65_536, 65_535] as const)('survives what gets lost around the wrap of a device that is known to count to %i', async (blockNumbers) => {
    const bench = updateBench({
      updateProtocol: 16,
      firmware: { blockNumbers },
      behaviours: [
        onUpdateRequest('block', 'lost', { nth: 65_530 }),
        onUpdateRequest('block', 'lost', { nth: 65_545, count: 2 }),
        onUpdateEvent('block-acknowledged', 'lost', { nth: 6555, count: 2 }),
        onUpdateEvent('block-acknowledged', 'doubled', { nth: 6558 }),
      ],
    });
    expect(await bench.update(firmware, { blockNumbers })).toMatchObject({ status: 'updated' });
    expect(runsLarge(bench)).toBe(true);
    // Begun once only.
    expect(flashOf(bench).blocksReceived).toBeLessThan(65_560 + 60);
  });

  test('is too much for protocol 7, which counts blocks with 16 bits', async () => {
    const bench = updateBench({ updateProtocol: 7 });
    expect(await bench.update(firmware)).toMatchObject({ status: 'refused', reason: 'image-too-large' });
    expect(flashOf(bench).blocksReceived).toBe(0);
  });
});
