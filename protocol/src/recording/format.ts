import { toHex } from '../bytes/index.ts';
import type { RecordedReport, Recording } from './model.ts';

/** First line of every recording. */
export const recordingHead = 'hid-recording 1';

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const spaced = (bytes: Uint8Array): string => toHex(bytes).replaceAll(/..(?=.)/g, '$& ');
/** A text in one line, as JSON writes it. */
const quoted = (text: string): string => JSON.stringify(text);

/** The digits of a report; zeros at its end as their number. */
function reportText(report: Uint8Array): string {
  const used = report.findLastIndex((byte) => byte !== 0) + 1;
  const zeros = report.length - used;
  if (zeros < 2) return spaced(report);
  return used === 0 ? `+${zeros}` : `${spaced(report.subarray(0, used))} +${zeros}`;
}

const reportLine = ({ atMs, direction, report }: RecordedReport): string => `${atMs} ${direction === 'out' ? '>' : '<'} ${reportText(report)}`;

/**
 * Writes a recording as text, a line for each report:
 *
 * ```
 * hid-recording 1
 * vendor 0b0e
 * product 3012 "Jabra PanaCast 50"
 * serial "50C275000001"
 * descriptor 06 99 ff 09 01 …
 * # comment
 * 0 > 05 01 00 00 46 02 00 +57
 * 4 < 05 00 01 00 d8 02 00 11 4a 61 …
 * ```
 *
 * Milliseconds since the begin, `>` to the device or `<` from it, hexadecimal bytes with the report id first; `+57` stands for 57 zeros at the end.
 */
export function formatRecording({ vendorId, productId, product, serial, descriptor, reports }: Recording): string {
  return [
    recordingHead,
    `vendor ${hex4(vendorId)}`,
    `product ${hex4(productId)}${product === null ? '' : ` ${quoted(product)}`}`,
    ...(serial === null ? [] : [`serial ${quoted(serial)}`]),
    ...(descriptor === null ? [] : [`descriptor ${spaced(descriptor)}`]),
    ...reports.map(reportLine),
    '',
  ].join('\n');
}
