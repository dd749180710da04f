import { VirtualClock } from '@jpd/protocol/virtual';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, openMemoryStore } from './testing/memory-store.ts';
import { type Command, timestamp } from '../contract/index.ts';
import type { IncomingMessage, StoreWrite } from '../ports/index.ts';
import { type CommandOutcome, Commands, parseCommandRecord } from './commands.ts';
import { LogBook } from './testing/log-book.ts';
import { sectionOf } from './testing/sections.ts';

const hour = 3_600_000;
const source: IncomingMessage = { topic: 'commands', payload: new Uint8Array(), retained: false };
const done: CommandOutcome = { status: 'succeeded' };

async function lab(disk = new MemoryDisk(), clock = new VirtualClock()) {
  const store = openMemoryStore({ disk });
  const log = new LogBook();
  const runs: string[] = [];
  const results: string[] = [];
  const sources: IncomingMessage[] = [];
  let runner: () => Promise<CommandOutcome> = async () => done;
  let commit = (writes: readonly StoreWrite[]): Promise<void> => store.commit(writes);
  let publish = async (): Promise<void> => undefined;
  const commands = new Commands({
    clock,
    log,
    records: await sectionOf('commands', parseCommandRecord, store),
    commit: (writes) => commit(writes),
    publish: (result, from) => {
      results.push(`${result.commandId} ${result.status}${result.error ? ` ${result.error.code}` : ''}`);
      sources.push(from);
      return publish();
    },
    runners: {
      refresh: ({ id }) => {
        runs.push(id);
        return runner();
      },
    },
  });
  const command = (id: string, change: Partial<Command> = {}): Command => ({
    schema: 'command/1',
    sentAt: timestamp(clock.now()),
    id,
    expiresAt: timestamp(clock.now() + hour),
    type: 'refresh',
    params: {},
    ...change,
  });
  return {
    clock,
    disk,
    log,
    commands,
    runs,
    results,
    sources,
    command,
    send: async (id: string, change: Partial<Command> = {}, from = source) => {
      await commands.receive(command(id, change), from);
      await clock.settle();
    },
    runWith: (next: () => Promise<CommandOutcome>) => {
      runner = next;
    },
    commitWith: (next: typeof commit) => {
      commit = next;
    },
    publishWith: (next: typeof publish) => {
      publish = next;
    },
    kept: async () => [...(await store.load('commands')).keys()],
  };
}

describe('a command', () => {
  it('runs and is answered with its id', async () => {
    const { results, runs, send, runWith } = await lab();
    runWith(async () => ({ status: 'succeeded', data: { answer: 42 } }));
    await send('c-1');
    expect(runs).toEqual(['c-1']);
    expect(results).toEqual(['c-1 succeeded']);
  });

  it('is on disk before it runs', async () => {
    const { commands, command, commitWith, clock, runs } = await lab();
    commitWith(() => new Promise(() => undefined));
    void commands.receive(command('c-1'), source);
    await clock.settle();
    expect(runs).toEqual([]);
  });

  it('runs once, and its last result is sent again, to whoever asks again', async () => {
    const { results, runs, send, sources } = await lab();
    await send('c-1');
    const again = { ...source, responseTopic: 'replies' };
    await send('c-1', {}, again);
    expect(runs).toEqual(['c-1']);
    expect(results).toEqual(['c-1 succeeded', 'c-1 succeeded']);
    expect(sources[1]).toBe(again);
  });

  it('runs once over a restart', async () => {
    const first = await lab();
    await first.send('c-1');
    const second = await lab(first.disk, first.clock);
    await second.send('c-1');
    expect(second.runs).toEqual([]);
    expect(second.results).toEqual(['c-1 succeeded']);
  });

  it('is not answered twice while it runs', async () => {
    const { clock, results, runs, runWith, send } = await lab();
    let finish: (outcome: CommandOutcome) => void = () => undefined;
    runWith(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    await send('c-1');
    await send('c-1');
    expect(results).toEqual([]);
    finish(done);
    await clock.settle();
    expect(runs).toEqual(['c-1']);
    expect(results).toEqual(['c-1 succeeded']);
  });

  it('that a kill cut off does not run again, and says so when it is repeated', async () => {
    const first = await lab();
    first.runWith(() => new Promise(() => undefined));
    await first.send('c-1');
    const second = await lab(first.disk, first.clock);
    await second.send('c-1');
    await second.send('c-1');
    expect(second.runs).toEqual([]);
    expect(second.results).toEqual(['c-1 failed interrupted', 'c-1 failed interrupted']);
  });

  it('that fails unexpectedly is answered, without what went wrong inside', async () => {
    const { log, results, runWith, send } = await lab();
    runWith(() => Promise.reject(new Error('secret path')));
    await send('c-1');
    expect(results).toEqual(['c-1 failed internal-error']);
    expect(log.errors).toHaveLength(1);
  });

  it.each(['make-coffee', 'toString', '__proto__', 'reboot-device'])('of the type %s is rejected as not supported', async (type) => {
    const { results, runs, send } = await lab();
    await send('c-1', { type });
    expect(results).toEqual(['c-1 rejected not-supported']);
    expect(runs).toEqual([]);
  });

  it('keeps its result where that cannot be sent', async () => {
    const { log, publishWith, results, send } = await lab();
    publishWith(() => Promise.reject(new Error('no connection')));
    await send('c-1');
    publishWith(async () => undefined);
    await send('c-1');
    expect(results).toEqual(['c-1 succeeded', 'c-1 succeeded']);
    expect(log.errors).toEqual([]);
  });
});

describe('expiry', () => {
  it('is judged with the PC’s clock where no ack told the platform’s', async () => {
    const { clock, results, send } = await lab();
    await send('early', { expiresAt: timestamp(clock.now() + 1) });
    await send('now', { expiresAt: timestamp(clock.now()) });
    await send('late', { expiresAt: timestamp(clock.now() - 1) });
    expect(results).toEqual(['early succeeded', 'now expired', 'late expired']);
  });

  it('is judged with the difference to the platform’s clock', async () => {
    const { clock, commands, results, send } = await lab();
    // The PC is two hours behind the platform.
    commands.platformTime(clock.now() + 2 * hour);
    await send('c-1', { expiresAt: timestamp(clock.now() + hour) });
    await send('c-2', { expiresAt: timestamp(clock.now() + 3 * hour) });
    // Then two hours ahead of it.
    commands.platformTime(clock.now() - 2 * hour);
    await send('c-3', { expiresAt: timestamp(clock.now() - hour) });
    await send('c-4', { expiresAt: timestamp(clock.now() - 3 * hour) });
    expect(results).toEqual(['c-1 expired', 'c-2 succeeded', 'c-3 succeeded', 'c-4 expired']);
  });

  it('counts that difference in the connection in which it was told only', async () => {
    const { clock, commands, results, send } = await lab();
    commands.platformTime(clock.now() + 2 * hour);
    commands.disconnected();
    await send('c-1', { expiresAt: timestamp(clock.now() + hour) });
    expect(results).toEqual(['c-1 succeeded']);
  });

  it('is remembered like any other result', async () => {
    const { clock, results, runs, send } = await lab();
    const expiresAt = timestamp(clock.now() - 1);
    await send('c-1', { expiresAt });
    await send('c-1', { expiresAt: timestamp(clock.now() + hour) });
    expect(results).toEqual(['c-1 expired', 'c-1 expired']);
    expect(runs).toEqual([]);
  });
});

describe('ids of commands', () => {
  it('that never expire do not fill the disk: those that end first are forgotten', async () => {
    const disk = new MemoryDisk();
    const earlier = Array.from({ length: 5002 }, (_, index) => ({
      section: 'commands',
      key: `old-${index}`,
      value: { keepUntil: 8e15 + index, result: null },
    }));
    await openMemoryStore({ disk }).commit(earlier);
    const { kept, send } = await lab(disk);
    await send('new', { expiresAt: '9999-12-31T00:00:00.000Z' });
    const left = await kept();
    expect(left).toHaveLength(4501);
    expect(left).toContain('new');
    expect(left).not.toContain('old-0');
    expect(left).not.toContain('old-501');
    expect(left).toContain('old-502');
  });

  it('are kept until 24 h after they expired, and forgotten then', async () => {
    const { clock, kept, runs, send } = await lab();
    const expiresAt = timestamp(clock.now() + hour);
    await send('c-1', { expiresAt });
    await clock.advance(25 * hour - 1);
    await send('c-1', { expiresAt });
    expect(runs).toEqual(['c-1']);
    await clock.advance(2);
    await send('c-2');
    expect(await kept()).toEqual(['c-2']);
  });

  it('are kept for 24 h where they had expired already', async () => {
    const { clock, kept, send } = await lab();
    await send('c-1', { expiresAt: timestamp(clock.now() - 100 * hour) });
    await clock.advance(24 * hour - 1);
    await send('c-2');
    expect(await kept()).toEqual(['c-1', 'c-2']);
  });

  it('are kept where their result cannot be read any more', async () => {
    expect(parseCommandRecord({ keepUntil: 7, result: { status: 'odd' } })).toEqual({ keepUntil: 7, result: null });
    expect(parseCommandRecord({ keepUntil: '7' })).toBeNull();
    expect(parseCommandRecord(null)).toBeNull();
  });
});
