import { hidItem } from '../../hid/index.ts';
import {
  bits,
  consumer,
  headsetInputs,
  headsetLeds,
  linkConsumerKeys,
  linkLeds,
  padding,
  range,
  recordedInputs,
  recordedLeds,
  telephony,
  topLevel,
  type TopLevelCollection,
  vendor,
} from './pieces.ts';

const i = hidItem;

/**
 * Descriptors that differ in where call control is (facts D3), for tests of whoever has to find it. Usages, their order and report ids are those of
 * the devices named; flags and paddings that nobody published are ours.
 */
export const telephonyLayouts = {
  /** The headset of nondebug's WebHID demo: hook, line busy, mute, flash, redial, speed dial, button 7, a keypad of four bits; no on-line LED. */
  webhidDemo: [telephony(headsetInputs, headsetLeds), vendor(0x05), consumer(2, 0xea, 0xe9)],
  /** Link 380 (24C8): the speaker's LED is the second, so that all others move by one. */
  link380Leds: [telephony(recordedInputs, linkLeds), vendor(0x05), consumer(2, 0xea, 0xe9)],
  /** Link 380 (24CA): five collections, three bytes of consumer controls. What its collections 0B/06 and FF30/06 carry is not public: made up. */
  link380Keys: [
    telephony(recordedInputs, linkLeds),
    topLevel(
      0x0b,
      0x06,
      [6],
      [i.reportId(6), i.usageMinimum(0xb0), i.usageMaximum(0xbb), i.logicalMinimum(1), i.logicalMaximum(12)],
      [i.reportSize(8), i.reportCount(1), i.input(['nullState'])],
    ),
    vendor(0x01),
    topLevel(0xff30, 0x06, [7], [i.reportId(7), ...range(1), i.usage(0x01), ...bits(1), i.input(['variable']), ...padding(7, 'input')]),
    consumer(3, ...linkConsumerKeys),
  ],
  /** A Speak 510 whose telephony is report 3. */
  speak510Report3: [telephony(headsetInputs, recordedLeds, 3), vendor(0x05), consumer(2, 0xea, 0xe9)],
} as const satisfies Readonly<Record<string, readonly TopLevelCollection[]>>;
