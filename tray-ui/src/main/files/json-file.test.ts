import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { JsonFile } from './json-file.ts';

const schema = z.object({ language: z.enum(['en', 'de']), isLoud: z.boolean() });
const defaults = { language: 'en', isLoud: false } as const;

describe('a small file', () => {
  let folder: string;
  let problems: string[];
  const path = () => join(folder, 'sub', 'preferences.json');
  const open = () =>
    new JsonFile({
      path: path(),
      schema,
      defaults,
      onProblem: (message) => {
        problems.push(message);
      },
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jpd-json-'));
    problems = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('holds its defaults before anything was written, and what was written after', () => {
    const file = open();
    expect(file.value).toEqual(defaults);
    file.write({ language: 'de', isLoud: true });
    expect(open().value).toEqual({ language: 'de', isLoud: true });
    expect(problems).toEqual([]);
    expect(existsSync(`${path()}.new`)).toBe(false);
  });

  it('takes its defaults for what an older version did not know', () => {
    open().write(defaults);
    writeFileSync(path(), '{"language": "de"}');
    expect(open().value).toEqual({ language: 'de', isLoud: false });
  });

  it.each([
    ['cut off', '{"language": "d'],
    ['of zeros', '\0\0\0\0'],
    ['of another shape', '{"language": 5}'],
    ['no object', '[]'],
  ])('that is %s is kept aside, told of, and written anew', (_, text) => {
    open().write(defaults);
    writeFileSync(path(), text);
    const file = open();
    expect(file.value).toEqual(defaults);
    expect(problems).toEqual([expect.stringContaining('damaged')]);
    expect(readFileSync(`${path()}.damaged`, 'utf8')).toBe(text);
    file.write({ language: 'de', isLoud: false });
    expect(open().value.language).toBe('de');
  });

  it('survives a power cut before the new one took its place', () => {
    open().write({ language: 'de', isLoud: true });
    writeFileSync(`${path()}.new`, '{"lang');
    expect(open().value).toEqual({ language: 'de', isLoud: true });
    open().write(defaults);
    expect(open().value).toEqual(defaults);
  });

  it('that cannot be written holds its value all the same', () => {
    writeFileSync(join(folder, 'sub'), 'a file where a folder should be');
    const file = open();
    file.write({ language: 'de', isLoud: false });
    expect(file.value.language).toBe('de');
    expect(problems).toEqual([expect.stringContaining('cannot be written')]);
  });
});
