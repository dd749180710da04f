import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { encode } from './encode.ts';
import { ContractError } from './errors.ts';
import { payloadExamples } from './examples.ts';
import { maxPayloadBytes, parsePayload } from './payload.ts';
import { timestamp } from './timestamp.ts';
import { topicKinds } from './topic-rules.ts';

const sentAtMs = Date.UTC(2026, 10, 22, 8);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes around the name in an otherwise empty client document. */
const frame = { clientId: 'pc1', clientVersion: '1', mode: 'personal', loginSessionId: 's', startedAt: timestamp(0) } as const;
const around = utf8(encode('client', { ...frame, clientName: '' }, sentAtMs)).length;

describe('encode', () => {
  it('writes schema and sentAt in front of the value', () => {
    expect(encode('acks', { ids: ['a', 'b'] }, sentAtMs)).toBe('{"schema":"ack/1","sentAt":"2026-11-22T08:00:00.000Z","ids":["a","b"]}');
  });

  it('stamps anew what already has a stamp, in the same place', () => {
    const old = { schema: 'ack/0', sentAt: timestamp(0), ids: [] };
    expect(encode('acks', old, sentAtMs)).toBe('{"schema":"ack/1","sentAt":"2026-11-22T08:00:00.000Z","ids":[]}');
  });

  it('leaves out what is undefined', () => {
    expect(encode('results', { commandId: 'c', status: 'accepted' }, 0)).toBe(
      '{"schema":"result/1","sentAt":"1970-01-01T00:00:00.000Z","commandId":"c","status":"accepted"}',
    );
  });

  it.each(topicKinds)('makes of %s what the other side reads as the same', (kind) => {
    const body = payloadExamples[kind] as Parameters<typeof encode<typeof kind>>[1];
    expect(parsePayload(kind, utf8(encode(kind, body, sentAtMs)))).toEqual({ ok: true, value: payloadExamples[kind] });
  });

  it.each([
    ['one byte', 'x', 1],
    ['three bytes', '€', 3],
    ['four bytes', '🎧', 4],
  ])('counts bytes, not characters: of %s each', (_what, character, size) => {
    const most = Math.floor((maxPayloadBytes - around) / size);
    const name = character.repeat(most);
    expect(utf8(encode('client', { ...frame, clientName: name }, sentAtMs)).length).toBeGreaterThan(maxPayloadBytes - size);
    const tooLarge = () => encode('client', { ...frame, clientName: name + character }, sentAtMs);
    expect(tooLarge).toThrow(ContractError);
    expect(tooLarge).toThrow(expect.objectContaining({ code: 'payload-too-large' }));
  });

  it('lets pass exactly the largest payload that is accepted', () => {
    const largest = encode('client', { ...frame, clientName: 'x'.repeat(maxPayloadBytes - around) }, sentAtMs);
    expect(utf8(largest)).toHaveLength(maxPayloadBytes);
    expect(parsePayload('client', utf8(largest))).toMatchObject({ ok: true });
  });

  it('keeps every text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (organizationName) => {
        const text = encode('policy', { ...payloadExamples.policy, organizationName }, sentAtMs);
        expect(parsePayload('policy', utf8(text))).toMatchObject({ value: { organizationName } });
      }),
    );
  });
});
