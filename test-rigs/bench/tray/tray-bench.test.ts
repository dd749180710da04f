import { expect, test } from 'vitest';
import { describeWith, mosquitto } from '../../lab/requirements.ts';
import { electronOnScreen } from '../../tray/tray-app.ts';
import { quick } from '../every-row.ts';
import { trayRows } from './index.ts';

describeWith(mosquitto, 'the benchmark of', () => {
  describeWith(electronOnScreen, 'the tray app', () => {
    test('runs, and has a row for everything that is measured', async () => {
      const rows = await trayRows(quick.tray);
      expect(rows.map(({ name }) => name.replace(/[,:].*/, ''))).toEqual([
        'idle',
        'the same with the agent in the main process',
        'idle',
        'idle',
        'window',
        'window',
      ]);
      for (const { group, ratio, values } of rows) {
        expect(group).toBe('tray');
        expect(ratio).toBeGreaterThan(0);
        for (const value of Object.values(values)) expect(Number.isFinite(value)).toBe(true);
      }
      const [memory] = rows;
      expect(memory?.values['megabytes']).toBeGreaterThan(memory?.values['baselineMegabytes'] ?? Infinity);
      // It starts Electron five times.
    }, 120_000);
  });
});
