import { expect, test } from 'vitest';
import { annotated } from './annotated.ts';

test('bytes are read line by line, without their meanings', () => {
  const bytes = annotated(`
    05           report id
    4A 61        "Ja"
    AB  fa de 12 are words of the meaning

    10 30
  `);
  expect([...bytes]).toEqual([0x05, 0x4a, 0x61, 0xab, 0x10, 0x30]);
});

test('a slip of the hand is not read as something else', () => {
  for (const slip of ['0', '05 1', '0G', '0501', 'meaning']) expect(() => annotated(slip)).toThrow(RangeError);
});
