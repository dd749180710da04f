import { describe, expect, test } from 'vitest';
import { updateLimits } from './index.ts';
import { ack, begin, block, elapsed, erased, machine, planOf, sendingFrom, unanswered, verified } from './testing/machine-bench.ts';

describe('blocks', () => {
  test('are waited for where they are sent, and where they are sent again', () => {
    const { tell, effectsOf } = machine(planOf(5));
    const window = (from: number, to: number) => [
      { kind: 'send', window: { from, to }, numbers: 65_536 },
      { kind: 'wait', milliseconds: updateLimits.answerMs },
    ];
    tell(begin, ack, erased);
    expect(effectsOf(ack)).toEqual(window(0, 0));
    expect(effectsOf(block(0))).toEqual(window(1, 4));
    expect(effectsOf(elapsed)).toEqual(window(1, 4));
    expect(effectsOf(unanswered)).toEqual(window(1, 4));
    expect(effectsOf(block(2))).toEqual(window(3, 4));
  });

  test('alone in their window aren’t there for a doubled acknowledgement of the one before', () => {
    const { tell } = machine(planOf(12));
    tell(begin, ack, erased, ack, block(0), block(10));
    expect(tell(block(10))).toMatchObject({ step: 'sending', sending: { window: { from: 11, to: 11 } } });
    expect(tell(block(11)).step).toBe('verifying');
  });

  test('alone in their window are there for the number before from a device that always says one less', () => {
    const { tell } = machine(planOf(12));
    tell(begin, ack, erased, ack, block(0xffff), block(9));
    expect(tell().sending).toMatchObject({ window: { from: 11, to: 11 }, saysOneLess: true });
    expect(tell(block(10)).step).toBe('verifying');
  });

  test('mean nothing where none is on its way', () => {
    const plan = planOf(1);
    const nothing = { ...sendingFrom(plan, 0, 0), sending: null };
    for (const input of [elapsed, block(0), verified]) expect(machine(plan, nothing).tell(input)).toEqual(nothing);
  });
});

/** The window in which the readings of a number begin to differ: 65,535 is the first such block. */
describe('where block numbers end', () => {
  const plan = planOf(65_560);
  const atTheEnd = sendingFrom(plan, 65_531, 65_540);
  const known = { ...atTheEnd, numbersConfirmed: true };

  test('a device that stops behind 65,534 gets the next ones counted the other way', () => {
    const { tell, effects } = machine(plan, atTheEnd);
    expect(tell(block(65_534))).toMatchObject({ numbers: 65_535, numbersConfirmed: false });
    expect(effects).toContainEqual({ kind: 'send', window: { from: 65_535, to: 65_540 }, numbers: 65_535 });
  });

  test.each([
    ['a block before', atTheEnd, 65_533],
    ['a block behind', atTheEnd, 65_535],
    ['the same, but its way to count is known', known, 65_534],
  ])('one that stops at %s gets them as before', (_, state, number) => {
    const { tell, effects } = machine(plan, state);
    expect(tell(block(number)).numbers).toBe(65_536);
    expect(effects).toContainEqual({ kind: 'send', window: { from: number + 1, to: 65_540 }, numbers: 65_536 });
  });

  test('one that stays silent after that gets them as they were begun', () => {
    expect(machine(plan, atTheEnd).tell(block(65_534), elapsed)).toMatchObject({ numbers: 65_536, sending: { tries: 1 } });
  });

  test('its way to count is known once it took blocks of which the number depends on it, not earlier', () => {
    const { tell } = machine(plan, sendingFrom(plan, 65_521, 65_530));
    expect(tell(block(65_530)).numbersConfirmed).toBe(false);
    expect(tell(block(4))).toMatchObject({ numbersConfirmed: true, numbers: 65_536 });
  });

  test('the other way is known as well once it took such blocks, and stays', () => {
    // Block 65,540 is number 5 of those that begin again after 65,534.
    const { tell } = machine(plan, atTheEnd);
    expect(tell(block(65_534), block(5))).toMatchObject({ numbersConfirmed: true, numbers: 65_535 });
    expect(tell(elapsed)).toMatchObject({ numbers: 65_535, sending: { window: { from: 65_541, to: 65_550 }, tries: 1 } });
  });

  test('what the caller knows stays known while blocks go that tell nothing', () => {
    const { tell } = machine({ ...plan, blockNumbers: 65_535 });
    expect(tell(begin, ack, erased, ack, block(0))).toMatchObject({ numbers: 65_535, numbersConfirmed: true });
  });
});
