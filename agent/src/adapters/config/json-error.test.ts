import fc from 'fast-check';
import { expect, test } from 'vitest';

import { findJsonError } from './json-error.ts';
import { parseJson } from './read-json.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const jsonAlphabet = fc.constantFrom(...'{}[]:,"\\/ \n\t-+.eE0123456789truefalsn\u0000\u007fü'.split(''));

test('it finds an error exactly where JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: jsonAlphabet, maxLength: 12 }), (text) => {
      expect(findJsonError(text) === null).toBe(parses(text));
    }),
    { numRuns: 3000 },
  );
});

test('it finds an error in documents with one character taken out, exactly where JSON.parse refuses', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (document, seed) => {
      const at = seed % document.length;
      const text = document.slice(0, at) + document.slice(at + 1);
      expect(findJsonError(document)).toBeNull();
      expect(findJsonError(text) === null).toBe(parses(text));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['{\n  "a": 1,\n}', 3, 1, 'a comma before "}" is one too many'],
  ['{ "a": 1\n  "b": 2 }', 2, 3, 'expected a comma'],
  ['{ "dir": "C:\\Program" }', 1, 13, 'write each one twice'],
  ['{ "a": "x\n" }', 1, 10, 'closing double quote'],
  ['{ // note\n}', 1, 3, 'comments are not allowed'],
  ["{ 'a': 1 }", 1, 3, 'double quotes only'],
  ['{ "a": 1', 1, 9, 'ends too early'],
  ['', 1, 1, 'ends too early'],
  ['{} x', 1, 4, 'nothing more'],
  ['[1, 2}', 1, 6, 'expected a comma, or the closing bracket'],
])('the error in %j is at line %i, column %i', (text, line, column, reason) => {
  const error = findJsonError(text);
  expect(error).toMatchObject({ line, column });
  expect(error?.reason).toContain(reason);
});

test('deep nesting is no trouble', () => {
  expect(findJsonError('['.repeat(200_000))?.column).toBe(200_001);
});

test('the sentence about broken JSON repeats nothing of it', () => {
  const read = parseJson('{ "enrollmentToken": "hunter2", }');
  expect(read).toMatchObject({ ok: false });
  expect(JSON.stringify(read)).not.toContain('hunter2');
  expect(JSON.stringify(read)).toContain('line 1, column 33');
});
