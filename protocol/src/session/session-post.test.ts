import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { bytes, struct, u16le } from '../bytes/index.ts';
import { PacketType } from '../frames/index.ts';
import { firmwareVersion, fwupd, message, synthetic } from '../messages/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { CancelSource } from './cancel.ts';
import { Session } from './session.ts';
import { replyTo, ScriptedChannel } from './testing/scripted-channel.ts';

const headset = 8;
const block = message({
  name: 'block',
  command: 0x0f,
  subcommand: 0x1a,
  post: struct({ number: u16le(), size: u16le(), data: bytes(2) }),
  provenance: [fwupd],
});
const value = { number: 0x0102, size: 2, data: Uint8Array.of(0xaa, 0xbb) };

function opened() {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  return { clock, channel, session: new Session(channel, clock) };
}

describe('a message that no device answers', () => {
  test('is a packet of type 0 with sequence number 0, and nothing is waited for', async () => {
    const { channel, session } = opened();
    await session.post(block, headset, value);
    await session.post(block, headset, value);
    expect(channel.sent.map(({ packet }) => [packet.type, packet.sequence])).toEqual([
      [PacketType.event, 0],
      [PacketType.event, 0],
    ]);
    expect([...(channel.sent[0]?.report.subarray(0, 13) ?? [])]).toEqual([
      ...annotated(`
        05     report id
        08     to the headset
        00     from the PC
        00     sequence number
        0C     type 0, length 12: 6 and six bytes of payload
        0F 1A  block
        02 01  number, low byte first
        02 00  size
        AA BB  data
      `),
    ]);
    expect(session.statistics.sent).toBe(2);
  });

  test('may be one of several that are handed over at once, in order; all have left, or it says so', async () => {
    const { clock, channel, session } = opened();
    const values = [1, 2, 3].map((number) => ({ ...value, number }));
    await session.postAll(block, headset, values);
    expect(channel.sent.map(({ report }) => report[7])).toEqual([1, 2, 3]);
    expect(session.statistics.sent).toBe(3);
    let taken = 0;
    channel.taking = () => ((taken += 1) === 2 ? Promise.reject(new Error('gone')) : Promise.resolve());
    await expect(session.postAll(block, headset, values)).rejects.toMatchObject({ code: 'disconnected' });
    expect([taken, clock.pendingTimers]).toEqual([3, 0]);
  });

  test('may have the number that the next request will have, which is then not used up', async () => {
    const { channel, session } = opened();
    for (const expected of [0, 1]) {
      await session.post(block, headset, value, { numbered: true });
      await session.post(block, headset, value, { numbered: true });
      const read = session.read(firmwareVersion, headset);
      channel.deliver(replyTo(channel.last, [0x01, 0x31]));
      await read;
      expect(channel.sent.slice(-3).map(({ packet }) => packet.sequence)).toEqual([expected, expected, expected]);
    }
  });

  test('doesn’t wait for a request on its way, nor use up its sequence number', async () => {
    const { channel, session } = opened();
    const read = session.read(firmwareVersion, headset);
    await session.post(block, headset, value);
    expect(channel.sent.map(({ packet }) => packet.command)).toEqual([0x02, 0x0f]);
    const [request] = channel.sent;
    if (request) channel.deliver(replyTo(request.packet, [0x01, 0x31]));
    await read;
    const next = session.read(firmwareVersion, headset);
    expect(channel.last.sequence).toBe(1);
    channel.deliver(replyTo(channel.last, [0x01, 0x31]));
    await next;
  });

  test('has left once the path took it; a path that doesn’t take it in 3 s is a time-out', async () => {
    const { clock, channel, session } = opened();
    channel.taking = () => new Promise(() => undefined);
    const posted = session.post(block, headset, value);
    await clock.advance(2999);
    let state = 'open';
    posted.catch(() => (state = 'rejected'));
    await clock.settle();
    expect(state).toBe('open');
    await clock.advance(1);
    await expect(posted).rejects.toMatchObject({ code: 'timeout' });
  });

  test('cannot be sent where the path is gone', async () => {
    const { channel, session } = opened();
    channel.taking = () => Promise.reject(new Error('no such device'));
    await expect(session.post(block, headset, value)).rejects.toMatchObject({ code: 'disconnected' });
    channel.fail('unplugged');
    await expect(session.post(block, headset, value)).rejects.toMatchObject({ code: 'disconnected' });
    expect(channel.sent).toHaveLength(1);
  });

  test('is not sent where it is cancelled, cannot be posted, doesn’t encode, or nobody vouches for it', async () => {
    const { channel, session } = opened();
    const cancel = new CancelSource();
    cancel.cancel();
    await expect(session.post(block, headset, value, { signal: cancel })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(session.post(firmwareVersion, headset, undefined as never)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.post(block, headset, { ...value, number: 0x1_0000 })).rejects.toMatchObject({ code: 'out-of-range' });
    const invented = message({ ...block, provenance: [synthetic] });
    await expect(session.post(invented, headset, value)).rejects.toMatchObject({ code: 'unsupported' });
    expect(channel.sent).toEqual([]);
  });
});
