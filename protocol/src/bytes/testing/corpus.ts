import { toHex } from '../hex.ts';
import { annotated } from './annotated.ts';
import { Random } from './random.ts';

/** Bytes of a file of a corpus: as `annotated` reads them, lines with a # are comments. */
export const corpusEntry = (text: string): Uint8Array => annotated(text.replaceAll(/^#.*$/gm, ''));

/** Bytes at which lengths, signs and tags turn over. */
const turning = [0x00, 0x01, 0x04, 0x05, 0x06, 0x3f, 0x40, 0x7f, 0x80, 0xa1, 0xc0, 0xc5, 0xfe, 0xff];

type Change = (bytes: readonly number[], random: Random, other: readonly number[]) => number[];

const flipBit: Change = (bytes, random) => {
  const at = random.below(bytes.length);
  return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.below(8)) : byte));
};

const setByte: Change = (bytes, random) => {
  const at = random.below(bytes.length);
  const byte = random.below(2) === 0 ? random.one(turning) : random.below(0x100);
  return bytes.map((old, index) => (index === at ? byte : old));
};

const truncate: Change = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const cutOut: Change = (bytes, random) => bytes.toSpliced(random.below(bytes.length + 1), 1 + random.below(4));

const insert: Change = (bytes, random) => bytes.toSpliced(random.below(bytes.length + 1), 0, random.one(turning), random.below(0x100));

const repeat: Change = (bytes, random) => {
  const from = random.below(bytes.length + 1);
  const piece = bytes.slice(from, from + 1 + random.below(16));
  return bytes.toSpliced(from, 0, ...Array.from({ length: 1 + random.below(8) }, () => piece).flat());
};

const splice: Change = (bytes, random, other) => [...bytes.slice(0, random.below(bytes.length + 1)), ...other.slice(random.below(other.length + 1))];

const changes: readonly Change[] = [flipBit, flipBit, setByte, setByte, truncate, cutOut, insert, repeat, splice];

/** An entry of a corpus after one to four changes. */
export function mutant(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = [...random.one(corpus)];
  for (let left = 1 + random.below(4); left > 0; left -= 1) bytes = random.one(changes)(bytes, random, [...random.one(corpus)]);
  return Uint8Array.from(bytes);
}

const fixedSeeds = [1, 2, 3, 5, 8, 13, 21, 34];

/**
 * Hands mutants of a corpus to `check`, `perSeed` for each of the fixed seeds and for one by chance. Where `check` throws, so does this, with the seed
 * and the bytes: they belong into the corpus.
 */
export function fuzz(corpus: Iterable<Uint8Array>, perSeed: number, check: (bytes: Uint8Array) => void): void {
  const entries = [...corpus];
  for (const seed of [...fixedSeeds, Math.floor(Math.random() * 0x1_0000_0000)]) {
    const random = new Random(seed);
    for (let number = 0; number < perSeed; number += 1) {
      const bytes = mutant(entries, random);
      try {
        check(bytes);
      } catch (error) {
        throw new Error(`seed ${seed}, mutant ${number}: ${toHex(bytes)}`, { cause: error });
      }
    }
  }
}
