import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ContractError } from './errors.ts';
import { topicKinds, topicRules } from './topic-rules.ts';
import {
  clientTopics,
  isBelowPrefix,
  isId,
  mqttUserName,
  parseMqttUserName,
  parseTopic,
  platformFilters,
  subscriptionFilters,
  topicOf,
  topicPrefix,
} from './topics.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const badIds = ['', 'a/b', 'a+', '#', 'a b', 'ä', 'x'.repeat(65), 'a\n', '.', '..'];

describe('an id', () => {
  it.each(['a', '0', '-', '_', 'A-z_9', 'x'.repeat(64), '24da-70bf92123456'])('may be %j', (text) => {
    expect(isId(text)).toBe(true);
  });

  it.each(badIds)('may not be %j, in no place of a topic', (text) => {
    expect(isId(text)).toBe(false);
    const topics = clientTopics('acme', 'pc1');
    for (const make of [
      () => topicPrefix(text, 'pc1'),
      () => topicPrefix('acme', text),
      () => clientTopics('acme', text),
      () => topics.device(text),
      () => topics.result(text),
      () => topics.desired(text),
      () => topicOf('acme', 'pc1', 'devices', text),
      () => mqttUserName('acme', text),
      () => subscriptionFilters(text, 'pc1'),
    ]) {
      expect(make).toThrow(ContractError);
      expect(make).toThrow(expect.objectContaining({ code: 'invalid-id' }));
    }
  });
});

describe('the topics of a client', () => {
  it('are those of the contract', () => {
    const topics = clientTopics('acme', 'pc1');
    expect({ ...topics, device: topics.device('d1'), result: topics.result('c1'), desired: topics.desired('d1') }).toEqual({
      prefix: 'jabra/v1/acme/pc1/',
      presence: 'jabra/v1/acme/pc1/presence',
      client: 'jabra/v1/acme/pc1/client',
      device: 'jabra/v1/acme/pc1/devices/d1',
      events: 'jabra/v1/acme/pc1/events',
      result: 'jabra/v1/acme/pc1/results/c1',
      policy: 'jabra/v1/acme/pc1/policy',
      desired: 'jabra/v1/acme/pc1/desired/d1',
      commands: 'jabra/v1/acme/pc1/commands',
      acks: 'jabra/v1/acme/pc1/acks',
    });
  });

  it('are told apart again, with the ids they carry', () => {
    fc.assert(
      fc.property(id, id, id, fc.constantFrom(...topicKinds), (organizationId, clientId, last, kind) => {
        const topic = topicRules[kind].idLevel === null ? { organizationId, clientId, kind } : { organizationId, clientId, kind, id: last };
        expect(parseTopic(topicOf(organizationId, clientId, kind, topic.id))).toEqual(topic);
      }),
    );
  });

  it.each([
    '',
    'jabra',
    'jabra/v1/acme/pc1',
    'jabra/v1/acme/pc1/',
    'jabra/v2/acme/pc1/presence',
    'Jabra/v1/acme/pc1/presence',
    '/jabra/v1/acme/pc1/presence',
    'jabra/v1/acme/pc1/presence/',
    'jabra/v1/acme/pc1/presence/x',
    'jabra/v1/acme/pc1/unknown',
    'jabra/v1/acme/pc1/toString',
    'jabra/v1/acme/pc1/__proto__',
    'jabra/v1//pc1/presence',
    'jabra/v1/acme/p c/presence',
    'jabra/v1/+/pc1/presence',
    'jabra/v1/acme/pc1/devices',
    'jabra/v1/acme/pc1/devices/',
    'jabra/v1/acme/pc1/devices/+',
    'jabra/v1/acme/pc1/devices/a/b',
    'jabra/v1/acme/pc1/#',
  ])('%j is none of them', (topic) => {
    expect(parseTopic(topic)).toBeNull();
  });

  it('are never read out of a text in a way that throws, and what is read is exactly the text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(id, fc.constantFrom('jabra', 'v1', ...topicKinds), fc.string()), { maxLength: 7 }), (levels) => {
        const parsed = parseTopic(levels.join('/'));
        if (parsed !== null) expect(topicOf(parsed.organizationId, parsed.clientId, parsed.kind, parsed.id)).toBe(levels.join('/'));
      }),
    );
  });

  it('have an id exactly where the contract names one', () => {
    expect(() => topicOf('acme', 'pc1', 'devices')).toThrow(expect.objectContaining({ code: 'invalid-id' }));
    expect(() => topicOf('acme', 'pc1', 'policy', 'd1')).toThrow(expect.objectContaining({ code: 'invalid-id' }));
  });
});

describe('the table of topics', () => {
  it('says who publishes what, at QoS 1, retained or not', () => {
    expect(
      topicKinds.map((kind) => [kind, topicRules[kind].from, topicRules[kind].qos, topicRules[kind].retained, topicRules[kind].schemaName]),
    ).toEqual([
      ['presence', 'agent', 1, true, 'presence/1'],
      ['client', 'agent', 1, true, 'client/1'],
      ['devices', 'agent', 1, true, 'device/1'],
      ['events', 'agent', 1, false, 'event/1'],
      ['results', 'agent', 1, false, 'result/1'],
      ['policy', 'platform', 1, true, 'policy/1'],
      ['desired', 'platform', 1, true, 'desired/1'],
      ['commands', 'platform', 1, false, 'command/1'],
      ['acks', 'platform', 1, false, 'ack/1'],
    ]);
    expect(Object.keys(topicRules)).toEqual([...topicKinds]);
  });

  it('makes the agent subscribe policy first, then the rest and its own presence', () => {
    expect(subscriptionFilters('acme', 'pc1')).toEqual({
      first: ['jabra/v1/acme/pc1/policy'],
      rest: ['jabra/v1/acme/pc1/desired/+', 'jabra/v1/acme/pc1/commands', 'jabra/v1/acme/pc1/acks', 'jabra/v1/acme/pc1/presence'],
    });
  });

  it('makes the platform subscribe all that agents publish', () => {
    expect(platformFilters()).toEqual([
      'jabra/v1/+/+/presence',
      'jabra/v1/+/+/client',
      'jabra/v1/+/+/devices/+',
      'jabra/v1/+/+/events',
      'jabra/v1/+/+/results/+',
    ]);
  });
});

describe('the own prefix of a client', () => {
  it.each(['jabra/v1/acme/pc1/replies/1', 'jabra/v1/acme/pc1/x'])('has %s below it', (topic) => {
    expect(isBelowPrefix(topic, 'acme', 'pc1')).toBe(true);
  });

  it.each([
    'jabra/v1/acme/pc1/',
    'jabra/v1/acme/pc1',
    'jabra/v1/acme/pc10/x',
    'jabra/v1/acme/pc2/x',
    'jabra/v1/other/pc1/x',
    'jabra/v1/acme/pc1/+',
    'jabra/v1/acme/pc1/#',
    'jabra/v1/acme/pc1/a\0',
    '$SYS/x',
    '',
  ])('has not %j below it', (topic) => {
    expect(isBelowPrefix(topic, 'acme', 'pc1')).toBe(false);
  });
});

describe('the user name at the broker', () => {
  it('is the organisation, a slash and the client', () => {
    expect(mqttUserName('acme', 'pc1')).toBe('acme/pc1');
    expect(parseMqttUserName('acme/pc1')).toEqual({ organizationId: 'acme', clientId: 'pc1' });
  });

  it.each(['', 'acme', 'acme/', '/pc1', 'acme/pc1/x', 'acme/p c', 'acme/+'])('is not %j', (text) => {
    expect(parseMqttUserName(text)).toBeNull();
  });
});
