import fc from 'fast-check';
import { joined } from './forge.ts';

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** Numbers at which a reader of sizes and offsets may slip, little endian. */
const telling: readonly (readonly number[])[] = [
  [0],
  [0xff],
  [0, 0],
  [0xff, 0xff],
  [0, 0, 0, 0],
  [1, 0, 0, 0],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0x80],
  [0xff, 0xff, 0xff, 0xff],
  [0x50, 0x4b, 0x05, 0x06],
  [0x50, 0x4b, 0x01, 0x02],
  [0x50, 0x4b, 0x03, 0x04],
];

const place = fc.nat(0xffff);
const at = (bytes: Uint8Array, where: number): number => (bytes.length === 0 ? 0 : where % bytes.length);

const overwrite =
  (where: number, values: ArrayLike<number>): Mutation =>
  (bytes) => {
    const changed = bytes.slice();
    changed.set(Array.from(values).slice(0, changed.length - at(bytes, where)), at(bytes, where));
    return changed;
  };

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(
    ([where, bit]): Mutation =>
      (bytes) =>
        overwrite(where, [(bytes[at(bytes, where)] ?? 0) ^ (1 << bit)])(bytes),
  ),
  fc.tuple(place, fc.constantFrom(...telling)).map(([where, values]) => overwrite(where, values)),
  fc.tuple(place, fc.nat(300)).map(
    ([where, length]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, where)), bytes.subarray(at(bytes, where) + length)),
  ),
  fc.tuple(place, place, fc.nat(300)).map(
    ([from, to, length]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, to)), bytes.subarray(at(bytes, from), at(bytes, from) + length), bytes.subarray(at(bytes, to))),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(
    ([where, inserted]): Mutation =>
      (bytes) =>
        joined(bytes.subarray(0, at(bytes, where)), inserted, bytes.subarray(at(bytes, where))),
  ),
  place.map(
    (where): Mutation =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
);

/** One of the seeds, changed in a few places: bits, sizes, pieces cut out, doubled, put in. */
export function mutated(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 6 }))
    .map(([seed, mutations]) => mutations.reduce((bytes, change) => change(bytes), seed));
}
