import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildReportDescriptor, HID_COLLECTION, hidItem, type HidItemBytes, parseReportDescriptor } from '../hid/index.ts';
import { descriptorOf } from '../virtual/descriptors/index.ts';
import { namesOf } from './controls.ts';
import { type ControlLocation, findTelephonyLayout, type TelephonyLayout } from './telephony-layout.ts';
import { layouts, type LayoutName } from './testing/call-bench.ts';

const recording = new URL('../../../../shared/data/panacast-50-setup.fwupd.json', import.meta.url);
const setup = JSON.parse(readFileSync(recording, 'utf8')) as { UsbDevices: { UsbHidDescriptors: string[] }[] };
const recorded = Uint8Array.from(Buffer.from(setup.UsbDevices[0]?.UsbHidDescriptors[0] ?? '', 'base64'));

/** "path/report.bit" of each control that is there, `~` in front of those that only tell of changes. */
function places<Name extends string>(table: Readonly<Record<Name, ControlLocation | null>>): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of namesOf(table)) {
    const at = table[name];
    if (at) found[name] = `${at.isRelative ? '~' : ''}${at.path}/${at.report.id}.${at.element.bitOffset}`;
  }
  return found;
}

const summary = (layout: TelephonyLayout | null) =>
  layout && {
    switches: places(layout.switches),
    buttons: places(layout.buttons),
    lamps: places(layout.lamps),
    keypad: layout.keypad.map(({ path, report, field }) => `${path}/${report.id}.${field.bitOffset}`),
  };

const layoutOf = (name: LayoutName): TelephonyLayout | null => findTelephonyLayout([parseReportDescriptor(descriptorOf(layouts[name]))]);

describe('the call control of a device', () => {
  test('is found in the recorded descriptor of a PanaCast 50', () => {
    expect(summary(findTelephonyLayout([parseReportDescriptor(recorded)]))).toEqual({
      switches: { hook: '0/2.0', lineBusy: '0/2.1', line: '0/2.2' },
      buttons: { mute: '~0/2.3', flash: '~0/2.4', redial: '~0/2.5', programmable: '0/2.6', volumeDown: '0/1.0', volumeUp: '0/1.1' },
      lamps: { offHook: '0/2.0', mute: '0/2.1', ring: '0/2.2', hold: '0/2.3', microphone: '0/2.4', onLine: '0/2.5', ringer: '0/2.6' },
      keypad: [],
    });
  });

  test('is found on the headset of the WebHID demo, with speed dial and a keypad, without line and on-line', () => {
    expect(summary(layoutOf('webhidDemo'))).toEqual({
      switches: { hook: '0/2.0', lineBusy: '0/2.1' },
      buttons: {
        mute: '~0/2.2',
        flash: '~0/2.3',
        redial: '~0/2.4',
        speedDial: '~0/2.5',
        programmable: '0/2.6',
        volumeDown: '0/1.0',
        volumeUp: '0/1.1',
      },
      lamps: { offHook: '0/2.0', mute: '0/2.1', ring: '0/2.2', hold: '0/2.3', microphone: '0/2.4', ringer: '0/2.5' },
      keypad: ['0/2.7'],
    });
  });

  test('is found on a Link 380 (24C8), where the speaker’s LED moves all that follow', () => {
    const lamps = {
      offHook: '0/2.0',
      speaker: '0/2.1',
      mute: '0/2.2',
      ring: '0/2.3',
      hold: '0/2.4',
      microphone: '0/2.5',
      onLine: '0/2.6',
      ringer: '0/2.7',
    };
    expect(summary(layoutOf('link380Leds'))?.lamps).toEqual(lamps);
  });

  test('is found on a Link 380 (24CA), with media keys in three bytes and the keypad in a collection of its own', () => {
    const found = summary(layoutOf('link380Keys'));
    expect(found?.keypad).toEqual(['0/6.0']);
    expect(found?.buttons).toMatchObject({
      volumeDown: '0/1.0',
      volumeUp: '0/1.1',
      volumeMute: '0/1.2',
      playPause: '0/1.3',
      stop: '0/1.4',
      nextTrack: '0/1.5',
      previousTrack: '0/1.6',
      fastForward: '0/1.7',
      rewind: '0/1.8',
    });
  });

  test('is found in report 3 of a Speak 510', () => {
    const found = summary(layoutOf('speak510Report3'));
    expect(found?.switches.hook).toBe('0/3.0');
    expect(found?.buttons.mute).toBe('~0/3.2');
    expect(found?.lamps).toMatchObject({ offHook: '0/3.0', ringer: '0/3.6' });
  });

  test('is found over the paths that Windows makes of the collections, each described by itself', () => {
    const descriptors = layouts.link380Keys.map(({ bytes }) => parseReportDescriptor(bytes));
    const found = summary(findTelephonyLayout(descriptors));
    expect(found?.switches.hook).toBe('0/2.0');
    expect(found?.lamps.mute).toBe('0/2.2');
    expect(found?.keypad).toEqual(['1/6.0']);
    expect(found?.buttons.volumeUp).toBe('4/1.1');
  });

  test('is found behind a path that nothing describes', () => {
    const [telephony] = layouts.webhidDemo;
    expect(summary(findTelephonyLayout([null, telephony ? parseReportDescriptor(telephony.bytes) : null]))?.switches.hook).toBe('1/2.0');
  });

  test('is not found where there is none, or nothing describes it', () => {
    const rest = layouts.webhidDemo.slice(1).map(({ bytes }) => parseReportDescriptor(bytes));
    expect(findTelephonyLayout(rest)).toBeNull();
    expect(findTelephonyLayout([null, null])).toBeNull();
    expect(findTelephonyLayout([])).toBeNull();
  });
});

describe('a usage that several collections have', () => {
  const i = hidItem;
  const bit = (id: number, page: number, usage: number, kind: 'input' | 'output', ...flags: ('variable' | 'relative')[]): HidItemBytes[] => [
    i.reportId(id),
    i.usagePage(page),
    i.usage(usage),
    i.logicalMinimum(0),
    i.logicalMaximum(1),
    i.reportSize(1),
    i.reportCount(1),
    i[kind](flags),
    i.reportCount(7),
    i[kind](['constant']),
  ];
  const application = (page: number, usage: number, ...items: HidItemBytes[][]): HidItemBytes[] => [
    i.usagePage(page),
    i.usage(usage),
    i.collection(HID_COLLECTION.application, items.flat()),
  ];
  const parse = (...collections: HidItemBytes[][]) => parseReportDescriptor(buildReportDescriptor(collections.flat()));

  test('is that of telephony before a keyboard’s, and a vendor’s last', () => {
    const vendor = application(0xff99, 0x01, bit(7, 0x08, 0x09, 'output', 'variable'));
    const keyboard = application(0x01, 0x06, bit(8, 0x08, 0x09, 'output', 'variable'));
    const headset = application(0x0b, 0x05, bit(2, 0x0b, 0x20, 'input', 'variable'), bit(2, 0x08, 0x09, 'output', 'variable'));
    const hook = application(0x0b, 0x05, bit(2, 0x0b, 0x20, 'input', 'variable'));
    const muteOf = (descriptor: ReturnType<typeof parse>) => findTelephonyLayout([descriptor])?.lamps.mute?.report.id;
    expect(muteOf(parse(vendor, keyboard, headset))).toBe(2);
    expect(muteOf(parse(vendor, keyboard, hook))).toBe(8);
    expect(muteOf(parse(vendor, hook))).toBe(7);
  });

  test('in an array is no lamp', () => {
    const array = application(0x0b, 0x05, bit(2, 0x0b, 0x20, 'input', 'variable'), bit(2, 0x08, 0x17, 'output'));
    expect(findTelephonyLayout([parse(array)])?.lamps.offHook).toBeNull();
  });

  test('is that of page 0B for the programmable button, where the descriptor names it there', () => {
    const own = application(0x0b, 0x05, bit(2, 0x0b, 0x20, 'input', 'variable'), bit(3, 0x0b, 0x07, 'input', 'variable'));
    expect(findTelephonyLayout([parse(own)])?.buttons.programmable?.usage).toEqual({ usagePage: 0x0b, usage: 0x07 });
  });
});
