import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { format } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';

const folder = new URL('../examples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

/** What an example prints: the text file beside it, else the lines below "// Prints:" in it; null where neither is there. */
function expectedOutput(name: string): string | null {
  const text = name.replace(/\.ts$/, '.txt');
  if (existsSync(new URL(text, folder))) return read(text);
  const lines = /^\/\/ Prints:\n((?:\/\/ .*\n)+)/m.exec(read(name))?.[1];
  return lines?.replaceAll(/^\/\/ /gm, '') ?? null;
}

/** Every example runs as a program does: imported once, printing with `console.log`. */
describe('the example', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(examples)('%s runs, and prints what it says', async (name) => {
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void printed.push(`${format(...words)}\n`));
    await import(new URL(name, folder).href);
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.join('')).toBe(expectedOutput(name) ?? printed.join(''));
  });

  test.each(examples)('%s is plain JavaScript: the README says that it runs as it stands', (name) => {
    expect(() => execFileSync(process.execPath, ['--input-type=module', '--check', '-'], { input: read(name) })).not.toThrow();
  });

  test('has no expected text without a program', () => {
    const texts = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(texts.filter((name) => !examples.includes(name.replace(/\.txt$/, '.ts')))).toEqual([]);
    expect(examples).toContain('first-program.ts');
  });
});
