import { describe, expect, test } from 'vitest';
import { bool8, struct, u8 } from '../bytes/index.ts';
import { firmwareVersion, fwupd, headsetControl, message, productName, type Provenance, synthetic } from '../messages/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { CancelSource } from './cancel.ts';
import type { CancelSignal } from './clock.ts';
import type { DeviceError } from './errors.ts';
import type { HidChannel } from './hid-port.ts';
import { Session } from './session.ts';
import { ackTo, eventFrom, replyTo, ScriptedChannel } from './testing/scripted-channel.ts';

const headset = 8;
const version = [0x05, 0x32, 0x2e, 0x38, 0x2e, 0x35]; // "2.8.5"
const partition = message({ name: 'partition', command: 0x0f, subcommand: 0x2d, write: u8(), provenance: [fwupd] });

function opened(isVirtual = false) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock, isVirtual);
  const session = new Session(channel, clock);
  return { clock, channel, session };
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no failure',
    (error: DeviceError) => error.code,
  );

describe('a request that its caller cancels', () => {
  test('before it was made is never sent', async () => {
    const { channel, session } = opened();
    expect(await codeOf(session.read(firmwareVersion, headset, { signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(channel.sent).toEqual([]);
  });

  test('while another one has its turn ends at once, and is never sent', async () => {
    const { clock, channel, session } = opened();
    const cancel = new CancelSource();
    const first = session.read(productName, headset);
    const second = codeOf(session.read(firmwareVersion, headset, { signal: cancel.signal }));
    const third = session.read(firmwareVersion, headset);
    await clock.settle();
    cancel.cancel();
    expect(await second).toBe('cancelled');
    channel.deliver(replyTo(channel.last, [0x01, 0x4a]));
    expect(await first).toBe('J');
    channel.deliver(replyTo(channel.last, version));
    expect(await third).toBe('2.8.5');
    expect(channel.subcommands).toEqual([0x00, 0x03]);
    expect(channel.sent.map(({ packet }) => packet.sequence)).toEqual([0, 1]);
  });

  test.each([
    ['while it waits for its answer', 500, 1],
    ['in the pause', 1050, 1],
    ['while it waits for the second time', 1600, 2],
  ])('%s ends at once', async (_, at, attempts) => {
    const { clock, channel, session } = opened();
    const cancel = new AbortController();
    const read = codeOf(session.read(firmwareVersion, headset, { signal: cancel.signal }));
    await clock.advance(at);
    cancel.abort();
    expect(await read).toBe('cancelled');
    expect(clock.monotonic()).toBe(at);
    await clock.advance(10_000);
    expect(channel.sent).toHaveLength(attempts);
    expect(clock.pendingTimers).toBe(0);
  });

  test('leaves its answer to nobody and its turn to the next', async () => {
    const { clock, channel, session } = opened();
    const cancel = new CancelSource();
    const first = codeOf(session.read(productName, headset, { signal: cancel.signal }));
    const second = session.read(firmwareVersion, headset);
    await clock.settle();
    const request = channel.last;
    cancel.cancel();
    expect(await first).toBe('cancelled');
    channel.deliver(replyTo(request, [0x01, 0x4a]));
    expect(session.statistics.unmatched).toBe(1);
    channel.deliver(replyTo(channel.last, version));
    expect(await second).toBe('2.8.5');
  });

  test('together with all others of the signal sends nothing more', async () => {
    const { clock, channel, session } = opened();
    const cancel = new CancelSource();
    const { signal } = cancel;
    const reads = [1, 2, 3].map(() => codeOf(session.read(firmwareVersion, headset, { signal })));
    await clock.settle();
    cancel.cancel();
    expect(await Promise.all(reads)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(channel.sent).toHaveLength(1);
  });

  test('holds on to the signal only until its end', async () => {
    const { channel, session } = opened();
    const listening = new Set<() => void>();
    const signal: CancelSignal = {
      aborted: false,
      addEventListener: (_event, listener) => void listening.add(listener),
      removeEventListener: (_event, listener) => void listening.delete(listener),
    };
    const reads = [session.read(productName, headset, { signal }), session.read(firmwareVersion, headset, { signal })];
    expect(listening.size).toBe(2);
    channel.deliver(replyTo(channel.last, version));
    channel.deliver(replyTo(channel.last, version));
    await Promise.all(reads);
    expect(listening.size).toBe(0);
  });

  test('after its end changes nothing', async () => {
    const { channel, session } = opened();
    const cancel = new CancelSource();
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, version));
    };
    const read = session.read(firmwareVersion, headset, { signal: cancel.signal });
    cancel.cancel();
    expect(await read).toBe('2.8.5');
  });
});

describe('a path that fails', () => {
  test('while something is written ends the request, with the cause and without another try', async () => {
    const { clock, channel, session } = opened();
    const cause = new Error('no such device');
    channel.taking = () => Promise.reject(cause);
    await expect(session.write(partition, headset, 1)).rejects.toMatchObject({ code: 'disconnected', cause });
    await clock.advance(10_000);
    expect(channel.sent).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('while something is written may do so with a throw', async () => {
    const { session, channel } = opened();
    channel.taking = () => {
      throw new TypeError('the handle is closed');
    };
    expect(await codeOf(session.read(firmwareVersion, headset))).toBe('disconnected');
  });

  test('ends what is on its way and what waits, and refuses what comes later', async () => {
    const { clock, channel, session } = opened();
    const told: string[] = [];
    session.onClosed((reason) => told.push(reason));
    const reads = [headset, headset, 4].map((address) => codeOf(session.read(firmwareVersion, address)));
    await clock.settle();
    channel.fail('unplugged');
    expect(await Promise.all(reads)).toEqual(['disconnected', 'disconnected', 'disconnected']);
    expect(await codeOf(session.read(firmwareVersion, headset))).toBe('disconnected');
    await expect(session.write(partition, headset, 1)).rejects.toThrow('unplugged');
    channel.fail('again');
    expect(told).toEqual(['unplugged']);
    expect(channel.sent).toHaveLength(2);
    expect([channel.listeners, clock.pendingTimers]).toEqual([0, 0]);
  });

  test('in a pause ends the request in the pause', async () => {
    const { clock, channel, session } = opened();
    const read = codeOf(session.read(firmwareVersion, headset));
    await clock.advance(1050);
    channel.fail('unplugged');
    expect(await read).toBe('disconnected');
    expect(clock.monotonic()).toBe(1050);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is told to who asks afterwards, once and after the asking', async () => {
    const { clock, channel, session } = opened();
    const told: string[] = [];
    session.onClosed((reason) => told.push(`early: ${reason}`));
    channel.fail('unplugged');
    session.onClosed((reason) => told.push(`late: ${reason}`));
    session.onClosed((reason) => told.push(`stopped: ${reason}`))();
    expect(told).toEqual(['early: unplugged']);
    await clock.settle();
    expect(told).toEqual(['early: unplugged', 'late: unplugged']);
  });
});

describe('a session that is closed', () => {
  test('closes its channel and ends its requests, and doesn’t call that a failure', async () => {
    const { clock, channel, session } = opened();
    const told: string[] = [];
    session.onClosed((reason) => told.push(reason));
    const read = codeOf(session.read(firmwareVersion, headset));
    await clock.settle();
    await session.close();
    expect(await read).toBe('disconnected');
    channel.fail('unplugged');
    session.onClosed((reason) => told.push(reason));
    await clock.settle();
    expect(told).toEqual([]);
    expect([channel.closes, channel.listeners, clock.pendingTimers]).toEqual([1, 0, 0]);
  });

  test('after a failure closes its channel, and tells nobody any more', async () => {
    const { clock, channel, session } = opened();
    const told: string[] = [];
    channel.fail('unplugged');
    session.onClosed((reason) => told.push(reason));
    await session.close();
    session.onClosed((reason) => told.push(reason));
    await clock.settle();
    expect(told).toEqual([]);
    expect(channel.closes).toBe(1);
  });

  test('hears nothing any more', async () => {
    const { channel, session } = opened();
    const heard: unknown[] = [];
    session.onEvent((packet) => heard.push(packet));
    await session.close();
    channel.deliver(eventFrom(headset, 0x12, 0x02, [0, 50]));
    expect(heard).toEqual([]);
    expect(session.statistics.received).toBe(0);
  });
});

describe('a message that nobody vouches for', () => {
  const declared = (...provenance: Provenance[]) =>
    message({ name: 'ancLevel', command: 0x7e, subcommand: 1, reply: struct({ on: bool8() }), write: struct({ on: bool8() }), provenance });

  test.each([
    ['synthetic', [synthetic]],
    ['synthetic in part', [headsetControl, synthetic]],
    ['of unknown origin', []],
  ])('(%s) is neither read from nor written to a real device', async (_, provenance) => {
    const { channel, session } = opened();
    const made = declared(...provenance);
    expect(await codeOf(session.write(made, headset, { on: true }))).toBe('unsupported');
    expect(await codeOf(session.read(made, headset))).toBe('unsupported');
    expect(channel.sent).toEqual([]);
  });

  test('reaches virtual devices', async () => {
    const { channel, session } = opened(true);
    channel.onWrite = (packet) => {
      channel.deliver(ackTo(packet));
    };
    await session.write(declared(synthetic), headset, { on: true });
    expect(channel.sent).toHaveLength(1);
  });

  test('goes to no channel that doesn’t say it is virtual', async () => {
    const silent: HidChannel = {
      descriptor: null,
      write: () => Promise.reject(new Error('this should not have been written')),
      onReport: () => () => undefined,
      onClosed: () => () => undefined,
      close: () => Promise.resolve(),
    };
    const session = new Session(silent, new VirtualClock());
    expect(await codeOf(session.write(declared(synthetic), headset, { on: true }))).toBe('unsupported');
  });
});
