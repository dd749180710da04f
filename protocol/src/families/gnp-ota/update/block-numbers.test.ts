import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockNumber, type BlockNumbers, type BlockWindow, isOneLess, otherBlockNumbers, readAcknowledgement } from './block-numbers.ts';

const read = (value: number, from: number, to: number, saysOneLess: boolean | null = false, numbers: BlockNumbers = 65_536): unknown => {
  const acknowledgement = readAcknowledgement(value, { from, to }, numbers, saysOneLess);
  return acknowledgement.kind === 'part' ? acknowledgement.next : acknowledgement.kind;
};

test('numbers begin again at 0 after FFFF, or after FFFE', () => {
  expect([65_534, 65_535, 65_536, 131_071, 131_072].map((index) => blockNumber(index, 65_536))).toEqual([65_534, 65_535, 0, 65_535, 0]);
  expect([65_534, 65_535, 65_536, 131_069, 131_070].map((index) => blockNumber(index, 65_535))).toEqual([65_534, 0, 1, 65_534, 0]);
});

test('what doesn’t get through one way is tried the other', () => {
  expect([otherBlockNumbers(65_536), otherBlockNumbers(65_535)]).toEqual([65_535, 65_536]);
});

describe('an acknowledgement', () => {
  test.each<[string, unknown, number, number, number, (boolean | null)?]>([
    ['of the last block is one of the window', 'all', 20, 11, 20],
    ['of the block before is as well, as fwupd has it', 'all', 19, 11, 20],
    ['of an earlier block says where to go on', 16, 15, 11, 20],
    ['of the window’s first block says so too', 12, 11, 11, 20],
    ['of the window before is late', 'other', 10, 11, 20],
    ['of something that wasn’t sent is nonsense', 'other', 21, 11, 20],
    ['of the first block', 'all', 0, 0, 0, null],
    ['of the first block with one less', 'all', 0xffff, 0, 0, null],
    ['of a window of one block is late where it names the one before', 'other', 20, 21, 21],
    ['unless the device always does', 'all', 20, 21, 21, true],
  ])('%s', (_, expected, value, from, to, saysOneLess = false) => {
    expect(read(value, from, to, saysOneLess)).toBe(expected);
  });

  test('behind the wrap is taken in both readings of what the host counted to 65,536', () => {
    expect(read(4, 65_531, 65_540)).toBe('all');
    expect(read(5, 65_531, 65_540)).toBe('all');
    // What fwupd takes: n % 65,535 - 1, up to 13 MiB.
    const refused = Array.from({ length: 19_000 }, (_, tens) => 65_540 + tens * 10).filter(
      (block) => block % 65_535 !== 0 && read((block % 65_535) - 1, block - 9, block) !== 'all',
    );
    expect(refused).toEqual([]);
  });

  test('of block FFFF, the first that has two numbers, is taken in both', () => {
    expect([0xffff, 0].map((value) => read(value, 65_526, 65_535))).toEqual(['all', 'all']);
    expect([0xffff, 0].map((value) => read(value, 65_526, 65_535, false, 65_535))).toEqual(['other', 'all']);
    expect(read(0, 65_525, 65_534)).toBe('other');
  });

  test('of another reading is not taken where it could be a late one', () => {
    expect(read(5, 65_531, 65_540, false, 65_535)).toBe('all');
    expect(read(4, 65_540, 65_540, false, 65_535)).toBe('other');
  });

  test('at the wrap of a device that stopped there says so', () => {
    expect(read(65_534, 65_531, 65_540)).toBe(65_535);
  });

  test('moves to where the device is, and nowhere else', () => {
    const window = fc
      .nat(30_000)
      .chain((tens) => fc.integer({ min: 1, max: 10 }).map((size): BlockWindow => ({ from: tens * 10 + 11 - size, to: tens * 10 + 10 })));
    fc.assert(
      fc.property(window, fc.integer({ min: 0, max: 40 }), fc.constantFrom(65_536, 65_535), (one, before, numbers) => {
        // The device has everything up to `last`, somewhere in the window or before it.
        const last = one.to - before;
        const acknowledgement = readAcknowledgement(blockNumber(last, numbers), one, numbers, false);
        if (acknowledgement.kind === 'part') expect(acknowledgement.next).toBe(last + 1);
        if (acknowledgement.kind === 'all') expect(before).toBeLessThanOrEqual(one.to > one.from ? 1 : 0);
        if (acknowledgement.kind === 'other') expect(last).toBeLessThan(one.from);
      }),
      { numRuns: 300 },
    );
  });

  test('shows whether the device says one less', () => {
    expect(isOneLess(20, { from: 11, to: 20 }, 65_536)).toBe(false);
    expect(isOneLess(19, { from: 11, to: 20 }, 65_536)).toBe(true);
    expect(isOneLess(0xffff, { from: 0, to: 0 }, 65_536)).toBe(true);
  });
});
