import { expect, test } from 'vitest';
import { fuzz, mutant } from './corpus.ts';
import { Random } from './random.ts';

const corpus = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(0xa0, 0xa1, 0xa2)];

const mutants = (seed: number): string[] => {
  const random = new Random(seed);
  return Array.from({ length: 300 }, () => mutant(corpus, random).join());
};

test('a seed gives the same mutants again, another seed others', () => {
  expect(mutants(7)).toEqual(mutants(7));
  expect(mutants(7)).not.toEqual(mutants(8));
});

test('mutants are shorter, longer, changed and mixed', () => {
  const made = mutants(7).map((text) => (text === '' ? [] : text.split(',').map(Number)));
  expect(new Set(made.map(String)).size).toBeGreaterThan(200);
  expect(made.some(({ length }) => length < 3)).toBe(true);
  expect(made.some(({ length }) => length > 16)).toBe(true);
  expect(made.some((bytes) => bytes.includes(1) && bytes.includes(0xa2))).toBe(true);
});

test('what breaks a parser is told with its seed and its bytes', () => {
  const parse = (bytes: Uint8Array): void => {
    if (bytes.length > 20) throw new TypeError('too long to bear');
  };
  expect(() => fuzz(corpus, 500, parse)).toThrow(/^seed \d+, mutant \d+: [0-9a-f]{42,}$/);
  expect(() => fuzz(corpus, 50, () => undefined)).not.toThrow();
});
