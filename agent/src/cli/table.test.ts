import { expect, it } from 'vitest';
import { table } from './table.ts';

it('a table has columns as wide as their widest cell', () => {
  expect(
    table(
      ['a', 'name'],
      [
        ['1', 'x'],
        ['long one', 'y'],
      ],
    ),
  ).toBe('a         name\n1         x\nlong one  y');
});

it('no name that a device has drives the terminal or forges a row', () => {
  const text = table(['name'], [['Evil\u001b]0;title\u0007'], ['two\nrows'], ['c1\u009b31m'], ['tab\tbed']]);
  expect(text.split('\n')).toHaveLength(5);
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
