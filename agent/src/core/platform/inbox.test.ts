import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxPayloadBytes, payloadExamples } from '../../contract/index.ts';
import { Inbox, type InboundHandlers, type InboundKind } from './inbox.ts';

const prefix = 'jabra/v1/acme/pc-1/';
const kinds = ['policy', 'desired', 'commands', 'acks', 'presence'] as const satisfies readonly InboundKind[];
const topicOf = (kind: InboundKind): string => prefix + (kind === 'desired' ? 'desired/24da-70bf92000001' : kind);
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

function lab() {
  const calls: string[] = [];
  const handler =
    (kind: InboundKind) =>
    async (_payload: unknown, { id, retained, beforeSuback }: { id: string; retained: boolean; beforeSuback: boolean }) => {
      calls.push(`${kind} id=${id} retained=${String(retained)} beforeSuback=${String(beforeSuback)}`);
    };
  const handlers: InboundHandlers = {
    payload: {
      policy: handler('policy'),
      desired: handler('desired'),
      commands: handler('commands'),
      acks: handler('acks'),
      presence: handler('presence'),
    },
    deleted: async (kind, { id }) => {
      calls.push(`deleted ${kind} ${id}`);
    },
    violation: async (kind, topic, problems) => {
      calls.push(`violation ${kind} ${topic.slice(prefix.length)}: ${problems.length > 0 ? 'why' : ''}`);
    },
  };
  const inbox = new Inbox(prefix, handlers);
  return {
    inbox,
    calls,
    deliver: async (topic: string, payload: Uint8Array, retained = false, beforeSuback = false) => {
      await inbox.deliver({ topic, payload, retained }, beforeSuback);
      return calls.splice(0);
    },
  };
}

describe('the inbox', () => {
  it.each(kinds)('hands a valid %s to its handler, with how it came', async (kind) => {
    const { deliver } = lab();
    const id = kind === 'desired' ? '24da-70bf92000001' : '';
    expect(await deliver(topicOf(kind), bytes(payloadExamples[kind]), true, false)).toEqual([`${kind} id=${id} retained=true beforeSuback=false`]);
    expect(await deliver(topicOf(kind), bytes(payloadExamples[kind]), false, true)).toEqual([`${kind} id=${id} retained=false beforeSuback=true`]);
  });

  it.each(kinds)('takes an empty payload of %s as a deletion, not as a violation', async (kind) => {
    const { deliver } = lab();
    expect(await deliver(topicOf(kind), new Uint8Array(), true)).toEqual([`deleted ${kind} ${kind === 'desired' ? '24da-70bf92000001' : ''}`]);
  });

  it.each([
    ['what is not JSON', bytes('{"schema":')],
    ['what is not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['JSON that is no object', bytes('[]')],
    ['another schema', bytes({ ...payloadExamples.acks, schema: 'event/1' })],
    ['an unknown major version', bytes({ ...payloadExamples.policy, schema: 'policy/2' })],
    ['a missing field', bytes({ schema: 'policy/1', sentAt: '2026-11-22T08:00:00.000Z' })],
    ['a revision past 2^53-1', bytes({ ...payloadExamples.policy, revision: 2 ** 53 })],
    ['a payload above 250,000 bytes', bytes({ ...payloadExamples.policy, organizationName: 'x'.repeat(maxPayloadBytes) })],
  ])('reports %s and hands nothing on', async (_, payload) => {
    expect(await lab().deliver(topicOf('policy'), payload)).toEqual(['violation policy policy: why']);
  });

  it('ignores fields that it does not know', async () => {
    expect(await lab().deliver(topicOf('acks'), bytes({ ...payloadExamples.acks, colour: 'red' }))).toHaveLength(1);
    expect(await lab().deliver(topicOf('acks'), bytes({ ...payloadExamples.acks, colour: 'red' }))).toEqual([
      'acks id= retained=false beforeSuback=false',
    ]);
  });

  it.each([
    ['desired/not%20an%20id', 'desired'],
    ['desired/a/b', 'desired'],
    ['desired', 'desired'],
    [`desired/${'x'.repeat(65)}`, 'desired'],
    ['policy/more', 'policy'],
    ['events', 'events'],
    ['weather', 'unknown'],
  ])('reports a message on %s, under the kind %s', async (topic, kind) => {
    expect(await lab().deliver(prefix + topic, bytes(payloadExamples.desired))).toEqual([`violation ${kind} ${topic}: why`]);
  });

  it('does not take what is below the prefix of another client', async () => {
    const { inbox } = lab();
    expect(inbox.kindOf({ topic: 'jabra/v1/acme/pc-2/policy', payload: new Uint8Array(), retained: true })).toBeNull();
    expect(inbox.kindOf({ topic: 'jabra/v1/acme/pc-1x/policy', payload: new Uint8Array(), retained: true })).toBeNull();
  });

  it('finds nothing wrong with an empty payload on a topic that it does not know', async () => {
    expect(await lab().deliver(`${prefix}desired/not%20an%20id`, new Uint8Array())).toEqual([]);
  });

  it('hands on what a handler says went wrong', async () => {
    const inbox = new Inbox(prefix, {
      payload: { policy: reject, desired: reject, commands: reject, acks: reject, presence: reject },
      deleted: reject,
      violation: reject,
    });
    await expect(inbox.deliver({ topic: topicOf('acks'), payload: bytes(payloadExamples.acks), retained: false }, false)).rejects.toThrow('no');
  });
});

const reject = (): Promise<void> => Promise.reject(new Error('no'));

/** A valid payload with one part of it replaced, removed or added, or its bytes disturbed. */
const mutated = fc.constantFrom(...kinds).chain((kind) => {
  const example: Record<string, unknown> = { ...payloadExamples[kind] };
  const keys = [...Object.keys(example), '__proto__', 'constructor', 'toString'];
  const replaced = fc.tuple(fc.constantFrom(...keys), fc.jsonValue()).map(([key, value]) => bytes({ ...example, [key]: value }));
  const removed = fc.constantFrom(...keys).map((key) => bytes(Object.fromEntries(Object.entries(example).filter(([name]) => name !== key))));
  const disturbed = fc.tuple(fc.nat(200), fc.nat(255)).map(([at, value]) => {
    const copy = bytes(example).slice();
    copy[at % copy.length] = value;
    return copy;
  });
  const cut = fc.nat(200).map((length) => bytes(example).slice(0, length));
  const payload = fc.oneof(replaced, removed, disturbed, cut, fc.json().map(bytes), fc.uint8Array({ maxLength: 300 }));
  return payload.map((content) => ({ kind, content }));
});

describe('whatever a broker sends', () => {
  it('makes the inbox call exactly one handler, never two and never an error', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, fc.boolean(), async ({ kind, content }, retained) => {
        expect(await lab().deliver(topicOf(kind), content, retained)).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });

  it('makes it call at most one for any topic', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_', '/', '+', '#', '$', '.', ' ', 'é', '😀', '\0', '\ud800') });
    const topic = fc.oneof(
      text,
      text.map((rest) => prefix + rest),
      fc.tuple(fc.constantFrom(...kinds), text).map(([kind, id]) => `${prefix}${kind}/${id}`),
    );
    await fc.assert(
      fc.asyncProperty(topic, fc.uint8Array({ maxLength: 20 }), async (name, content) => {
        expect((await lab().deliver(name, content)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
