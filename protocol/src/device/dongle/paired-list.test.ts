import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../bytes/index.ts';
import type { Packet } from '../../frames/index.ts';
import { DeviceError, Session } from '../../session/index.ts';
import { nackTo, replyTo, ScriptedChannel } from '../../session/testing/scripted-channel.ts';
import { VirtualClock } from '../../virtual/index.ts';
import { longestPairedList, readPairedList } from './paired-list.ts';
import { dongleBench } from './testing/dongle-bench.ts';

const first = '70:BF:92:00:00:01';
const second = '70:BF:92:00:00:02';
const third = '70:BF:92:00:00:03';

/** What the dongle answers to an index: bytes, a NACK's reason, or nothing. */
type Answer = readonly number[] | number | null;

function scripted(entry: (index: number) => Answer, name: (index: number) => Answer = () => [0, 0]) {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  channel.onWrite = (packet: Packet) => {
    const answer = (packet.subcommand === 0x28 ? entry : name)(packet.payload[1] ?? 0);
    if (answer === null) return;
    channel.deliver(typeof answer === 'number' ? nackTo(packet, answer) : replyTo(packet, answer));
  };
  const session = new Session(channel, clock);
  return { clock, channel, session, read: () => clock.complete(readPairedList(session, 1)) };
}

/** An entry of the list as bytes: last, next, unknown, state, unknown, address. */
const entry = (last: number, next: number, number: number, state = 0): number[] => [last, next, 0, 0, state, 0, 0x70, 0xbf, 0x92, 0, 0, number];
const text = (name: string): number[] => [0x00, 0x09, ...encodeUtf8(name), 0, 0x58];

describe('the list of paired headsets', () => {
  test('is asked for and read byte for byte as the tool does', async () => {
    const entries = [entry(0, 2, 1), null, entry(1, 0, 2, 4)];
    const { channel, read } = scripted(
      (index) => entries[index] ?? null,
      (index) => text(`Evolve ${index}`),
    );
    expect(await read()).toEqual({
      headsets: [
        { index: 0, address: first, name: 'Evolve 0', connected: false },
        { index: 2, address: second, name: 'Evolve 2', connected: true },
      ],
      complete: true,
    });
    expect(channel.sent.map(({ report }) => [...report.subarray(0, 10)])).toEqual([
      [0x05, 0x01, 0x00, 0x00, 0x48, 0x0d, 0x28, 0x00, 0x00, 0x00],
      [0x05, 0x01, 0x00, 0x01, 0x48, 0x0d, 0x32, 0x00, 0x00, 0x00],
      [0x05, 0x01, 0x00, 0x02, 0x48, 0x0d, 0x28, 0x00, 0x02, 0x00],
      [0x05, 0x01, 0x00, 0x03, 0x48, 0x0d, 0x32, 0x00, 0x02, 0x00],
    ]);
  });

  test('may be empty, which is an entry without an address', async () => {
    expect(await scripted(() => [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).read()).toEqual({ headsets: [], complete: true });
  });

  test.each([0, 1, 2, 5, 8, 0xff])('has a headset that is not connected where its state is %i', async (state) => {
    expect((await scripted(() => entry(1, 0, 1, state)).read()).headsets).toMatchObject([{ connected: false }]);
  });

  test('can be read without the names', async () => {
    const { channel, session, clock } = scripted(() => entry(1, 0, 1));
    expect((await clock.complete(readPairedList(session, 1, { names: false }))).headsets).toMatchObject([{ address: first, name: null }]);
    expect(channel.subcommands).toEqual([0x28]);
  });

  test.each<[string, Answer]>([
    ['refused', 0xff],
    ['silent', null],
    ['cut', [0x00]],
    ['empty', [0, 0, 0x20, 0]],
    ['nothing but control characters', [0, 0, 0x07, 0x1b]],
  ])('is good where a name is %s', async (_, name) => {
    const list = await scripted(
      () => entry(1, 0, 1),
      () => name,
    ).read();
    expect(list).toEqual({ headsets: [{ index: 0, address: first, name: null, connected: false }], complete: true });
  });

  test('is incomplete where it goes in a circle', async () => {
    const { channel, read } = scripted((index) => entry(0, index === 0 ? 1 : 0, index + 1));
    const { headsets, complete } = await read();
    expect(complete).toBe(false);
    expect(headsets.map(({ address }) => address)).toEqual([first, second]);
    expect(channel.sent.length).toBe(4);
  });

  test('is incomplete where it has no end', async () => {
    const { session } = scripted((index) => entry(0, index + 1, index + 1));
    const { headsets, complete } = await readPairedList(session, 1);
    expect([headsets.length, complete]).toEqual([longestPairedList, false]);
  });

  test.each<[string, Answer]>([
    ['refuses', 0xf0],
    ['is silent', null],
    ['answers too little', [0, 2, 0, 0, 4]],
  ])('is what was read where the dongle then %s', async (_, answer) => {
    const list = await scripted((index) => (index === 0 ? entry(0, 1, 1) : answer)).read();
    expect(list).toMatchObject({ headsets: [{ address: first }], complete: false });
  });

  test.each<[string, Answer, string]>([
    ['refuses', 0xff, 'rejected'],
    ['is silent', null, 'timeout'],
    ['answers too little', [0, 2, 0, 0, 4], 'malformed'],
  ])('cannot be read where the dongle %s from the start', async (_, answer, code) => {
    await expect(scripted(() => answer).read()).rejects.toMatchObject({ name: 'DeviceError', code });
  });

  test('has an address once where entries moved while it was read', async () => {
    const { headsets } = await scripted((index) => entry(index === 1 ? 1 : 0, 1, 1, index === 1 ? 4 : 0)).read();
    expect(headsets).toEqual([{ index: 1, address: first, name: null, connected: true }]);
  });

  test('ends at once where the dongle is pulled out in the middle', async () => {
    const { clock, dongle, bus, device, attach } = await dongleBench();
    attach(first);
    device.behave({
      name: 'pulled at the first name',
      onPacket: ({ subcommand }) => {
        if (subcommand === 0x32) bus.unplug(device);
        return undefined;
      },
    });
    await expect(clock.complete(dongle.pairedList())).rejects.toMatchObject({ code: 'disconnected' });
  });

  test('skips places that were given up', async () => {
    const { clock, dongle, radio, attach } = await dongleBench();
    for (const address of [first, second, third]) {
      radio.detach();
      attach(address);
    }
    await clock.complete(dongle.remove(first));
    const { headsets, complete } = await clock.complete(dongle.pairedList());
    expect(complete).toBe(true);
    expect(headsets).toEqual([
      { index: 1, address: second, name: 'Jabra Evolve2 65', connected: false },
      { index: 2, address: third, name: 'Jabra Evolve2 65', connected: true },
    ]);
  });

  test('is read in bounded time from a dongle that answers anything', async () => {
    const answer = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(fc.constantFrom(0, 0, 0, 1), fc.nat(5), fc.nat(3)).map(([last, next, number]) => entry(last, next, number, 4)),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => [...bytes]) },
      { weight: 1, arbitrary: fc.constantFrom<Answer>(0xf4, 0xff, null) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 12 }),
        fc.array(answer, { minLength: 1, maxLength: 4 }),
        async (entries, names) => {
          let asked = 0;
          const { channel, read } = scripted(
            () => entries[asked++ % entries.length] ?? null,
            (index) => names[index % names.length] ?? null,
          );
          try {
            const { headsets } = await read();
            expect(new Set(headsets.map(({ address }) => address)).size).toBe(headsets.length);
            expect(headsets.length).toBeLessThanOrEqual(longestPairedList);
          } catch (error) {
            expect(error).toBeInstanceOf(DeviceError);
          }
          expect(channel.sent.length).toBeLessThanOrEqual(longestPairedList * 6);
        },
      ),
      { numRuns: 150 },
    );
  });
});
