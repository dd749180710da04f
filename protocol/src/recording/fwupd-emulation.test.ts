import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dfuProductId, firmwareVersion, productName } from '../messages/index.ts';
import { Session } from '../session/index.ts';
import { VirtualClock } from '../virtual/index.ts';
import { fromBase64 } from './base64.ts';
import { RecordingError } from './errors.ts';
import { importFwupdEmulation } from './fwupd-emulation.ts';
import { recordingChannel } from './record.ts';
import { replayChannel } from './replay.ts';

const json = readFileSync(new URL('../../../../shared/data/panacast-50-setup.fwupd.json', import.meta.url), 'utf8');

describe('a PanaCast 50 that fwupd recorded', () => {
  test('was asked three questions', () => {
    const recording = importFwupdEmulation(json);
    expect(recording).toMatchObject({ vendorId: 0x0b0e, productId: 0x3012 });
    expect(recording.descriptor?.length).toBe(343);
    expect(recording.reports.map(({ direction, report }) => [direction, report[3], report[5], report[6]])).toEqual([
      ['out', 0, 0x02, 0x00],
      ['in', 0, 0x02, 0x00],
      ['out', 1, 0x02, 0x03],
      ['in', 1, 0x02, 0x03],
      ['out', 2, 0x02, 0x13],
      ['in', 2, 0x02, 0x13],
    ]);
  });

  test('answers a session as it answered fwupd: our requests are the vendor’s, byte for byte', async () => {
    const clock = new VirtualClock();
    const recording = importFwupdEmulation(json);
    const channel = recordingChannel(replayChannel(recording, 'strict'), { ...recording }, clock);
    const session = new Session(channel, clock);
    expect(await clock.complete(session.read(productName, 1))).toBe('Jabra PanaCast 50');
    expect(await clock.complete(session.read(firmwareVersion, 1))).toBe('8.0.7');
    expect(await clock.complete(session.read(dfuProductId, 1))).toBe(0x3010);
    expect(channel.recording().reports).toEqual(recording.reports);
    expect(session.statistics).toMatchObject({ sent: 3, unmatched: 0, malformed: 0 });
  });
});

describe('the import', () => {
  test.each([
    ['', 'not-a-recording'],
    ['null', 'not-a-recording'],
    ['{"UsbDevices":[]}', 'not-a-recording'],
    ['{"UsbDevices":[{}]}', 'bad-header'],
    ['{"UsbDevices":[{"IdVendor":"0b0e","IdProduct":1}]}', 'bad-header'],
  ])('refuses %j', (text, code) => {
    expect(() => importFwupdEmulation(text)).toThrow(expect.objectContaining({ name: 'RecordingError', code }));
  });

  test('throws RecordingError only', () => {
    const event = fc.record({ Data: fc.oneof(fc.string(), fc.base64String(), fc.integer()) });
    const device = fc.record({
      IdVendor: fc.nat(),
      IdProduct: fc.nat(),
      UsbHidDescriptors: fc.jsonValue(),
      UsbEvents: fc.oneof(fc.array(event), fc.jsonValue()),
    });
    const file = fc.oneof(fc.record({ UsbDevices: fc.array(device) }), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          file.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          try {
            importFwupdEmulation(text);
          } catch (error) {
            expect(error).toBeInstanceOf(RecordingError);
          }
        },
      ),
    );
  });
});

describe('base64', () => {
  test('reads what others write', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });

  test.each(['A', 'AB=', '====', 'AB=A', 'A B=', 'AAA\n'])('is not %j', (text) => {
    expect(fromBase64(text)).toBeNull();
  });
});
