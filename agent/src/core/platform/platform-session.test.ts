import { CancelSource } from '@jpd/protocol';
import { describe, expect, it } from 'vitest';
import { type Command, payloadExamples } from '../../contract/index.ts';
import { connectOptions, deletionOf, sessionId, sessionLab as lab } from './testing/session-lab.ts';

const foreign = '22222222-2222-4222-8222-222222222222';
const { schema: _policySchema, sentAt: _policySentAt, ...policy } = payloadExamples.policy;
const { schema: _desiredSchema, sentAt: _desiredSentAt, ...desired } = payloadExamples.desired;
const { schema: _commandSchema, sentAt: _commandSentAt, ...command } = payloadExamples.commands;

describe('a conversation with the platform', () => {
  it('begins in the order of the contract, waiting 2 s for a policy that does not come', async () => {
    const { clock, event, open, platform } = await lab();
    await event();
    await open(1999);
    expect(platform.history).toEqual(['connect', 'subscribe policy']);
    await clock.advance(1);
    expect(platform.history).toEqual([
      'connect',
      'subscribe policy',
      'subscribe desired/+',
      'subscribe commands',
      'subscribe acks',
      'subscribe presence',
      'publish presence',
      'publish client',
      'publish devices/a',
      'publish events',
    ]);
  });

  it('goes on at once where the policy is there', async () => {
    const { open, platform, told } = await lab();
    platform.route('jabra/v1/acme/pc-1/policy', new TextEncoder().encode(JSON.stringify(payloadExamples.policy)), true);
    await open(0);
    expect(told.slice(0, 2)).toEqual(['0 policy 3', '0 established']);
    expect(platform.steps.at(-1)).toBe('publish devices');
  });

  it('counts the 2 s from the SUBACK', async () => {
    const { link, clock, platform, session } = await lab();
    let answer = (): void => undefined;
    platform.onSubscribe = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const result = await link.connect({ ...connectOptions, will: deletionOf('will') }, new CancelSource());
    if (!result.accepted) throw new Error('refused');
    session.open(result.connection);
    await clock.advance(5000);
    answer();
    let rest = 0;
    platform.onSubscribe = async () => {
      rest = clock.monotonic();
    };
    await clock.advance(3000);
    expect(rest).toBe(7000);
  });

  it('does not take a queued policy for the newest: the retained one follows it', async () => {
    const { clock, open, platform, told } = await lab();
    platform.refuses = (filter) => filter.endsWith('acks');
    await open();
    platform.refuses = () => false;
    platform.cut('pc-1');
    platform.send('policy', { ...policy, revision: 4 });
    platform.sendRaw('policy', '');
    told.length = 0;
    await open(1999);
    expect(told.map((line) => line.split(' ').slice(1).join(' '))).toEqual(['policy 4', 'deleted policy ']);
    await clock.advance(1);
    expect(platform.steps.at(-1)).toBe('publish devices');
  });

  it('holds what is desired and what is commanded until the policy rules, in order, and nothing overtakes', async () => {
    const { clock, open, platform, stall, told } = await lab();
    await open();
    platform.cut('pc-1');
    platform.send('desired', { ...desired, revision: 1 }, 'a');
    platform.send('commands', { ...command, id: 'c-1' });
    platform.send('desired', { ...desired, revision: 2 }, 'a');
    told.length = 0;
    await open(1999);
    expect(told).toEqual([]);
    const go = stall();
    await clock.advance(1);
    platform.sendRaw('desired', '', 'a');
    await clock.advance(10);
    go();
    await clock.advance(10);
    const order = told.map((line) => line.split(' ').slice(1).join(' '));
    expect(order.slice(0, 4)).toEqual(['desired a 1 early', 'command c-1', 'desired a 2 early', 'deleted desired a']);
  });

  it('holds no more than a bound before the policy rules, says so, and still hears the policy', async () => {
    const { clock, log, open, platform, told } = await lab();
    await open();
    platform.cut('pc-1');
    for (let index = 0; index < 2003; index += 1) platform.send('commands', { ...command, id: `c-${index}` });
    platform.send('policy', { ...policy, revision: 4 });
    told.length = 0;
    const commands = (): readonly string[] => told.filter((line) => line.includes('command c-'));
    await open(0);
    for (let turn = 0; turn < 5000 && commands().length < 2000; turn += 1) await clock.advance(1);
    expect(told[0]).toMatch(/policy 4$/);
    expect(commands()).toHaveLength(2000);
    expect(log.lines.filter(({ message }) => message.startsWith('too much came before the policy'))).toHaveLength(3);
  });

  it('keeps what it held when the connection breaks before the policy ruled: it was acknowledged', async () => {
    const { open, platform, told } = await lab();
    await open();
    platform.cut('pc-1');
    platform.send('commands', { ...command, id: 'c-1' });
    told.length = 0;
    await open(1000);
    platform.cut('pc-1');
    expect(told).toEqual([]);
    await open();
    expect(told.filter((line) => line.includes('command'))).toHaveLength(1);
  });

  it('tells what was desired before its SUBACK from what comes later', async () => {
    const { clock, open, platform, told } = await lab();
    await open();
    platform.send('desired', { ...desired, revision: 1 }, 'live');
    await clock.settle();
    platform.cut('pc-1');
    platform.send('desired', { ...desired, revision: 2 }, 'queued');
    told.length = 0;
    await open();
    const lines = told.filter((line) => line.includes('desired')).map((line) => line.split(' ').slice(2).join(' '));
    expect(lines).toEqual(['queued 2 early', 'live 1 retained', 'queued 2 retained']);
  });

  it('handles the acknowledgements that wait before it sends events again', async () => {
    const { event, open, outbox, platform } = await lab();
    await event();
    await event();
    await open();
    const ids = platform.received('events').map(({ id }) => id);
    platform.cut('pc-1');
    platform.send('acks', { ids });
    const before = platform.published.length;
    await open();
    expect(outbox.size).toBe(0);
    expect(platform.published.slice(before).filter(({ topic }) => topic.endsWith('/events'))).toEqual([]);
  });

  it('handles them first even where the disk is slow', async () => {
    const { clock, event, open, platform, stall } = await lab();
    await event();
    await open();
    const ids = platform.received('events').map(({ id }) => id);
    platform.cut('pc-1');
    platform.send('acks', { ids });
    const before = platform.published.length;
    const go = stall();
    await open(2500);
    go();
    await clock.advance(5000);
    const said = platform.published.slice(before).map(({ topic }) => topic.split('/')[4]);
    expect(said).toContain('devices');
    expect(said).not.toContain('events');
  });

  it('is not held up where the broker does not let it hear its own presence', async () => {
    const { open, platform } = await lab();
    platform.loses = (topic) => topic.endsWith('/presence');
    await open(4001);
    expect(platform.steps.at(-1)).toBe('publish devices');
  });

  it('is broken where the broker refuses a subscription, or leaves one unanswered for a minute', async () => {
    for (const refuse of [true, false]) {
      const { clock, open, platform, told } = await lab();
      if (refuse) platform.refuses = (filter) => filter.endsWith('/acks');
      else platform.onSubscribe = () => new Promise(() => undefined);
      await open();
      if (!refuse) await clock.advance(60_000);
      expect(told).toContain('broken');
    }
  });

  it('is broken where the presence or a document is never acknowledged', async () => {
    for (const topic of ['presence', 'devices/a']) {
      const { clock, open, platform, told } = await lab();
      platform.leavesUnanswered = (message) => message.topic.endsWith(topic);
      await open();
      await clock.advance(62_000);
      expect(told).toContain('broken');
    }
  });

  it('goes on with the next message after one that could not be handled', async () => {
    const { clock, log, open, platform, told, session } = await lab();
    await open();
    platform.inject('pc-1', { topic: `${session.topics.prefix}commands`, payload: new Uint8Array(300_000), retained: false });
    platform.send('desired', desired, 'a');
    await clock.settle();
    expect(told.at(-1)).toContain('desired a 7');
    expect(log.errors).toEqual([]);
  });
});

describe('presence', () => {
  it('is online while connected and offline by the will, whose sentAt is the connect’s', async () => {
    const { clock, open, platform } = await lab();
    await clock.advance(500);
    await open();
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'online', reason: 'connected', sessionId });
    await clock.advance(60_000);
    platform.cut('pc-1');
    expect(platform.retainedOf('presence')).toEqual({
      schema: 'presence/1',
      sentAt: '2026-01-05T09:00:00.500Z',
      state: 'offline',
      reason: 'connection-lost',
      sessionId,
    });
  });

  it('is told again when a late will says that the connection was lost', async () => {
    const { clock, open, platform } = await lab();
    await open();
    platform.send('presence', { state: 'offline', reason: 'connection-lost', sessionId });
    await clock.settle();
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'online' });
    expect(platform.received('presence').map(({ state }) => state)).toEqual(['online', 'online']);
  });

  it('is not told again for anything else', async () => {
    const { clock, open, platform } = await lab();
    await open();
    platform.send('presence', { state: 'offline', reason: 'shutdown', sessionId: foreign });
    platform.send('presence', { state: 'online', reason: 'connected', sessionId: foreign });
    platform.sendRaw('presence', '');
    await clock.settle();
    expect(platform.received('presence')).toHaveLength(1);
  });

  it.each([
    ['online of another session', { state: 'online', reason: 'connected', sessionId: foreign }, true],
    ['the will of another session', { state: 'offline', reason: 'connection-lost', sessionId: foreign }, true],
    ['the goodbye of another session', { state: 'offline', reason: 'shutdown', sessionId: foreign }, false],
    ['our own will', { state: 'offline', reason: 'connection-lost', sessionId }, false],
  ] as const)('that is %s after a connect is foreign or not', async (_, presence, isForeign) => {
    const { link, open, platform, told } = await lab();
    await link.connect({ ...connectOptions, will: deletionOf('will') }, new CancelSource());
    platform.send('presence', presence);
    await open();
    expect(told.includes('foreign')).toBe(isForeign);
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'online', sessionId });
  });
});

describe('a result', () => {
  const source = { topic: 'commands', payload: new Uint8Array(), retained: false };
  const body = { commandId: 'c-1', status: 'succeeded' as const };
  const prefix = 'jabra/v1/acme/pc-1/';

  it('goes to its topic, and with the correlation data to a response topic below the prefix', async () => {
    const { open, platform, session } = await lab();
    await open();
    const correlationData = Uint8Array.from([1, 2, 3]);
    await session.publishResult(body, { ...source, responseTopic: `${prefix}replies/7`, correlationData });
    const [result, response] = platform.published.slice(-2);
    expect(result).toMatchObject({ topic: `${prefix}results/c-1`, retain: false });
    expect(result).not.toHaveProperty('correlationData');
    expect(response).toMatchObject({ topic: `${prefix}replies/7`, retain: false, correlationData, payload: result?.payload });
  });

  it.each([
    'jabra/v1/acme/pc-2/replies',
    'jabra/v1/acme/pc-10/replies',
    'elsewhere',
    '',
    prefix,
    `${prefix}replies/+`,
    `${prefix}#`,
    `${prefix}a\0b`,
  ])('does not go to the response topic %j', async (responseTopic) => {
    const { open, platform, session } = await lab();
    await open();
    const before = platform.published.length;
    await session.publishResult(body, { ...source, responseTopic });
    expect(platform.published.slice(before).map(({ topic }) => topic)).toEqual([`${prefix}results/c-1`]);
  });

  it('is lost without a connection, quietly', async () => {
    const { platform, session } = await lab();
    await session.publishResult(body, source);
    expect(platform.published).toEqual([]);
  });
});

describe('leaving', () => {
  it('publishes what waits, then the presence, and ends without a will', async () => {
    const { clock, open, platform, publisher, session } = await lab();
    await open();
    publisher.enqueue('late', () => deletionOf(`${session.topics.prefix}devices/late`));
    await clock.complete(session.leave('shutdown', 800));
    expect(platform.history.slice(-3)).toEqual(['publish devices/late', 'publish presence', 'end']);
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'offline', reason: 'shutdown', sessionId });
  });

  it('does not wait for ever for a broker that acknowledges nothing', async () => {
    const { clock, open, platform, publisher, session } = await lab();
    await open();
    platform.leavesUnanswered = () => true;
    publisher.enqueue('late', () => deletionOf(`${session.topics.prefix}devices/late`));
    const before = clock.monotonic();
    await clock.complete(session.leave('shutdown', 800));
    expect(clock.monotonic() - before).toBe(1600);
    expect(platform.steps.at(-1)).toBe('end');
  });

  it('because it was revoked drops documents and events that wait', async () => {
    const { clock, event, open, platform, publisher, session } = await lab();
    await open();
    publisher.enqueue('late', () => deletionOf(`${session.topics.prefix}devices/late`));
    const before = platform.history.length;
    const leaving = session.leave('revoked', 800);
    await event();
    await clock.complete(leaving);
    const said = platform.history.slice(before);
    expect(said.filter((step) => step.startsWith('publish')).at(-1)).toBe('publish presence');
    expect(said).not.toContain('publish events');
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'offline', reason: 'revoked' });
  });

  it('once it began acts on nothing that comes in, and leaves it to the broker', async () => {
    const { clock, open, platform, session, told } = await lab();
    await open();
    told.length = 0;
    platform.leavesUnanswered = () => true;
    const leaving = session.leave('shutdown', 800);
    platform.send('commands', { ...command, id: 'late' } satisfies Omit<Command, 'schema' | 'sentAt'>);
    platform.send('presence', { state: 'offline', reason: 'connection-lost', sessionId });
    await clock.complete(leaving);
    expect(told).toEqual([]);
    platform.leavesUnanswered = () => false;
    expect(platform.received('presence').at(-1)).toMatchObject({ reason: 'shutdown' });
  });

  it('twice says goodbye once', async () => {
    const { clock, open, platform, session } = await lab();
    await open();
    const first = session.leave('revoked', 800);
    await clock.complete(Promise.all([first, session.leave('shutdown', 800)]));
    expect(platform.received('presence').map(({ reason }) => reason)).toEqual(['connected', 'revoked']);
  });

  it('in the middle of the beginning ends it there', async () => {
    const { clock, open, platform, session } = await lab();
    await open(1000);
    await clock.complete(session.leave('shutdown', 800));
    await clock.advance(10_000);
    expect(platform.history).toEqual(['connect', 'subscribe policy', 'publish presence', 'end']);
  });

  it('without a word leaves the presence to whoever has the name now', async () => {
    const { clock, open, platform, session } = await lab();
    await open();
    const before = platform.published.length;
    await clock.complete(session.abandon(800));
    expect(platform.published.length).toBe(before);
    expect(platform.retainedOf('presence')).toMatchObject({ state: 'online' });
    expect(platform.steps.at(-1)).toBe('end');
  });
});
