import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const fileOf = (path: string): URL => new URL(`../../${path}`, import.meta.url);

interface Reference {
  readonly file: string;
  readonly name: string;
}

/** A file in code, a colon, and the name of a test in italics. */
function references(text: string): readonly Reference[] {
  return [...text.matchAll(/`([^`]+\.test\.ts)`: \*([^*]+)\*/g)].map(([, file = '', name = '']) => ({ file, name }));
}

/** As the name of a test or a suite: in quotes behind a bracket, whole, or the end of one that begins with a number. */
const isNamedIn = (text: string, name: string): boolean =>
  ["('", '("', '(`', ' reports: ', ' payloads: '].some((before) => text.includes(`${before}${name}`));

describe('the page on security', () => {
  it('names tests that exist', async () => {
    const page = await readFile(fileOf('docs/security.md'), 'utf8');
    const named = references(page);
    expect(named.length).toBeGreaterThan(50);
    const missing = await Promise.all(
      named.map(async ({ file, name }) => {
        const text = await readFile(fileOf(file), 'utf8').catch(() => null);
        if (text === null) return [`${file} is not there`];
        return isNamedIn(text, name) ? [] : [`${file} has no test "${name}"`];
      }),
    );
    expect(missing.flat()).toEqual([]);
  });

  it('has a test for each promise and each threat', async () => {
    const page = await readFile(fileOf('docs/security.md'), 'utf8');
    const tables = page.split(/\n(?=#|$)/m).filter((part) => /\| test \|\n/.test(part));
    const rows = tables.flatMap((part) => part.split('\n').filter((line) => /^\|(?!---| threat | promise )/.test(line)));
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => references(row.split('|').at(-2) ?? '').length === 0)).toEqual([]);
  });
});
