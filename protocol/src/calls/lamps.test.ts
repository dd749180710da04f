import { describe, expect, test } from 'vitest';
import { annotated } from '../bytes/testing/annotated.ts';
import { parseReportDescriptor } from '../hid/index.ts';
import { descriptorOf } from '../virtual/descriptors/index.ts';
import { lampReports, type Lamps } from './lamps.ts';
import { findTelephonyLayout } from './telephony-layout.ts';
import { layouts, type LayoutName } from './testing/call-bench.ts';

const reportsOf = (name: LayoutName, lamps: Lamps) => {
  const layout = findTelephonyLayout([parseReportDescriptor(descriptorOf(layouts[name]))]);
  if (!layout) throw new TypeError('no layout');
  return lampReports(layout, lamps);
};

const inCallMuted: Lamps = { offHook: true, mute: true };
const ringing: Lamps = { ring: true, ringer: true };
const held: Lamps = { offHook: true, hold: true };

describe('the output report of the lamps', () => {
  test.each<[string, LayoutName, Lamps, string]>([
    ['of a PanaCast 50, muted in a call', 'panacast50', inCallMuted, '02  report\n 03  off-hook, mute\n 00  pad'],
    ['of a PanaCast 50, ringing', 'panacast50', ringing, '02  report\n 44  ring (2), ringer (6)\n 00  pad'],
    ['of a PanaCast 50, on hold', 'panacast50', held, '02  report\n 09  off-hook, hold\n 00  pad'],
    ['of the WebHID demo’s headset, muted in a call', 'webhidDemo', inCallMuted, '02  report\n 03  off-hook, mute\n 00  pad'],
    ['of the WebHID demo’s headset, ringing', 'webhidDemo', ringing, '02  report\n 24  ring (2), ringer (5)\n 00  pad'],
    ['of a Link 380 (24C8), muted in a call', 'link380Leds', inCallMuted, '02  report\n 05  off-hook, mute (2)\n 00  pad'],
    ['of a Link 380 (24C8), ringing', 'link380Leds', ringing, '02  report\n 88  ring (3), ringer (7)\n 00  pad'],
    ['of a Link 380 (24C8), on hold', 'link380Leds', held, '02  report\n 11  off-hook, hold (4)\n 00  pad'],
    ['of a Link 380 (24CA), ringing', 'link380Keys', ringing, '02  report\n 88  ring (3), ringer (7)\n 00  pad'],
    ['of a Speak 510 with report 3, muted in a call', 'speak510Report3', inCallMuted, '03  report\n 03  off-hook, mute\n 00  pad'],
    ['of a Speak 510 with report 3, ringing', 'speak510Report3', ringing, '03  report\n 44  ring (2), ringer (6)\n 00  pad'],
    ['of a PanaCast 50, idle', 'panacast50', {}, '02  report\n 00  dark\n 00  pad'],
  ])('%s', (_, layout, lamps, bytes) => {
    expect(reportsOf(layout, lamps)).toEqual([{ path: 0, bytes: annotated(bytes) }]);
  });

  test('leaves out what the device lacks, and never writes the vendor’s mirror', () => {
    expect(reportsOf('webhidDemo', { onLine: true, speaker: true })).toEqual([{ path: 0, bytes: Uint8Array.of(2, 0, 0) }]);
    expect(reportsOf('panacast50', { offHook: true }).map(({ bytes }) => bytes[0])).toEqual([2]);
  });
});
