import { describe, expect, test } from 'vitest';
import { everyRow, quick } from './every-row.ts';
import { type Row, tables } from './rows.ts';

const codecNames = ['packet', 'battery status', 'sidetone', 'DFU product id', 'firmware block'].flatMap((name) => [
  `${name}, encode`,
  `${name}, decode`,
]);

describe('the benchmarks', () => {
  test('run, and have a row for everything that is measured', async () => {
    const rows = await everyRow(quick);
    expect(rows.filter(({ group }) => group === 'codec').map(({ name }) => name)).toEqual(codecNames);
    for (const one of ['update', 'devices']) expect(rows.filter(({ group }) => group === one)).toHaveLength(1);
    for (const { ratio, values } of rows) {
      expect(ratio).toBeGreaterThan(0);
      for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true);
    }
    // It updates a device in real time and collects garbage dozens of times, which a busy machine takes long for.
  }, 120_000);

  test('are shown as a table for each group, with the numbers that the group has', () => {
    const rows: Row[] = [
      { group: 'codec', name: 'a', ratio: 1.234, goal: 1.5, values: { ns: 123.4, byHandNs: 100 } },
      { group: 'codec', name: 'b', ratio: null, goal: null, values: { ns: 0.5 } },
      { group: 'devices', name: 'c', ratio: 2, goal: null, values: { bytesEach: 4096 } },
    ];
    expect(tables(rows).split('\n')).toEqual([
      '### codec',
      '| what | ratio | goal | ns | by hand ns |',
      '| --- | --- | --- | --- | --- |',
      '| a | 1.23 | ≤ 1.5 | 123 | 100 |',
      '| b | – | – | 0.5 |  |',
      '',
      '### devices',
      '| what | ratio | goal | bytes each |',
      '| --- | --- | --- | --- |',
      '| c | 2.00 | – | 4096 |',
    ]);
  });
});
