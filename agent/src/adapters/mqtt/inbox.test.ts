import { describe, expect, test, vi } from 'vitest';
import type { Log } from '../../ports/index.ts';
import { Inbox } from './inbox.ts';

const silent: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  setLevel: () => undefined,
  child: () => silent,
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function delivery(name: string, acknowledged: string[], bytes = 1) {
  return { message: { topic: name, payload: new Uint8Array(bytes), retained: false }, acknowledge: () => void acknowledged.push(name) };
}

describe('Inbox', () => {
  test('messages from before the listener come first, one at a time, each acknowledged after its promise', async () => {
    const inbox = new Inbox(silent);
    const acknowledged: string[] = [];
    const [seen, finish]: [string[], (() => void)[]] = [[], []];
    for (const name of ['a', 'b']) inbox.receive(delivery(name, acknowledged), () => undefined);
    inbox.listen(({ topic }) => {
      seen.push(topic);
      return new Promise((resolve) => finish.push(resolve));
    });
    inbox.receive(delivery('c', acknowledged), () => undefined);
    await settled();
    expect({ seen, acknowledged }).toEqual({ seen: ['a'], acknowledged: [] });
    finish.shift()?.();
    await settled();
    expect({ seen, acknowledged }).toEqual({ seen: ['a', 'b'], acknowledged: ['a'] });
    finish.shift()?.();
    await settled();
    finish.shift()?.();
    await settled();
    expect({ seen, acknowledged }).toEqual({ seen: ['a', 'b', 'c'], acknowledged: ['a', 'b', 'c'] });
  });

  test('a listener that throws before it returns a promise holds nothing up', async () => {
    const inbox = new Inbox(silent);
    const acknowledged: string[] = [];
    inbox.listen(() => {
      throw new Error('at once');
    });
    inbox.receive(delivery('a', acknowledged), () => undefined);
    inbox.receive(delivery('b', acknowledged), () => undefined);
    await settled();
    expect(acknowledged).toEqual(['a', 'b']);
  });

  test.each([
    { limit: 'number', messages: 1000, bytes: 1 },
    { limit: 'size', messages: 32, bytes: 1024 * 1024 },
  ])('reading goes on at once until the limit of $limit is reached, then when there is room', async ({ messages, bytes }) => {
    const inbox = new Inbox(silent);
    const readOn = vi.fn<() => void>();
    for (let index = 0; index < messages - 1; index += 1) inbox.receive(delivery('early', [], bytes), readOn);
    expect(readOn).toHaveBeenCalledTimes(messages - 1);
    inbox.receive(delivery('last', [], bytes), readOn);
    expect(readOn).toHaveBeenCalledTimes(messages - 1);
    inbox.listen(async () => undefined);
    await settled();
    expect(readOn).toHaveBeenCalledTimes(messages);
  });

  test('after the close nothing is delivered or acknowledged', async () => {
    const inbox = new Inbox(silent);
    const acknowledged: string[] = [];
    const seen: string[] = [];
    let finish: () => void = () => undefined;
    inbox.listen(({ topic }) => {
      seen.push(topic);
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    for (const name of ['a', 'b']) inbox.receive(delivery(name, acknowledged), () => undefined);
    inbox.close();
    finish();
    inbox.receive(delivery('c', acknowledged), () => undefined);
    await settled();
    expect({ seen, acknowledged }).toEqual({ seen: ['a'], acknowledged: [] });
  });
});
