import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MainLog } from './main-log.ts';

describe('the log of main', () => {
  let home: string;
  let printed: string[];
  const open = (folder: string) =>
    new MainLog({ folder, console: { write: (line: string) => printed.push(line) }, now: () => Date.UTC(2026, 0, 5, 9) });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'jpd-log-'));
    printed = [];
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('says each line to whoever reads along, and as JSON in its file', async () => {
    const log = open(join(home, 'logs'));
    log.say('1.4.0 starts');
    log.say('two\nlines');
    await log.flush();
    expect(printed).toEqual(['2026-01-05T09:00:00.000Z tray: 1.4.0 starts\n', '2026-01-05T09:00:00.000Z tray: two\nlines\n']);
    const lines = readFileSync(join(home, 'logs', 'jabra-tray.log'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { time: '2026-01-05T09:00:00.000Z', level: 'info', component: 'tray', message: '1.4.0 starts' },
      { time: '2026-01-05T09:00:00.000Z', level: 'info', component: 'tray', message: 'two\nlines' },
    ]);
  });

  it('says of an error where it came from and what caused it', async () => {
    const log = open(home);
    log.say('the list', new Error('cannot be read', { cause: new Error('disk full') }));
    log.say('the rest', 'a text');
    await log.flush();
    expect(printed[0]).toMatch(/tray: the list: Error: cannot be read\n +at .*caused by Error: disk full\n/su);
    expect(printed[1]).toBe('2026-01-05T09:00:00.000Z tray: the rest: a text\n');
  });

  it('goes on reading aloud where there is no folder to write in', async () => {
    const inTheWay = join(home, 'logs');
    writeFileSync(inTheWay, '');
    const log = open(inTheWay);
    log.say('one');
    await log.flush();
    expect(printed).toEqual([expect.stringContaining('tray: one'), expect.stringContaining(`the log cannot be written in ${inTheWay}`)]);
  });
});
