import { describe, expect, test } from 'vitest';
import { u8 } from '../bytes/index.ts';
import { firmwareVersion, fwupd, message, productName } from '../messages/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { Session } from './session.ts';
import { ackTo, eventFrom, nackTo, replyTo, ScriptedChannel } from './testing/scripted-channel.ts';
import { defaultTiming, extraLongReceiveMs, longReceiveMs, type Timing } from './timing.ts';

const headset = 8;
const version = [0x05, 0x32, 0x2e, 0x38, 0x2e, 0x35]; // "2.8.5"
const cutVersion = [0x05, 0x32, 0x2e];
const partition = message({ name: 'partition', command: 0x0f, subcommand: 0x2d, write: u8(), provenance: [fwupd] });

function opened(timing?: Partial<Timing>) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  const session = new Session(channel, clock, timing);
  /** Code and moment of a failure. */
  const failure = async (promise: Promise<unknown>): Promise<unknown> => {
    const code = await clock.complete(
      promise.then(
        () => 'no failure',
        (error: { code: unknown }) => error.code,
      ),
    );
    return [code, clock.monotonic()];
  };
  const sentAt = () => channel.sent.map(({ at }) => at);
  return { clock, channel, session, failure, sentAt };
}

test('times are those of facts E7', () => {
  expect(defaultTiming).toEqual({ sendMs: 3000, receiveMs: 1000, attempts: 3, retryDelayMs: 100 });
  expect([longReceiveMs, extraLongReceiveMs]).toEqual([30_000, 60_000]);
});

describe('a request that nobody answers', () => {
  test('is sent three times, a second for each answer and 100 ms in between', async () => {
    const { channel, session, failure, sentAt, clock } = opened();
    expect(await failure(session.read(firmwareVersion, headset))).toEqual(['timeout', 3200]);
    expect(sentAt()).toEqual([0, 1100, 2200]);
    expect(new Set(channel.sent.map(({ packet }) => packet.sequence))).toEqual(new Set([0]));
    expect(clock.pendingTimers).toBe(0);
  });

  test('lets the next one have its turn, with a sequence number of its own', async () => {
    const { channel, session, failure, clock } = opened();
    const first = session.read(productName, headset);
    const second = session.read(firmwareVersion, headset);
    expect(await failure(first)).toEqual(['timeout', 3200]);
    channel.deliver(replyTo(channel.last, version));
    expect(await clock.complete(second)).toBe('2.8.5');
    expect(channel.sent.map(({ packet }) => packet.sequence)).toEqual([0, 0, 0, 1]);
  });

  test('leaves its late answers to nobody', async () => {
    const { channel, session, failure } = opened();
    await failure(session.read(firmwareVersion, headset));
    channel.deliver(replyTo(channel.last, version));
    expect(session.statistics).toEqual({ sent: 3, received: 1, unmatched: 1, malformed: 0 });
  });

  test('is not kept waiting by events', async () => {
    const { channel, session, failure, clock } = opened();
    const read = session.read(firmwareVersion, headset);
    for (let at = 100; at < 3200; at += 100)
      clock.setTimer(at, () => {
        channel.deliver(eventFrom(headset, 0x12, 0x02, [0, 50]));
      });
    expect(await failure(read)).toEqual(['timeout', 3200]);
  });
});

describe('a request that the system doesn’t take', () => {
  test('is given three seconds to leave, and tried again', async () => {
    const { channel, session, failure, sentAt } = opened();
    channel.taking = () => new Promise(() => undefined);
    expect(await failure(session.read(firmwareVersion, headset))).toEqual(['timeout', 9200]);
    expect(sentAt()).toEqual([0, 3100, 6200]);
  });

  test('has its second for the answer only after it left', async () => {
    const { clock, channel, session, failure, sentAt } = opened();
    channel.taking = () =>
      new Promise((resolve) => {
        clock.setTimer(2000, resolve);
      });
    expect(await failure(session.read(firmwareVersion, headset, { timing: { attempts: 1 } }))).toEqual(['timeout', 3000]);
    expect(sentAt()).toEqual([0]);
  });

  test('that leaves late, in the pause, doesn’t hold up the next attempt', async () => {
    const { clock, channel, session, failure, sentAt } = opened();
    channel.taking = () =>
      new Promise((resolve) => {
        clock.setTimer(3050, resolve);
      });
    expect(await failure(session.read(firmwareVersion, headset, { timing: { attempts: 2 } }))).toEqual(['timeout', 6100]);
    expect(sentAt()).toEqual([0, 3100]);
  });
});

test('a write that fails after its attempt is over leaves the word to the next attempt', async () => {
  const { clock, channel, session } = opened();
  channel.taking = () => {
    channel.taking = () => Promise.resolve();
    return new Promise((_, reject) => {
      clock.setTimer(3500, () => {
        reject(new Error('too late'));
      });
    });
  };
  const read = session.read(firmwareVersion, headset);
  clock.setTimer(3600, () => {
    channel.deliver(replyTo(channel.last, version));
  });
  expect(await clock.complete(read)).toBe('2.8.5');
  expect(channel.sent).toHaveLength(2);
});

describe('an answer counts', () => {
  // Attempts leave at 0, 1100 and 2200; pauses are 1000 to 1100 and 2100 to 2200.
  test.each([
    ['to the first attempt, at the last moment', 999, 1],
    ['in the pause after the first attempt', 1050, 1],
    ['to the first attempt, while the second waits', 1500, 2],
    ['in the second pause', 2150, 2],
    ['to any attempt, while the last one waits', 3199, 3],
  ])('%s', async (_, at, attempts) => {
    const { clock, channel, session } = opened();
    const read = session.read(firmwareVersion, headset);
    clock.setTimer(at, () => {
      channel.deliver(replyTo(channel.sent[0]?.packet ?? channel.last, version));
    });
    expect(await clock.complete(read)).toBe('2.8.5');
    expect(channel.sent).toHaveLength(attempts);
    expect(clock.monotonic()).toBe(at);
    await clock.advance(10_000);
    expect(channel.sent).toHaveLength(attempts);
    expect(clock.pendingTimers).toBe(0);
  });

  test('also to a write, in the pause', async () => {
    const { clock, channel, session } = opened();
    const write = session.write(partition, headset, 1);
    clock.setTimer(1050, () => {
      channel.deliver(ackTo(channel.last));
    });
    await clock.complete(write);
    expect(channel.sent).toHaveLength(1);
  });

  test('no longer after the last attempt', async () => {
    const { clock, channel, session, failure } = opened();
    const read = session.read(firmwareVersion, headset);
    clock.setTimer(3201, () => {
      channel.deliver(replyTo(channel.last, version));
    });
    expect(await failure(read)).toEqual(['timeout', 3200]);
    await clock.advance(10);
    expect(session.statistics.unmatched).toBe(1);
  });
});

describe('a refusal', () => {
  test('is an answer: nothing is sent again', async () => {
    const { channel, session, failure, clock } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(nackTo(packet, 0xf6));
    };
    expect(await failure(session.read(firmwareVersion, headset))).toEqual(['rejected', 0]);
    expect(await failure(session.write(partition, headset, 1))).toEqual(['rejected', 0]);
    await clock.advance(10_000);
    expect(channel.sent).toHaveLength(2);
  });

  test('counts in the pause as well', async () => {
    const { clock, channel, session, failure } = opened();
    const read = session.read(firmwareVersion, headset);
    clock.setTimer(1050, () => {
      channel.deliver(nackTo(channel.last, 0xf4));
    });
    expect(await failure(read)).toEqual(['rejected', 1050]);
    expect(channel.sent).toHaveLength(1);
  });
});

describe('an answer that doesn’t decode', () => {
  test('is asked for again', async () => {
    const { clock, channel, session, sentAt } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, channel.sent.length === 1 ? cutVersion : version));
    };
    expect(await clock.complete(session.read(firmwareVersion, headset))).toBe('2.8.5');
    expect(sentAt()).toEqual([0, 100]);
  });

  test('is malformed where no attempt brings a better one, with the cause', async () => {
    const { clock, channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, cutVersion));
    };
    await expect(clock.complete(session.read(firmwareVersion, headset))).rejects.toMatchObject({
      code: 'malformed',
      cause: { name: 'DecodeError', code: 'truncated' },
    });
    expect(channel.sent).toHaveLength(3);
  });

  test('doesn’t use up an attempt when it comes twice', async () => {
    const { clock, channel, session, sentAt } = opened();
    channel.onWrite = (packet) => {
      const answer = replyTo(packet, channel.sent.length < 3 ? cutVersion : version);
      channel.deliver(answer, answer);
    };
    expect(await clock.complete(session.read(firmwareVersion, headset))).toBe('2.8.5');
    expect(sentAt()).toEqual([0, 100, 200]);
    expect(session.statistics.unmatched).toBe(3);
  });
});

describe('times', () => {
  test('can be those of one request', async () => {
    const { session, failure, sentAt } = opened();
    const timing = { receiveMs: extraLongReceiveMs, attempts: 1 };
    expect(await failure(session.write(partition, headset, 1, { timing }))).toEqual(['timeout', 60_000]);
    expect(sentAt()).toEqual([0]);
  });

  test('can be those of a session', async () => {
    const { session, failure, sentAt } = opened({ receiveMs: 50, retryDelayMs: 10, attempts: 2 });
    expect(await failure(session.read(firmwareVersion, headset))).toEqual(['timeout', 110]);
    expect(sentAt()).toEqual([0, 60]);
  });

  test('don’t move with the wall clock', async () => {
    const { clock, session, failure } = opened();
    const read = session.read(firmwareVersion, headset);
    await clock.advance(500);
    clock.jumpWallClock(-3_600_000);
    expect(await failure(read)).toEqual(['timeout', 3200]);
  });
});
