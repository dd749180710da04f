import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firmwareVersion, productName, serialNumber } from '../messages/index.ts';
import { DeviceError, Session } from '../session/index.ts';
import { VirtualBus, VirtualClock, virtualDevice } from '../virtual/index.ts';
import { RecordingError } from './errors.ts';
import { formatRecording } from './format.ts';
import type { Recording } from './model.ts';
import { parseRecording } from './parse.ts';
import { recordingChannel } from './record.ts';
import { replayChannel } from './replay.ts';

const text = `hid-recording 1
vendor 0b0e
product 3012 "Jabra PanaCast 50"
serial "50C275000001"
descriptor 05 0b 09 05
0 > 05 01 00 00 46 02 03 +57
4 < 05 00 01 00 cc 02 03 05 38 2e 30 2e 37 +51
1500 < 01 02 00
`;

describe('a recording as text', () => {
  test('says who was recorded and what passed, byte for byte', () => {
    const recording = parseRecording(text);
    expect(recording).toMatchObject({ vendorId: 0x0b0e, productId: 0x3012, product: 'Jabra PanaCast 50', serial: '50C275000001' });
    expect(recording.descriptor).toEqual(Uint8Array.of(0x05, 0x0b, 0x09, 0x05));
    expect(recording.reports.map(({ atMs, direction, report }) => [atMs, direction, report.length, report[6]])).toEqual([
      [0, 'out', 64, 0x03],
      [4, 'in', 64, 0x03],
      [1500, 'in', 3, undefined],
    ]);
    expect(formatRecording(recording)).toBe(text);
  });

  test('may have comments, empty lines, capitals and Windows line ends', () => {
    const dressed = text.replaceAll('\n', '\r\n').replace('0 >', '# asked by hand\r\n\r\n  0 >').replace('cc 02', 'CC 02');
    expect(parseRecording(dressed)).toEqual(parseRecording(text));
  });

  test('needs no texts and no descriptor', () => {
    const plain = 'hid-recording 1\nvendor 0b0e\nproduct 24da\n0 < +3\n';
    expect(formatRecording(parseRecording(plain))).toBe(plain);
    expect(parseRecording(plain).reports[0]?.report).toEqual(new Uint8Array(3));
  });

  test.each([
    ['', 'not-a-recording', 1],
    ['hid-recording', 'not-a-recording', 1],
    ['hid-recording 2\n', 'unsupported-version', 1],
    ['hid-recording 1\n', 'bad-header', null],
    ['hid-recording 1\nvendor 0b0e\n', 'bad-header', null],
    ['hid-recording 1\nvendor b0e\n', 'bad-header', 2],
    ['hid-recording 1\nvendor\n', 'bad-header', 2],
    ['hid-recording 1\nvendor 0b0e\nproduct 3012 Jabra\n', 'bad-header', 3],
    ['hid-recording 1\nserial "no end\n', 'bad-header', 2],
    ['hid-recording 1\ndescriptor 05 0\n', 'bad-header', 2],
    ['hid-recording 1\n0 > 05\nvendor 0b0e\n', 'bad-header', 3],
    ['hid-recording 1\n0 = 05\n', 'bad-report', 2],
    ['hid-recording 1\n0 >\n', 'bad-report', 2],
    ['hid-recording 1\n0 > 5\n', 'bad-report', 2],
    ['hid-recording 1\n-1 > 05\n', 'bad-report', 2],
    ['hid-recording 1\n0 > 05 +9999\n', 'bad-report', 2],
    ['hid-recording 1\nfrob\n', 'bad-report', 2],
  ])('is none: %j', (broken, code, line) => {
    expect(() => parseRecording(broken)).toThrow(expect.objectContaining({ name: 'RecordingError', code, line }));
  });

  test('is read by a parser that throws RecordingError only', () => {
    const line = fc.oneof(fc.constantFrom('vendor 0b0e', 'product 3012', '0 > 05', '9 < 05 +3', '#', ''), fc.string());
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), (lines, headed) => {
        try {
          parseRecording([...(headed ? ['hid-recording 1'] : []), ...lines].join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      }),
    );
  });

  test('comes back as it was', () => {
    const recording: fc.Arbitrary<Recording> = fc.record({
      vendorId: fc.nat(0xffff),
      productId: fc.nat(0xffff),
      product: fc.option(fc.string({ unit: 'binary' })),
      serial: fc.option(fc.string()),
      descriptor: fc.option(fc.uint8Array({ minLength: 1 })),
      reports: fc.array(
        fc.record({
          atMs: fc.nat(),
          direction: fc.constantFrom('out', 'in'),
          report: fc.oneof(
            fc.uint8Array({ minLength: 1 }),
            fc.nat(63).map((length) => new Uint8Array(length + 1)),
          ),
        }),
      ),
    });
    fc.assert(
      fc.property(recording, (one) => {
        expect(parseRecording(formatRecording(one))).toEqual(one);
      }),
      { numRuns: 50 },
    );
  });
});

const plugged = async () => {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const device = virtualDevice({ family: 'evolve2-75', serial: '70BF92000001' });
  bus.plug(device);
  const [info] = await bus.list(0x0b0e);
  if (!info) throw new TypeError('nothing plugged');
  return { clock, bus, device, info, channel: await bus.open(info) };
};

describe('recording a channel', () => {
  test('notes what passes and when, and changes nothing of it', async () => {
    const { clock, device, info, channel } = await plugged();
    const recorded = recordingChannel(channel, info, clock);
    const session = new Session(recorded, clock);
    expect(await clock.complete(session.read(firmwareVersion, 8))).toBe('1.8.13');
    await clock.advance(250);
    device.press('volume-up');
    await clock.settle();
    expect(formatRecording({ ...recorded.recording(), descriptor: null })).toBe(`hid-recording 1
vendor 0b0e
product 24da "Jabra Evolve2 75"
serial "70BF92000001"
0 > 05 08 00 00 46 02 03 +57
0 < 05 00 08 00 cd 02 03 06 31 2e 38 2e 31 33 +50
250 < 01 02 00
250 < 01 +2
`);
    expect(recorded.recording().descriptor).toEqual(channel.descriptor);
  });

  test('leaves out what could not be sent', async () => {
    const { clock, bus, device, info, channel } = await plugged();
    const recorded = recordingChannel(channel, info, clock);
    bus.unplug(device);
    await expect(recorded.write(Uint8Array.of(5))).rejects.toBeInstanceOf(DeviceError);
    expect(recorded.recording().reports).toEqual([]);
  });

  test('takes no report from a listener that comes later, and ends with its channel', async () => {
    const { clock, bus, device, info, channel } = await plugged();
    const recorded = recordingChannel(channel, info, clock);
    device.press('volume-up');
    await clock.settle();
    const seen: number[] = [];
    const reasons: string[] = [];
    const end = recorded.onReport((report) => seen.push(report.length));
    recorded.onClosed((reason) => reasons.push(reason));
    await clock.settle();
    end();
    device.press('volume-up');
    bus.unplug(device);
    await clock.settle();
    expect([seen.length, reasons.length]).toEqual([2, 1]);
    await recorded.close();
  });
});

describe('replaying a recording', () => {
  const request = (sequence: number, subcommand = 3): Uint8Array => {
    const report = new Uint8Array(64);
    report.set([5, 1, 0, sequence, 0x46, 2, subcommand]);
    return report;
  };
  const start = (mode: 'strict' | 'matching', recorded = text) => {
    const clock = new VirtualClock();
    const channel = replayChannel(parseRecording(recorded), mode);
    const reports: Uint8Array[] = [];
    channel.onReport((report) => reports.push(report));
    return { clock, channel, reports };
  };

  test('strictly takes the recorded requests in their order, and nothing else', async () => {
    const { clock, channel, reports } = start('strict');
    await expect(channel.write(request(1))).rejects.toMatchObject({ name: 'RecordingError', code: 'unexpected-report' });
    await channel.write(request(0));
    await clock.settle();
    expect(reports.map((report) => report.length)).toEqual([64, 3]);
    await expect(channel.write(request(0))).rejects.toMatchObject({ code: 'unexpected-report' });
  });

  test('matches requests whatever their sequence, again and again, and leaves unknown ones alone', async () => {
    const { clock, channel, reports } = start('matching');
    await channel.write(request(0, 0x77));
    await channel.write(request(7));
    await channel.write(request(8));
    await clock.settle();
    expect(reports.map((report) => [report[0], report[3]])).toEqual([
      [5, 7],
      [1, undefined],
      [5, 8],
      [1, undefined],
    ]);
  });

  test('answers the same request as it was answered each time', async () => {
    const twice = `${text}2000 > 05 01 00 01 46 02 03 +57\n2001 < 05 00 01 01 cc 02 03 05 39 2e 30 2e 37 +51\n`;
    const { clock, channel } = start('matching', twice);
    const session = new Session(channel, clock);
    const versions = [];
    for (let time = 0; time < 3; time += 1) versions.push(await clock.complete(session.read(firmwareVersion, 1)));
    expect(versions).toEqual(['8.0.7', '9.0.7', '9.0.7']);
  });

  test('begins with what the device sent unasked, for the first who listens', async () => {
    const { clock, reports } = start('strict', 'hid-recording 1\nvendor 0b0e\nproduct 24da\n0 < 01 02 00\n');
    await clock.settle();
    expect(reports).toEqual([Uint8Array.of(1, 2, 0)]);
  });

  test('of a virtual device speaks like it', async () => {
    const { clock, info, channel, device } = await plugged();
    const recorded = recordingChannel(channel, info, clock);
    const original = new Session(recorded, clock);
    await clock.complete(Promise.all([original.read(productName, 8), original.read(serialNumber, 8)]));
    const replayed = new Session(replayChannel(parseRecording(formatRecording(recorded.recording())), 'strict'), clock);
    expect(await clock.complete(replayed.read(productName, 8))).toBe(device.state.family.name);
    expect(await clock.complete(replayed.read(serialNumber, 8))).toBe('70BF92000001');
  });
});
