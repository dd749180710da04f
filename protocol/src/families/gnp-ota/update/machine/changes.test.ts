import { describe, expect, test } from 'vitest';
import { initialState, updateLimits, type UpdateState } from './index.ts';
import { ack, block, elapsed, lost, machine, planOf, refused, sendingFrom, verified, type Told } from './testing/machine-bench.ts';

/** So often that the blocks are given up. */
const stuck: readonly Told[] = Array.from({ length: updateLimits.blockTries + 1 }, () => elapsed);

describe('the next attempt', () => {
  const plan = planOf(65_560);
  /** Block 65,535 is the first of which the number can be read in two ways. */
  const atTheEnd = sendingFrom(plan, 65_531, 65_540);

  test('counts the other way where the device got stuck among blocks with ambiguous numbers, and the one after that as at first', () => {
    const { tell, effectsOf } = machine(plan, atTheEnd);
    expect(tell(...stuck)).toMatchObject({ step: 'partition', retries: 1, numbers: 65_535, firstNumbers: 65_535 });
    const again: UpdateState = { ...atTheEnd, ...tell(), step: 'sending', sending: atTheEnd.sending };
    expect(machine(plan, again).tell(...stuck)).toMatchObject({ retries: 2, numbers: 65_536, firstNumbers: 65_536 });
    expect(effectsOf(ack, { kind: 'erased' }, ack)).toContainEqual({ kind: 'send', window: { from: 0, to: 0 }, numbers: 65_535 });
  });

  test('counts the other way where the image was damaged that had just one such block', () => {
    const smallest = planOf(65_536);
    expect(machine(smallest, sendingFrom(smallest, 65_531, 65_535)).tell(block(65_535), elapsed)).toMatchObject({ retries: 1, numbers: 65_535 });
  });

  test.each<[string, number, UpdateState, readonly Told[]]>([
    ['it got stuck before them', 65_560, sendingFrom(plan, 65_521, 65_530), stuck],
    ['the damaged image had none', 65_535, sendingFrom(planOf(65_535), 65_531, 65_534), [block(65_534), elapsed]],
    ['the image wasn’t begun', 65_560, { ...initialState(plan), step: 'crc', turn: 3 }, [refused]],
    ['its way to count is known', 65_560, { ...atTheEnd, numbersConfirmed: true }, stuck],
    ['the image arrived, though its last acknowledgement did not', 65_536, sendingFrom(planOf(65_536, 1), 65_531, 65_535), [verified, refused]],
  ])('counts as before where %s', (_, blocks, state, inputs) => {
    expect(machine(planOf(blocks, 1), state).tell(...inputs)).toMatchObject({ step: 'partition', retries: 1, numbers: 65_536, firstNumbers: 65_536 });
  });

  test.each([
    [65_535, 'known', [block(65_534), block(5)]],
    [65_536, 'a guess', [block(65_534)]],
  ] as const)('after a loss counts to %i where the other way was %s', (numbers, _, inputs) => {
    expect(machine(plan, atTheEnd).tell(...inputs, lost, { kind: 'back' })).toMatchObject({ step: 'partition', numbers, firstNumbers: numbers });
  });

  test.each([
    [null, 65_536, false],
    [65_536, 65_536, true],
    [65_535, 65_535, true],
  ] as const)('the first one counts as the caller knows (%s), else as fwupd does', (blockNumbers, numbers, numbersConfirmed) => {
    expect(initialState({ ...plan, blockNumbers })).toMatchObject({ numbers, firstNumbers: numbers, numbersConfirmed });
  });
});
