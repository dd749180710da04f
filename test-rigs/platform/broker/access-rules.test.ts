import type { TopicKind } from '@jpd/agent/contract';
import { topicKinds, topicOf, topicRules } from '@jpd/agent/contract';
import { describe, expect, it } from 'vitest';

import type { Principal } from './access-rules.ts';
import { mayPublish, mayReceive, maySubscribe } from './access-rules.ts';

const client: Principal = { role: 'client', client: { organizationId: 'acme', clientId: 'pc-1' } };
const operator: Principal = { role: 'operator', organizationId: 'acme' };

function topic(kind: TopicKind, organizationId = 'acme', clientId = 'pc-1'): string {
  return topicOf(organizationId, clientId, kind, topicRules[kind].idLevel === null ? undefined : 'x');
}

/** Written out by hand from contract 2, not derived from the rules that are under test. */
const published: Readonly<Record<TopicKind, { readonly client: boolean; readonly operator: boolean }>> = {
  presence: { client: true, operator: false },
  client: { client: true, operator: false },
  devices: { client: true, operator: false },
  events: { client: true, operator: false },
  results: { client: true, operator: false },
  policy: { client: false, operator: true },
  desired: { client: false, operator: true },
  commands: { client: false, operator: true },
  acks: { client: false, operator: true },
};

describe.each(topicKinds)('the topic %s', (kind) => {
  it('may be published by the side it belongs to only', () => {
    expect(mayPublish(client, topic(kind))).toBe(published[kind].client);
    expect(mayPublish(operator, topic(kind))).toBe(published[kind].operator);
    expect(mayPublish(operator, topic(kind, 'acme', 'pc-2'))).toBe(published[kind].operator);
  });

  it('may not be published for another client, or in another organisation', () => {
    expect(mayPublish(client, topic(kind, 'acme', 'pc-2'))).toBe(false);
    expect(mayPublish(client, topic(kind, 'other', 'pc-1'))).toBe(false);
    expect(mayPublish(operator, topic(kind, 'other'))).toBe(false);
  });

  it('may be read by its client and by the operator of its organisation', () => {
    for (const rule of [maySubscribe, mayReceive]) {
      expect(rule(client, topic(kind))).toBe(true);
      expect(rule(operator, topic(kind))).toBe(true);
      expect(rule(client, topic(kind, 'acme', 'pc-2'))).toBe(false);
      expect(rule(client, topic(kind, 'other'))).toBe(false);
      expect(rule(operator, topic(kind, 'other'))).toBe(false);
    }
  });
});

describe('a topic that the contract does not know', () => {
  it.each([
    'jabra/v1/acme/pc-1/else',
    'jabra/v1/acme/pc-1/devices',
    'jabra/v1/acme/pc-1/devices/a/b',
    'jabra/v2/acme/pc-1/presence',
    'a',
    '$SYS/x',
    '',
  ])('may be published by nobody: %j', (name) => {
    expect(mayPublish(client, name)).toBe(false);
    expect(mayPublish(operator, name)).toBe(false);
  });
});

describe('a subscription with wildcards', () => {
  it.each([
    ['jabra/v1/acme/pc-1/#', true, true],
    ['jabra/v1/acme/pc-1/+', true, true],
    ['jabra/v1/acme/pc-1/devices/+', true, true],
    ['jabra/v1/acme/+/presence', false, true],
    ['jabra/v1/acme/#', false, true],
    // Broader than its organisation: granted, and each message is looked at.
    ['jabra/v1/+/+/presence', false, true],
    ['jabra/v1/#', false, true],
    ['#', false, true],
    ['jabra/v1/other/#', false, false],
    ['jabra/v1/acme', false, false],
    ['+', false, false],
    ['$SYS/#', false, false],
    ['$share/g/jabra/v1/acme/#', false, false],
    ['jabra/v1/acme/pc-10/presence', false, true],
    ['jabra/v1/acme2/pc-1/presence', false, false],
  ])('%s: client %s, operator %s', (filter, forClient, forOperator) => {
    expect(maySubscribe(client, filter)).toBe(forClient);
    expect(maySubscribe(operator, filter)).toBe(forOperator);
  });
});
