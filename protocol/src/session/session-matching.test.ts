import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { struct, u8 } from '../bytes/index.ts';
import { decodePacket, type Packet, PacketType } from '../frames/index.ts';
import { batteryStatus, connectionState, dfuProductId, firmwareVersion, fwupd, message, productName } from '../messages/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { DeviceError } from './errors.ts';
import { Session } from './session.ts';
import { ackTo, eventFrom, nackTo, replyTo, ScriptedChannel } from './testing/scripted-channel.ts';

const headset = 8;
const dongle = 1;
const version = [0x05, 0x32, 0x2e, 0x38, 0x2e, 0x35]; // "2.8.5"
const name = [0x02, 0x4a, 0x61]; // "Ja"
const partition = message({ name: 'partition', command: 0x0f, subcommand: 0x2d, write: u8(), provenance: [fwupd] });
const indexed = message({ name: 'paired entry', command: 0x0d, subcommand: 0x28, request: u8(), reply: struct({ last: u8() }), provenance: [fwupd] });

function opened() {
  const clock = new VirtualClock();
  const channel = new ScriptedChannel(clock);
  const session = new Session(channel, clock);
  return { clock, channel, session };
}

/** Whether a promise has an outcome, as text. */
async function stateOf(clock: VirtualClock, promise: Promise<unknown>): Promise<string> {
  let state = 'open';
  promise.then(
    (value) => (state = `fulfilled ${JSON.stringify(value)}`),
    (error: unknown) => (state = error instanceof DeviceError ? error.code : 'other'),
  );
  await clock.settle();
  return state;
}

describe('what a session sends', () => {
  test('is the request of facts E8, byte for byte', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      if (packet.subcommand === 0x13) channel.deliver(annotated('05 00 01 02 C8 02 13 10 30  recorded: reply, sequence 2, DFU product id 3010'));
      else channel.deliver(replyTo(packet, version));
    };
    await session.read(productName, dongle);
    await session.read(firmwareVersion, dongle);
    expect(await session.read(dfuProductId, dongle)).toBe(0x3010);
    const beginnings = channel.sent.map(({ report }) => Buffer.from(report.subarray(0, 7)).toString('hex'));
    expect(beginnings).toEqual(['05010000460200', '05010001460203', '05010002460213']);
    expect(channel.sent.every(({ report }) => report.length === 64 && report.subarray(7).every((byte) => byte === 0))).toBe(true);
  });

  test('carries the value of a write', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(ackTo(packet));
    };
    await session.write(partition, headset, 2);
    expect([...(channel.sent[0]?.report.subarray(0, 9) ?? [])]).toEqual([
      ...annotated(`
        05  report id
        08  to the headset
        00  from the PC
        00  sequence
        87  write, length 7
        0F  firmware
        2D  partition
        02  the value
        00  padding
      `),
    ]);
  });

  test('carries the parameters of a read', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, [1]));
    };
    expect(await session.read(indexed, dongle, { request: 3 })).toEqual({ last: 1 });
    expect(channel.last.payload).toEqual(Uint8Array.of(3));
  });

  test('counts sequences for each address, from 0 over 255 to 0', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, version));
    };
    for (let count = 0; count < 258; count += 1) await session.read(firmwareVersion, headset);
    await session.read(firmwareVersion, dongle);
    const sequences = channel.sent.map(({ packet }) => packet.sequence);
    expect(sequences.slice(0, 3)).toEqual([0, 1, 2]);
    expect(sequences.slice(254)).toEqual([254, 255, 0, 1, 0]);
  });

  test('is nothing for a message that cannot be read, or not written', async () => {
    const { channel, session } = opened();
    await expect(session.read(connectionState, dongle)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(session.write(firmwareVersion, dongle, undefined as never)).rejects.toMatchObject({ code: 'unsupported' });
    expect(channel.sent).toEqual([]);
  });

  test('is nothing for a value that cannot be encoded, and the next request has its turn', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(ackTo(packet));
    };
    await expect(session.write(partition, headset, 256)).rejects.toMatchObject({ name: 'DecodeError', code: 'out-of-range' });
    await expect(session.write(partition, 300, 1)).rejects.toMatchObject({ name: 'DecodeError', code: 'out-of-range' });
    await session.write(partition, headset, 1);
    expect(channel.sent).toHaveLength(1);
  });
});

describe('requests', () => {
  test('to one address wait for each other', async () => {
    const { clock, channel, session } = opened();
    const first = session.read(productName, headset);
    const second = session.read(firmwareVersion, headset);
    await clock.settle();
    expect(channel.subcommands).toEqual([0x00]);
    channel.deliver(replyTo(channel.last, name));
    expect(await first).toBe('Ja');
    await clock.settle();
    expect(channel.subcommands).toEqual([0x00, 0x03]);
    channel.deliver(replyTo(channel.last, version));
    expect(await second).toBe('2.8.5');
  });

  test('to several addresses do not', async () => {
    const { clock, channel, session } = opened();
    const first = session.read(firmwareVersion, dongle);
    const second = session.read(firmwareVersion, 4);
    await clock.settle();
    const [toDongle, toHeadset] = channel.sent.map(({ packet }) => packet);
    if (!toDongle || !toHeadset) throw new Error('both should have been sent');
    expect([toDongle.sequence, toHeadset.sequence]).toEqual([0, 0]);
    channel.deliver(replyTo(toHeadset, version), replyTo(toDongle, name));
    expect(await Promise.all([first, second])).toEqual(['Ja', '2.8.5']);
  });

  test('never overtake one another at an address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(dongle, 4, headset), { minLength: 1, maxLength: 12 }), async (addresses) => {
        const { clock, channel, session } = opened();
        const open = new Set<number>();
        channel.onWrite = (packet) => {
          expect(open.has(packet.destination)).toBe(false);
          open.add(packet.destination);
          clock.setTimer(10, () => {
            open.delete(packet.destination);
            channel.deliver(replyTo(packet, [packet.sequence, 0]));
          });
        };
        const answers = await clock.complete(Promise.all(addresses.map((address) => session.read(dfuProductId, address))));
        const expected = addresses.map((address, index) => addresses.slice(0, index).filter((other) => other === address).length);
        expect(answers).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a reply', () => {
  const strangers: readonly (readonly [string, Partial<Packet>])[] = [
    ['another address', { source: 4 }],
    ['another sequence', { sequence: 7 }],
    ['another command', { command: 0x12 }],
    ['another subcommand', { subcommand: 0x00 }],
    ['a packet that is a read', { type: PacketType.read }],
    ['a packet that is a write', { type: PacketType.write }],
    ['an ACK, which answers no read', { command: 0xff, subcommand: null, payload: new Uint8Array(0) }],
  ];

  test.each(strangers)('of %s answers nothing', async (_, changes) => {
    const { clock, channel, session } = opened();
    const read = session.read(firmwareVersion, headset);
    await clock.settle();
    channel.deliver(replyTo(channel.last, version, changes));
    expect(await stateOf(clock, read)).toBe('open');
    expect(session.statistics).toMatchObject({ received: 1, unmatched: 1 });
    channel.deliver(replyTo(channel.last, version));
    expect(await read).toBe('2.8.5');
  });

  test('that comes twice answers once', async () => {
    const { clock, channel, session } = opened();
    const first = session.read(firmwareVersion, headset);
    const second = session.read(firmwareVersion, headset);
    await clock.settle();
    const answer = replyTo(channel.last, version);
    channel.deliver(answer, answer);
    expect(await first).toBe('2.8.5');
    expect(await stateOf(clock, second)).toBe('open');
    channel.deliver(answer);
    expect(await stateOf(clock, second)).toBe('open');
    expect(session.statistics.unmatched).toBe(2);
    channel.deliver(replyTo(channel.last, name));
    expect(await second).toBe('Ja');
  });

  test('may come before the system says that the request has left', async () => {
    const { channel, session } = opened();
    channel.taking = () => new Promise(() => undefined);
    channel.onWrite = (packet) => {
      channel.deliver(replyTo(packet, version));
    };
    expect(await session.read(firmwareVersion, headset)).toBe('2.8.5');
  });

  test('to a write is an ACK with or without a subcommand, and no data', async () => {
    const { clock, channel, session } = opened();
    const first = session.write(partition, headset, 1);
    await clock.settle();
    channel.deliver(replyTo(channel.last, [1]));
    expect(await stateOf(clock, first)).toBe('open');
    channel.deliver(ackTo(channel.last, { subcommand: 0x00 }));
    await first;
    const second = session.write(partition, headset, 1);
    await clock.settle();
    channel.deliver(ackTo(channel.last, { sequence: 0 }));
    expect(await stateOf(clock, second)).toBe('open');
    channel.deliver(ackTo(channel.last));
    await second;
  });

  test('that refuses says why, in words and as a code', async () => {
    const { channel, session } = opened();
    channel.onWrite = (packet) => {
      channel.deliver(nackTo(packet, packet.type === PacketType.write ? 0xf0 : 0xff));
    };
    await expect(session.read(firmwareVersion, headset)).rejects.toMatchObject({
      name: 'DeviceError',
      code: 'rejected',
      reason: 'unknown-subcommand',
      message: 'the device refused firmware version (02/03): NACK FF, unknown-subcommand',
    });
    await expect(session.write(partition, headset, 1)).rejects.toMatchObject({ code: 'rejected', reason: 'other' });
  });

  test('that no packet is, is counted and dropped', async () => {
    const { clock, channel, session } = opened();
    const read = session.read(firmwareVersion, headset);
    await clock.settle();
    channel.deliver(annotated('05 00 08 00 C4 02 03  a length that leaves out the command'));
    channel.deliver(annotated('05 00  cut off'));
    channel.deliver(annotated('02 01  another report, which is not GNP’s'));
    expect(session.statistics).toEqual({ sent: 1, received: 2, unmatched: 0, malformed: 2 });
    channel.deliver(replyTo(channel.last, version));
    expect(await read).toBe('2.8.5');
  });
});

describe('an event', () => {
  const batteryEvent = eventFrom(headset, 0x12, 0x02, [0x01, 0x50]);

  test('is told in the middle of a request, and leaves it open', async () => {
    const { clock, channel, session } = opened();
    const heard: Packet[] = [];
    session.onEvent((packet) => heard.push(packet));
    const read = session.read(batteryStatus, headset);
    await clock.settle();
    channel.deliver(batteryEvent);
    expect(heard).toEqual([decodePacket(batteryEvent)]);
    expect(await stateOf(clock, read)).toBe('open');
    channel.deliver(replyTo(channel.last, [0x00, 0x4f]));
    expect((await read).level).toBe(79);
    expect(session.statistics).toEqual({ sent: 1, received: 2, unmatched: 0, malformed: 0 });
  });

  test('never answers, not even with the ids and the sequence of the request', async () => {
    const { clock, channel, session } = opened();
    const read = session.read(batteryStatus, headset);
    await clock.settle();
    channel.deliver(replyTo(channel.last, [0x00, 0x10], { type: PacketType.event }));
    channel.deliver(nackTo(channel.last, 0xf4, { type: PacketType.event }));
    expect(await stateOf(clock, read)).toBe('open');
  });

  test('is told to every listener, from every address, until it no longer wants to hear', () => {
    const { channel, session } = opened();
    const heard: string[] = [];
    const stop = session.onEvent(({ source }) => heard.push(`first ${source}`));
    session.onEvent(({ source }) => heard.push(`second ${source}`));
    channel.deliver(batteryEvent);
    stop();
    channel.deliver(eventFrom(dongle, 0x0d, 0x26, [0x04, 1, 2, 3, 4, 5, 6]));
    expect(heard).toEqual(['first 8', 'second 8', 'second 1']);
  });
});

test('whatever a device sends, a session neither throws nor answers wrongly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 0, maxLength: 64 }), { maxLength: 20 }), async (reports) => {
      const { clock, channel, session } = opened();
      const read = session.read(dfuProductId, headset);
      await clock.settle();
      // An answer that fits by chance is no error: leave those out.
      const strange = reports.map((report) => Uint8Array.from([0x05, 0x00, 0x07, ...report.subarray(3)]));
      channel.deliver(...reports.filter(([id]) => id !== 0x05), ...strange);
      expect(await stateOf(clock, read)).toBe('open');
      channel.deliver(replyTo(channel.last, [0x10, 0x30]));
      expect(await read).toBe(0x3010);
      expect(session.statistics.received).toBe(strange.length + 1);
    }),
    { numRuns: 50 },
  );
});

test('a reply of the address before, 256 requests ago, is still another message’s', async () => {
  const { clock, channel, session } = opened();
  channel.onWrite = (packet) => {
    channel.deliver(replyTo(packet, packet.subcommand === 0x00 ? name : version));
  };
  await session.read(productName, headset);
  const old = replyTo(channel.last, name);
  for (let count = 0; count < 255; count += 1) await session.read(firmwareVersion, headset);
  channel.onWrite = () => undefined;
  const read = session.read(firmwareVersion, headset);
  await clock.settle();
  expect(channel.last.sequence).toBe(decodePacket(old).sequence);
  channel.deliver(old);
  expect(await stateOf(clock, read)).toBe('open');
  channel.deliver(replyTo(channel.last, version));
  expect(await read).toBe('2.8.5');
});
