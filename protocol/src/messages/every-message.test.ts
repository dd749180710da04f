import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError, type Field } from '../bytes/index.ts';
import * as protocol from '../index.ts';
import { decodePayload, encodePayload, type Message } from './message.ts';

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'provenance' in value && 'subcommand' in value;

/** Messages among exported values, also those inside of lists and of wires: a new one is found by being exported. */
function messagesIn(value: unknown, depth = 0): readonly Message[] {
  if (isMessage(value)) return [value];
  if (typeof value !== 'object' || value === null || depth > 2) return [];
  return Object.values(value).flatMap((inner) => messagesIn(inner, depth + 1));
}

const messages = [...new Set(Object.values(protocol).flatMap((value) => messagesIn(value)))];

/** Each field once, under the first message and part that has it. */
const parts = new Map<Field<unknown>, string>();
for (const message of messages)
  for (const part of ['request', 'reply', 'write', 'event', 'post'] as const) {
    const field = message[part];
    if (field && !parts.has(field)) parts.set(field, `${message.name}, ${part}`);
  }
const cases = [...parts].map(([field, name]) => ({ name, field }));

const notDecoded = Symbol('not decoded');

/** The value, or `notDecoded` for a DecodeError; whatever else is thrown goes on. */
function decoded(field: Field<unknown>, payload: Uint8Array): unknown {
  try {
    return decodePayload(field, payload);
  } catch (error) {
    if (error instanceof DecodeError) return notDecoded;
    throw error;
  }
}

function encoded(field: Field<unknown>, value: unknown): Uint8Array | null {
  try {
    return encodePayload(field, value);
  } catch (error) {
    // A value that stands for bytes without a name cannot be written (nameOf8).
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Payloads that a part decodes, found by trying: a declaration may begin with any constant or length. */
function seedsOf(field: Field<unknown>): readonly Uint8Array[] {
  const seeds: Uint8Array[] = [];
  for (const length of [57, 24, 12, 7, 4, 2, 1, 0]) {
    for (let first = 0; first < 0x100 && seeds.length < 12; first += 1) {
      const payload = Uint8Array.from({ length }, (_, index) => (index === 0 ? first : index & 1 ? 0 : 1));
      if (decoded(field, payload) !== notDecoded) seeds.push(payload);
    }
  }
  return seeds;
}

/** A seed with some bytes changed, and perhaps cut. */
const changed = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(56), fc.nat(255)), { maxLength: 6 }), fc.option(fc.nat(57), { freq: 3 }))
    .map(([seed, changes, end]) => {
      const payload = seed.slice(0, end ?? seed.length);
      for (const [index, byte] of changes) if (index < payload.length) payload[index] = byte;
      return payload;
    });

describe('every declaration', () => {
  test('is found', () => {
    expect(messages.length).toBeGreaterThanOrEqual(20);
    expect(cases.length).toBeGreaterThanOrEqual(messages.length);
    expect(new Set(messages)).toContain(protocol.batteryStatus);
    expect(new Set(messages)).toContain(protocol.verifiedWires[0]?.message);
  });

  test.each(cases)('gives back what it was given: $name', ({ field }) => {
    const seeds = seedsOf(field);
    let given = 0;
    fc.assert(
      fc.property(changed(seeds), (payload) => {
        const value = decoded(field, payload);
        const bytes = value === notDecoded ? null : encoded(field, value);
        if (!bytes) return;
        given += 1;
        const again = decodePayload(field, bytes);
        expect(again).toEqual(value);
        expect(encodePayload(field, again)).toEqual(bytes);
      }),
      { numRuns: 40 },
    );
    expect(given).toBeGreaterThan(0);
  });

  test.each(cases)('decodes any bytes, or throws a DecodeError: $name', ({ field }) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 57 }), changed(seedsOf(field))), (payload) => {
        decoded(field, payload);
      }),
      { numRuns: 40 },
    );
  });
});
