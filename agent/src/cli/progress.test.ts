import { expect, it } from 'vitest';
import { ProgressBar } from './progress.ts';

function shown(isTTY: boolean): string {
  let text = '';
  const write = (part: unknown): boolean => {
    text += String(part);
    return true;
  };
  const bar = new ProgressBar({ isTTY, write });
  bar.show('transferring', 0);
  bar.show('transferring', 50);
  bar.show('transferring', 50);
  bar.show('installing', null);
  bar.end();
  return text;
}

it('moves a bar on a terminal, and leaves the line when it ends', () => {
  expect(shown(true)).toBe(
    `\r[${' '.repeat(30)}] transferring 0 %\u001B[K\r[${'#'.repeat(15)}${' '.repeat(15)}] transferring 50 %\u001B[K\r[${'#'.repeat(30)}] installing\u001B[K\n`,
  );
});

it('writes a line for each new state elsewhere', () => {
  expect(shown(false)).toBe('transferring 0 %\ntransferring 50 %\ninstalling\n');
});
