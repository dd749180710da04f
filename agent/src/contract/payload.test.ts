import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { payloadExamples } from './examples.ts';
import { isEmptyPayload, maxPayloadBytes, parsePayload } from './payload.ts';
import { topicKinds, topicRules } from './topic-rules.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytes = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
const kinds = fc.constantFrom(...topicKinds);

/** An ack padded to a size with spaces, which JSON allows around a value. */
const padded = (size: number): Uint8Array => utf8(JSON.stringify(payloadExamples.acks).padEnd(size));

describe('an empty payload', () => {
  it('is told from all others', () => {
    expect(isEmptyPayload(new Uint8Array())).toBe(true);
    expect(isEmptyPayload(utf8(' '))).toBe(false);
  });
});

describe('parsePayload', () => {
  it.each(topicKinds)('accepts the example of %s as it stands', (kind) => {
    expect(parsePayload(kind, bytes(payloadExamples[kind]))).toEqual({ ok: true, value: payloadExamples[kind] });
  });

  it('accepts 250,000 bytes and not one more', () => {
    expect(maxPayloadBytes).toBe(250_000);
    expect(parsePayload('acks', padded(250_000))).toMatchObject({ ok: true });
    expect(parsePayload('acks', padded(250_001))).toEqual({ ok: false, problems: ['the payload is larger than 250000 bytes'] });
  });

  it.each([
    ['a byte that starts nothing', [0x22, 0xff, 0x22]],
    ['a cut sequence', [0x22, 0xc3, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a code point above 10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
  ])('refuses %s as no UTF-8', (_what, payload) => {
    expect(parsePayload('policy', Uint8Array.from(payload))).toEqual({ ok: false, problems: ['the payload is not UTF-8'] });
  });

  it('keeps text beyond ASCII', () => {
    const parsed = parsePayload('policy', bytes({ ...payloadExamples.policy, organizationName: 'Žluťoučký 🎧' }));
    expect(parsed).toMatchObject({ value: { organizationName: 'Žluťoučký 🎧' } });
  });

  it.each(['', ' ', '{', '{"schema":}', "{'a':1}", 'undefined', '{}x', '\uFEFF{}'])('refuses %j as no JSON', (text) => {
    expect(parsePayload('policy', utf8(text))).toEqual({ ok: false, problems: ['the payload is not JSON'] });
  });

  it.each(['null', '1', '"policy/1"', '[]', 'true'])('refuses %s as no object', (text) => {
    expect(parsePayload('policy', utf8(text))).toEqual({ ok: false, problems: ['the payload is not an object'] });
  });

  it.each(topicKinds)('refuses a schema that is not the one of %s', (kind) => {
    const { schemaName } = topicRules[kind];
    const others = [
      schemaName.replace('/1', '/2'),
      schemaName.replace('/1', ''),
      `${schemaName}.0`,
      schemaName.toUpperCase(),
      'other/1',
      '',
      1,
      null,
    ];
    for (const schema of others) {
      expect(parsePayload(kind, bytes({ ...payloadExamples[kind], schema }))).toEqual({ ok: false, problems: [`schema must be ${schemaName}`] });
    }
  });

  it('refuses a schema that is only inherited by name', () => {
    expect(parsePayload('policy', utf8('{"__proto__":{"schema":"policy/1"}}'))).toEqual({ ok: false, problems: ['schema must be policy/1'] });
  });

  it('drops a key that would be a prototype', () => {
    const text = JSON.stringify(payloadExamples.desired).replace('"settings":{', '"settings":{"__proto__":{"value":1,"locked":true},');
    expect(parsePayload('desired', utf8(text))).toEqual({ ok: true, value: payloadExamples.desired });
  });

  it('names at most ten problems, each with its path', () => {
    const ids = Array.from({ length: 20 }, () => 'not an id');
    const parsed = parsePayload('acks', bytes({ ...payloadExamples.acks, ids }));
    expect(parsed).toEqual({ ok: false, problems: ids.slice(0, 10).map((_, index) => `ids[${index}] must match [A-Za-z0-9_-]{1,64}`) });
  });

  it('repeats a key of the sender only where it looks like a name', () => {
    const settings = { sidetoneLevel: 3, 'any text\n': 3 };
    expect(parsePayload('desired', bytes({ ...payloadExamples.desired, settings }))).toEqual({
      ok: false,
      problems: ['settings.sidetoneLevel must be of type object', 'settings.* must be of type object'],
    });
  });

  it('reads and judges payloads as deep as the size allows', () => {
    const deep = `${'['.repeat(120_000)}${']'.repeat(120_000)}`;
    const text = JSON.stringify({ ...payloadExamples.commands, params: { deep: null } }).replace('null', () => deep);
    expect(parsePayload('commands', utf8(text)).ok).toBe(true);
    expect(parsePayload('policy', utf8(deep)).ok).toBe(false);
  });

  it('never throws and never accepts, whatever bytes come', () => {
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 200 }), (kind, payload) => {
        expect(parsePayload(kind, payload)).toMatchObject({ ok: false, problems: expect.arrayContaining([expect.any(String)]) });
      }),
      { numRuns: 300 },
    );
  });

  it('never throws where a valid payload was damaged, and what it still accepts is accepted again', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(kinds, fc.array(damage, { minLength: 1, maxLength: 4 }), (kind, damages) => {
        const payload = bytes(payloadExamples[kind]);
        for (const { at, byte } of damages) payload[at % payload.length] = byte;
        const [first] = damages;
        const parsed = parsePayload(kind, first?.cut === true ? payload.subarray(0, first.at % payload.length) : payload);
        if (parsed.ok) expect(parsePayload(kind, bytes(parsed.value))).toEqual(parsed);
        else expect(parsed.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws where a field holds something else, and never repeats what it held', () => {
    const marker = 'S3CRET';
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, marker, ` ${marker}/ `, 4711.5),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('value', 'locked', 'management', 'version', 'status', '__proto__'), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(kinds, fc.nat(), value, (kind, at, other) => {
        const example: object = payloadExamples[kind];
        const key = Object.keys(example)[at % Object.keys(example).length] ?? '';
        const parsed = parsePayload(kind, bytes({ ...example, [key]: other }));
        if (!parsed.ok) for (const problem of parsed.problems) expect(problem).not.toMatch(/S3CRET|4711/);
      }),
      { numRuns: 500 },
    );
  });
});
