import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/index.ts';
import { buildReportDescriptor, HID_COLLECTION, hidItem, parseReportDescriptor } from '../hid/index.ts';
import { descriptorOf } from '../virtual/descriptors/index.ts';
import { type ControlEvent, InputDecoder } from './input-decoder.ts';
import { findTelephonyLayout, type TelephonyLayout } from './telephony-layout.ts';
import { layouts, type LayoutName } from './testing/call-bench.ts';

const layoutOf = (...descriptors: Uint8Array[]): TelephonyLayout => {
  const layout = findTelephonyLayout(descriptors.map((bytes) => parseReportDescriptor(bytes)));
  if (!layout) throw new TypeError('no layout');
  return layout;
};
const decoderOf = (name: LayoutName) => new InputDecoder(layoutOf(descriptorOf(layouts[name])));

/** Events as words: `hook+`, `hook-`, `mute`, `key 5`. */
const words = (events: readonly ControlEvent[]): string =>
  events
    .map((event) => {
      if (event.kind === 'switch') return `${event.name}${event.on ? '+' : '-'}`;
      if (event.kind === 'toggle') return `${event.name}~`;
      return event.kind === 'press' ? event.button : `key ${event.key}`;
    })
    .join(' ');

const decode = (decoder: InputDecoder, path: number, ...reports: string[]): string[] =>
  reports.map((report) => words(decoder.decode(path, fromHex(report.replaceAll(' ', '')) ?? new Uint8Array(0))));

describe('input reports', () => {
  test('of a PanaCast 50 tell of hook and lines, and of mute once for each report that has it', () => {
    expect(decode(decoderOf('panacast50'), 0, '02 01 00', '02 09 00', '02 09 00', '02 01 00', '02 06 00', '02 30 00')).toEqual([
      'hook+ lineBusy- line-',
      'hook+ lineBusy- line- mute',
      'hook+ lineBusy- line- mute',
      'hook+ lineBusy- line-',
      'hook- lineBusy+ line+',
      'hook- lineBusy- line- flash redial',
    ]);
  });

  test('tell of an absolute button when it comes, not while it is held', () => {
    expect(decode(decoderOf('panacast50'), 0, '01 02 00', '01 02 00', '01 00 00', '01 03 00')).toEqual(['volumeUp', '', '', 'volumeUp volumeDown']);
    expect(decode(decoderOf('panacast50'), 0, '02 40 00', '02 40 00')[1]).not.toContain('programmable');
  });

  test('of the WebHID demo’s headset have its own bits, and keys over a byte border', () => {
    // The keypad is bits 7 to 10: value 6, the key 5, is 0x00 0x03; value 11, the star, is 0x80 0x05.
    expect(decode(decoderOf('webhidDemo'), 0, '02 05 00', '02 20 00', '02 00 03', '02 00 03', '02 00 00', '02 80 05')).toEqual([
      'hook+ lineBusy- mute',
      'hook- lineBusy- speedDial',
      'hook- lineBusy- key 5',
      'hook- lineBusy-',
      'hook- lineBusy-',
      'hook- lineBusy- key *',
    ]);
  });

  test('of a Link 380 (24CA) over its collections are told by the path they come from', () => {
    const decoder = new InputDecoder(layoutOf(...layouts.link380Keys.map(({ bytes }) => bytes)));
    expect(decode(decoder, 1, '06 0C', '06 00', '06 01')).toEqual(['key #', '', 'key 0']);
    expect(decode(decoder, 4, '01 04 00 00', '01 00 01 00')).toEqual(['volumeMute', 'rewind']);
    expect(decode(decoder, 0, '01 04 00 00', '06 0C')).toEqual(['', '']);
  });

  test('that are short, or the vendor’s mirror, or GNP, or nothing, say nothing; padded ones are read', () => {
    const decoder = decoderOf('panacast50');
    expect(decode(decoder, 0, '02 09', '02', '', '04 09 00', '05 09 00', '09 09 00')).toEqual(['', '', '', '', '', '']);
    expect(decode(decoder, 0, '02 09 00 00 00 00')).toEqual(['hook+ lineBusy- line- mute']);
  });

  test('of a hook that is relative tell that it was pressed', () => {
    const i = hidItem;
    const hook = [i.usagePage(0x0b), i.usage(0x20), i.logicalMinimum(0), i.logicalMaximum(1), i.reportSize(1), i.reportCount(1)];
    const padding = [i.reportCount(7), i.input(['constant'])];
    const items = [...hook, i.input(['variable', 'relative']), ...padding];
    const descriptor = buildReportDescriptor([i.usagePage(0x0b), i.usage(0x05), i.collection(HID_COLLECTION.application, items)]);
    expect(decode(new InputDecoder(layoutOf(descriptor)), 0, '00 01', '00 00', '00 01', '00 01')).toEqual(['hook~', '', 'hook~', 'hook~']);
  });

  test('may carry buttons and keys in arrays', () => {
    const i = hidItem;
    const range = [i.logicalMinimum(1), i.logicalMaximum(4), i.reportSize(8), i.reportCount(2)];
    const usages = [i.usagePage(0x0b), i.usage(0x20), i.usage(0x2f), i.usage(0x21), i.usage(0xb7)];
    const items = [...usages, ...range, i.input([])];
    const descriptor = buildReportDescriptor([i.usagePage(0x0b), i.usage(0x05), i.collection(HID_COLLECTION.application, items)]);
    const decoder = new InputDecoder(layoutOf(descriptor));
    expect(decode(decoder, 0, '00 01 00', '00 02 01', '00 01 02', '00 04 03', '00 00 00')).toEqual([
      'hook+',
      'hook+ mute',
      'hook+',
      'hook- flash key 7',
      'hook-',
    ]);
  });

  test('of any bytes give events and nothing else', () => {
    const names = fc.constantFrom<LayoutName>('panacast50', 'webhidDemo', 'link380Keys', 'speak510Report3');
    const reports = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 70 }),
        fc.tuple(fc.nat(9), fc.uint8Array({ maxLength: 4 })).map(([id, rest]) => Uint8Array.of(id, ...rest)),
      ),
    );
    fc.assert(
      fc.property(names, fc.nat(2), reports, (name, path, all) => {
        const decoder = decoderOf(name);
        for (const report of all) expect(Array.isArray(decoder.decode(path, report))).toBe(true);
      }),
      { numRuns: 80 },
    );
  });
});
