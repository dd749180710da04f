import { describe, expect, it } from 'vitest';
import { MemoryDisk, openMemoryStore } from '../testing/memory-store.ts';
import type { IncomingMessage } from '../../ports/index.ts';
import { sectionOf } from '../testing/sections.ts';
import { HeldMessages, parseHeldRecord } from './held-messages.ts';

const messageOf = (topic: string, ...payload: number[]): IncomingMessage => ({ topic, payload: Uint8Array.from(payload), retained: false });

async function open(disk = new MemoryDisk()) {
  const store = openMemoryStore({ disk });
  const held = new HeldMessages(await sectionOf('held', parseHeldRecord, store), (writes) => store.commit(writes));
  const handled: string[] = [];
  return {
    disk,
    held,
    handled,
    next: () =>
      held.next(async ({ topic }, beforeSuback) => {
        handled.push(`${topic}${beforeSuback ? ' early' : ''}`);
      }),
  };
}

describe('messages that are held', () => {
  it('are handled in the order in which they came, over a restart', async () => {
    const before = await open();
    for (const topic of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']) await before.held.add(messageOf(topic), topic === 'a');
    await before.next();
    const after = await open(before.disk);
    await after.held.add(messageOf('later'), false);
    while (!after.held.isEmpty) await after.next();
    expect(before.handled).toEqual(['a early']);
    expect(after.handled).toEqual(['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'later']);
    expect((await open(before.disk)).held.isEmpty).toBe(true);
  });

  it('are full at 2,000, so that a broker cannot fill the disk before its policy', async () => {
    const { held } = await open();
    for (let index = 0; index < 2000; index += 1) {
      expect(held.isFull).toBe(false);
      await held.add(messageOf(`m${index}`), false);
    }
    expect(held.isFull).toBe(true);
  });

  it('are what they were, byte for byte', async () => {
    const before = await open();
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const message: IncomingMessage = {
      ...messageOf('a', ...bytes),
      retained: true,
      responseTopic: 'replies',
      correlationData: Uint8Array.of(0, 128, 255),
    };
    await before.held.add(message, true);
    await before.held.add(messageOf('b'), false);
    const after = await open(before.disk);
    const seen: IncomingMessage[] = [];
    while (!after.held.isEmpty)
      await after.held.next(async (next) => {
        seen.push(next);
      });
    expect(seen).toEqual([message, messageOf('b')]);
  });

  it('stay until they were handled', async () => {
    const before = await open();
    await before.held.add(messageOf('a'), false);
    void before.held.next(() => new Promise(() => undefined));
    await Promise.resolve();
    expect((await open(before.disk)).held.isEmpty).toBe(false);
  });

  it('are handled one at a time, whoever asks', async () => {
    const { held } = await open();
    await held.add(messageOf('a'), false);
    await held.add(messageOf('b'), false);
    let finish = (): void => undefined;
    const handled: string[] = [];
    const slow = held.next(async ({ topic }) => {
      handled.push(topic);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const other = held.next(async ({ topic }) => {
      handled.push(topic);
    });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(handled).toEqual(['a']);
    finish();
    await Promise.all([slow, other]);
    expect(handled).toEqual(['a']);
    await held.next(async ({ topic }) => {
      handled.push(topic);
    });
    expect(handled).toEqual(['a', 'b']);
  });

  it('that cannot be read any more are left out', () => {
    expect(parseHeldRecord({ topic: 'a' })).toBeNull();
    expect(parseHeldRecord([])).toBeNull();
  });
});
