import { hidItem } from '../../hid/index.ts';
import { consumer, headsetInputs, range, recordedLeds, telephony, topLevel, type TopLevelCollection, vendor } from './pieces.ts';

const i = hidItem;

/** The page is a vendor's; which usage the collection has is not public. */
const legacyUsage = 0x02;
const reportBytes = 32;

/** A vendor's report of 32 bytes, by which a Speak 410 or 510 is told to restart in its boot mode (facts D3, E12). */
const legacyVendor = (reportId: number): TopLevelCollection => {
  const field = [i.usage(0x01), ...range(255), i.reportSize(8), i.reportCount(reportBytes)];
  return topLevel(
    0xff00,
    legacyUsage,
    [reportId],
    [i.reportId(reportId), ...field, i.output(['variable', 'bufferedBytes'])],
    [...field, i.input(['variable', 'bufferedBytes'])],
  );
};

/** A Speak 410 or 510: its vendor's report has the id that telephony has elsewhere, so that telephony is report 3 (facts D3). */
export const legacySpeak = (reportId: number): readonly TopLevelCollection[] => [
  telephony(headsetInputs, recordedLeds, reportId + 1),
  vendor(0x05),
  legacyVendor(reportId),
  consumer(2, 0xea, 0xe9),
];
