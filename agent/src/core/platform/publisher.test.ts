import { describe, expect, it } from 'vitest';
import { payloadExamples } from '../../contract/index.ts';
import type { Outgoing } from '../privacy/outgoing.ts';
import { Publisher } from './publisher.ts';

const { schema: _schema, sentAt: _sentAt, ...client } = payloadExamples.client;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const textOf = ({ kind, topic, body }: Outgoing): string => `${topic} ${kind === 'client' ? (body?.clientName ?? '') : ''}`;

function lab() {
  const errors: string[] = [];
  const publisher = new Publisher((topic) => errors.push(topic));
  const open: { readonly text: string; readonly done: () => void; readonly fail: () => void }[] = [];
  const sent: string[] = [];
  return {
    errors,
    publisher,
    sent,
    open,
    attach: () => {
      publisher.attach(
        (outgoing) =>
          new Promise((resolve, reject) => {
            sent.push(textOf(outgoing));
            open.push({
              text: textOf(outgoing),
              done: resolve,
              fail: () => {
                reject(new Error('refused'));
              },
            });
          }),
      );
    },
    /** The PUBACK of a message. */
    acknowledge: async (text: string) => {
      open.find((one) => one.text === text)?.done();
      await settle();
    },
  };
}

const message =
  (topic: string, clientName: string): (() => Outgoing) =>
  () => ({ kind: 'client', topic, body: { ...client, clientName } });

describe('the publisher', () => {
  it('sends documents in the order they were enqueued, without waiting for the one before', async () => {
    const { attach, publisher, sent } = lab();
    attach();
    for (const topic of ['a', 'b', 'c']) publisher.enqueue(topic, message(topic, '1'));
    await settle();
    expect(sent).toEqual(['a 1', 'b 1', 'c 1']);
  });

  it('has one document of a topic under way, and sends only the newest after it', async () => {
    const { acknowledge, attach, publisher, sent } = lab();
    attach();
    for (const payload of ['1', '2', '3']) publisher.enqueue('a', message('a', payload));
    await settle();
    expect(sent).toEqual(['a 1']);
    await acknowledge('a 1');
    expect(sent).toEqual(['a 1', 'a 3']);
  });

  it('has at most 16 under way', async () => {
    const { acknowledge, attach, publisher, sent } = lab();
    attach();
    for (let index = 0; index < 40; index += 1) publisher.enqueue(`t${index}`, message(`t${index}`, '1'));
    await settle();
    expect(sent).toHaveLength(16);
    await acknowledge('t3 1');
    expect(sent).toHaveLength(17);
  });

  it('lets a topic that keeps changing wait behind the others', async () => {
    const { acknowledge, attach, publisher, sent } = lab();
    attach();
    for (let index = 0; index < 16; index += 1) publisher.enqueue(`t${index}`, message(`t${index}`, '1'));
    publisher.enqueue('busy', message('busy', '1'));
    publisher.enqueue('calm', message('calm', '1'));
    publisher.enqueue('busy', message('busy', '2'));
    await settle();
    await acknowledge('t0 1');
    await acknowledge('t1 1');
    expect(sent.slice(16)).toEqual(['calm 1', 'busy 2']);
  });

  it('makes a message when it is sent, not when it is enqueued', async () => {
    const { acknowledge, attach, publisher, sent } = lab();
    attach();
    let now = 'early';
    publisher.enqueue('a', message('a', '1'));
    publisher.enqueue('a', () => message('a', now)());
    await settle();
    now = 'late';
    await acknowledge('a 1');
    expect(sent).toEqual(['a 1', 'a late']);
  });

  it('tells when a message was acknowledged, of the one that was sent only', async () => {
    const { acknowledge, attach, publisher } = lab();
    attach();
    const told: string[] = [];
    publisher.enqueue('a', message('a', '1'), () => told.push('1'));
    publisher.enqueue('a', message('a', '2'), () => told.push('2'));
    publisher.enqueue('a', message('a', '3'), () => told.push('3'));
    await settle();
    expect(told).toEqual([]);
    await acknowledge('a 1');
    expect(told).toEqual(['1']);
    await acknowledge('a 3');
    expect(told).toEqual(['1', '3']);
  });

  it('is drained when nothing waits and nothing is under way', async () => {
    const { acknowledge, attach, publisher } = lab();
    attach();
    publisher.enqueue('a', message('a', '1'));
    publisher.enqueue('a', message('a', '2'));
    let drained = false;
    void publisher.drained().then(() => {
      drained = true;
    });
    await settle();
    await acknowledge('a 1');
    expect(drained).toBe(false);
    await acknowledge('a 2');
    expect(drained).toBe(true);
  });

  it('reports a document that could not be made or was refused, and goes on', async () => {
    const { attach, errors, open, publisher, sent } = lab();
    attach();
    publisher.enqueue('a', () => {
      throw new Error('too large');
    });
    publisher.enqueue('b', message('b', '1'));
    await settle();
    open[0]?.fail();
    await settle();
    publisher.enqueue('b', message('b', '2'));
    await settle();
    expect(errors).toEqual(['a', 'b']);
    expect(sent).toEqual(['b 1', 'b 2']);
  });

  it('keeps nothing while there is no connection, and is drained then', async () => {
    const { attach, publisher, sent } = lab();
    publisher.enqueue('a', message('a', '1'));
    await publisher.drained();
    attach();
    await settle();
    expect(sent).toEqual([]);
  });

  it('forgets what waits when the connection ends, and reports nothing of it', async () => {
    const { attach, errors, open, publisher, sent } = lab();
    attach();
    const told: string[] = [];
    publisher.enqueue('a', message('a', '1'), () => told.push('a 1'));
    publisher.enqueue('a', message('a', '2'));
    await settle();
    let drained = false;
    void publisher.drained().then(() => {
      drained = true;
    });
    publisher.detach();
    open[0]?.fail();
    await settle();
    expect(drained).toBe(true);
    attach();
    publisher.enqueue('a', message('a', '3'));
    await settle();
    expect(sent).toEqual(['a 1', 'a 3']);
    expect(errors).toEqual([]);
    expect(told).toEqual([]);
  });

  it('does not mistake an acknowledgement of the connection before for one of this', async () => {
    const { attach, open, publisher, sent } = lab();
    attach();
    publisher.enqueue('a', message('a', '1'));
    await settle();
    publisher.detach();
    attach();
    publisher.enqueue('a', message('a', '2'));
    publisher.enqueue('a', message('a', '3'));
    await settle();
    open[0]?.done();
    await settle();
    expect(sent).toEqual(['a 1', 'a 2']);
  });
});
