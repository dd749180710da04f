import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import type { BodyOf } from '../contract/index.ts';
import { ClientPublishing } from './client-publishing.ts';
import { Publisher } from './platform/publisher.ts';
import { LabHost } from './testing/lab-host.ts';
import { LogBook } from './testing/log-book.ts';

const all = { userName: true, computer: true, location: true };

function lab() {
  const clock = new VirtualClock();
  const host = new LabHost();
  const publisher = new Publisher(() => undefined);
  const sent: BodyOf<'client'>[] = [];
  let gates = all;
  let isConnected = true;
  const attach = (): void => {
    publisher.attach(async (message) => {
      if (message.kind === 'client' && message.body) sent.push(message.body);
    });
  };
  attach();
  const publishing = new ClientPublishing({
    clock,
    host,
    log: new LogBook(),
    publisher,
    facts: () => ({
      clientId: 'pc-1',
      clientName: null,
      clientVersion: '1',
      mode: 'personal',
      loginSessionId: 'login-1',
      startedAt: '2026-01-05T09:00:00.000Z',
    }),
    gates: () => gates,
    topic: () => (isConnected ? 'client' : null),
  });
  return {
    clock,
    host,
    publishing,
    sent,
    groups: () => sent.map(({ metadata }) => Object.keys(metadata ?? {}).join(' ')),
    allow: (next: Partial<typeof all>) => {
      gates = { ...all, ...next };
    },
    disconnect: () => {
      isConnected = false;
      publisher.detach();
    },
    connect: () => {
      isConnected = true;
      attach();
    },
    /** The host answers when this is called. */
    slow: () => {
      let go = (): void => undefined;
      host.slowness = new Promise((resolve) => {
        go = resolve;
      });
      return go;
    },
  };
}

describe('publishing the client document', () => {
  it('happens when it changed, and at a republication whether or not', async () => {
    const { host, publishing, sent, clock } = lab();
    await publishing.republish();
    await publishing.update();
    host.addresses = ['192.0.2.8'];
    await publishing.update();
    await publishing.update();
    await publishing.republish();
    await clock.settle();
    expect(sent.map(({ metadata }) => metadata?.computer?.ipAddresses)).toEqual([['192.0.2.7'], ['192.0.2.8'], ['192.0.2.8']]);
  });

  it('asks the host for nothing without a connection', async () => {
    const { disconnect, host, publishing, sent } = lab();
    disconnect();
    await publishing.update();
    await publishing.republish();
    expect(sent).toEqual([]);
    expect(host.asked).toEqual([]);
  });

  it('drops a group that is switched off at once, before the host answers anything', async () => {
    const { allow, clock, groups, publishing, slow } = lab();
    await publishing.republish();
    slow();
    allow({ userName: false, location: false });
    void publishing.update();
    await clock.settle();
    expect(groups()).toEqual(['userName computer location', 'computer']);
  });

  it('never says what was allowed when the host was asked and is not when it answers', async () => {
    const { allow, clock, groups, publishing, slow } = lab();
    const answer = slow();
    const running = publishing.republish();
    await clock.settle();
    allow({ userName: false, computer: false, location: false });
    answer();
    await running;
    await clock.settle();
    expect(groups()).toEqual(['']);
  });

  it('says the newest where several are asked for at a time, and is done when that is said', async () => {
    const { clock, groups, host, publishing, slow, allow } = lab();
    const answer = slow();
    let isDone = false;
    void publishing.republish().then(() => {
      isDone = true;
    });
    await clock.settle();
    allow({ location: false });
    const second = slow();
    void publishing.update();
    answer();
    await clock.settle();
    expect(isDone).toBe(false);
    second();
    await clock.settle();
    expect(isDone).toBe(true);
    expect(groups()).toEqual(['userName computer']);
    expect(host.asked.filter((group) => group === 'location')).toHaveLength(1);
  });

  it('adds a group that is switched on when the host told it', async () => {
    const { allow, clock, groups, publishing } = lab();
    allow({ userName: false, computer: false, location: false });
    await publishing.republish();
    allow({});
    await publishing.update();
    await clock.settle();
    expect(groups()).toEqual(['', 'userName computer location']);
  });

  it('sends what changed without a connection at the next', async () => {
    const { clock, connect, disconnect, host, publishing, sent } = lab();
    await publishing.republish();
    disconnect();
    host.user = 'freja';
    await publishing.update();
    connect();
    await publishing.republish();
    await clock.settle();
    expect(sent.map(({ metadata }) => metadata?.userName)).toEqual(['mads', 'freja']);
  });
});
