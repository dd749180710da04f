import type { Detach, FormFactor } from '../../families/index.ts';
import { gnpReportId } from '../../frames/index.ts';
import { hidItem } from '../../hid/index.ts';
import { legacySpeak } from './legacy-speak.ts';
import {
  bits,
  bytes63,
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

export type { TopLevelCollection } from './pieces.ts';
export { telephonyLayouts } from './telephony-layouts.ts';

const i = hidItem;

const headset = [telephony(headsetInputs, headsetLeds), vendor(0x01), consumer(2, 0xea, 0xe9)];

/** As Link 380 and 390 list themselves (facts D3), without the two collections whose content is not public. */
const dongle = [telephony(recordedInputs, linkLeds), vendor(0x05), consumer(2, ...linkConsumerKeys)];

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

/**
 * The top-level collections of a form factor's report descriptor; one after another they are the descriptor. `detach`: how the product is told to restart in
 * its boot mode, where it can be.
 */
export const collectionsOf = (formFactor: FormFactor, detach?: Detach): readonly TopLevelCollection[] =>
  detach && detach.reportId !== gnpReportId ? legacySpeak(detach.reportId) : byFormFactor[formFactor];

/** A whole report descriptor. */
export function descriptorOf(collections: readonly TopLevelCollection[]): Uint8Array {
  return Uint8Array.from(collections.flatMap(({ bytes }) => [...bytes]));
}
