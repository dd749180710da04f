import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../virtual/index.ts';
import { BufferedChannel, type ChannelBackend } from './buffered-channel.ts';

function opened(backend: Partial<ChannelBackend> = {}) {
  const clock = new VirtualClock();
  const written: number[][] = [];
  let closes = 0;
  const channel = new BufferedChannel({
    descriptor: null,
    write: async (report) => {
      written.push([...report]);
      report.fill(0);
    },
    close: async () => {
      closes += 1;
    },
    ...backend,
  });
  return { channel, written, settle: () => clock.settle(), closes: () => closes };
}

describe('a channel', () => {
  test('delivers after its backend’s code has returned, in order', async () => {
    const { channel, settle } = opened();
    const heard: number[] = [];
    channel.onReport(([first]) => heard.push(first ?? -1));
    channel.deliver(Uint8Array.of(1));
    channel.deliver(Uint8Array.of(2));
    expect(heard).toEqual([]);
    await settle();
    expect(heard).toEqual([1, 2]);
  });

  test('keeps the newest 64 reports for its first listener', async () => {
    const { channel, settle } = opened();
    for (let id = 0; id < 70; id += 1) channel.deliver(Uint8Array.of(id));
    const heard: number[] = [];
    channel.onReport(([first]) => heard.push(first ?? -1));
    await settle();
    expect(heard).toEqual(Array.from({ length: 64 }, (_, index) => index + 6));
  });

  test('gives each listener bytes of its own, and its backend as well', async () => {
    const { channel, settle, written } = opened();
    const heard: number[][] = [];
    for (let count = 0; count < 2; count += 1)
      channel.onReport((report) => {
        heard.push([...report]);
        report.fill(9);
      });
    const received = Uint8Array.of(5, 6);
    channel.deliver(received);
    received.fill(0);
    await settle();
    expect(heard).toEqual([
      [5, 6],
      [5, 6],
    ]);
    const sent = Uint8Array.of(7, 8);
    await channel.write(sent);
    expect(written).toEqual([[7, 8]]);
    expect([...sent]).toEqual([7, 8]);
  });

  test('stops telling who no longer listens', async () => {
    const { channel, settle } = opened();
    const heard: string[] = [];
    channel.onReport(() => heard.push('kept'));
    channel.onReport(() => heard.push('stopped'))();
    channel.deliver(Uint8Array.of(1));
    await settle();
    expect(heard).toEqual(['kept']);
  });

  test('is virtual only where its backend says so', () => {
    expect(opened().channel.isVirtual).toBe(false);
    expect(opened({ isVirtual: true }).channel.isVirtual).toBe(true);
  });
});

describe('the end of a channel', () => {
  test('is told once, later, also to who asks afterwards', async () => {
    const { channel, settle } = opened();
    const told: string[] = [];
    channel.onClosed((reason) => told.push(`early: ${reason}`));
    channel.fail('unplugged');
    channel.fail('again');
    expect(told).toEqual([]);
    await settle();
    channel.onClosed((reason) => told.push(`late: ${reason}`));
    await settle();
    expect(told).toEqual(['early: unplugged', 'late: unplugged']);
  });

  test('refuses writes, with its reason', async () => {
    const { channel } = opened();
    channel.fail('unplugged');
    await expect(channel.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'disconnected', message: 'unplugged' });
  });

  test('is the end of reports, also of those that wait', async () => {
    const { channel, settle } = opened();
    const heard: unknown[] = [];
    channel.onReport((report) => heard.push(report));
    channel.deliver(Uint8Array.of(1));
    channel.fail('unplugged');
    channel.deliver(Uint8Array.of(2));
    await settle();
    expect(heard).toEqual([]);
  });

  test('in the middle of a delivery keeps the rest back', async () => {
    const { channel, settle } = opened();
    const heard: number[] = [];
    channel.onReport(([first]) => {
      heard.push(first ?? -1);
      channel.fail('unplugged');
    });
    channel.deliver(Uint8Array.of(1));
    channel.deliver(Uint8Array.of(2));
    await settle();
    expect(heard).toEqual([1]);
  });
});

describe('closing a channel', () => {
  test('closes its backend once and is no failure', async () => {
    const { channel, settle, closes } = opened();
    const told: string[] = [];
    channel.onClosed((reason) => told.push(reason));
    await channel.close();
    await channel.close();
    channel.fail('unplugged');
    channel.onClosed((reason) => told.push(reason));
    await settle();
    expect(told).toEqual([]);
    expect(closes()).toBe(1);
    await expect(channel.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'disconnected', message: 'the path was closed' });
  });

  test('leaves a backend alone that is gone', async () => {
    const { channel, closes } = opened();
    channel.fail('unplugged');
    await channel.close();
    expect(closes()).toBe(0);
  });
});
