import type { FormFactor } from '../../families/index.ts';
import { hidItem } from '../../hid/index.ts';
import { bits, bytes63, consumer, padding, range, recordedInputs, telephony, topLevel, type TopLevelCollection, usages, vendor } from './pieces.ts';

export type { TopLevelCollection } from './pieces.ts';

const i = hidItem;

/** Hook, line busy; mute, flash, redial, speed dial; button 7; a keypad of four bits (facts D3: WebHID demo's layout). */
const headsetInputs = [
  ...usages(0x20, 0x97),
  ...bits(2),
  i.input(['variable', 'noPreferred']),
  ...usages(0x2f, 0x21, 0x24, 0x50),
  ...bits(4),
  i.input(['variable', 'relative']),
  i.usage(0x07),
  i.usagePage(0x09),
  ...bits(1),
  i.input(['variable']),
  i.usagePage(0x0b),
  i.usageMinimum(0xb0),
  i.usageMaximum(0xbb),
  ...range(12),
  i.reportSize(4),
  i.reportCount(1),
  i.input([]),
  ...padding(5, 'input'),
];

/** Off-hook, mute, ring, hold, microphone. */
const headsetLeds = [0x17, 0x09, 0x18, 0x20, 0x21];
/** Those with on-line. */
const recordedLeds = [...headsetLeds, 0x2a];
/** Those with the speaker LED second. Link 380 (24C8), facts D3. */
const linkLeds = [0x17, 0x1e, 0x09, 0x18, 0x20, 0x21, 0x2a];

const headset = [telephony(headsetInputs, headsetLeds), vendor(0x01), consumer(2, 0xea, 0xe9)];

/** As Link 380 and 390 list themselves (facts D3), without the two collections whose content is not public. */
const dongle = [telephony(recordedInputs, linkLeds), vendor(0x05), consumer(2, 0xea, 0xe9, 0xe2, 0xcd, 0xb7, 0xb5, 0xb6, 0xb3, 0xb4)];

const speakerphone = [telephony(headsetInputs, recordedLeds), vendor(0x05), consumer(2, 0xea, 0xe9)];

/** A PanaCast 50, byte for byte (facts D2). */
const videoBar = [
  topLevel(
    0xff99,
    0x01,
    [0x9a, 0x9b, 0x8a],
    [i.usage(0x03), i.reportId(0x9a), ...bytes63('feature')],
    [i.usage(0x04), i.reportId(0x9b), ...range(1), ...bits(1), i.input(['variable', 'relative']), ...padding(15, 'input')],
    [i.usage(0xff0c), i.reportId(0x8a), ...range(2), i.reportSize(2), i.reportCount(1), i.output(['variable', 'noPreferred'])],
    padding(14, 'output'),
  ),
  telephony(recordedInputs, recordedLeds),
  vendor(0x05),
  consumer(2, 0xea, 0xe9),
];

const byFormFactor: Readonly<Record<FormFactor, readonly TopLevelCollection[]>> = {
  headset,
  dongle,
  base: dongle,
  speakerphone,
  controller: headset,
  'video-bar': videoBar,
};

/** The top-level collections of a form factor's report descriptor; one after another they are the descriptor. */
export const collectionsOf = (formFactor: FormFactor): readonly TopLevelCollection[] => byFormFactor[formFactor];

/** A whole report descriptor. */
export function descriptorOf(collections: readonly TopLevelCollection[]): Uint8Array {
  return Uint8Array.from(collections.flatMap(({ bytes }) => [...bytes]));
}
