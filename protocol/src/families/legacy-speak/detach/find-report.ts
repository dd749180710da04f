import { findReport, HidDescriptorError, parseReportDescriptor } from '../../../hid/index.ts';
import type { HidPathInfo } from '../../../session/hid-port.ts';
import { detachReportLength } from './report.ts';

/** Pages that vendors define themselves. */
const firstVendorPage = 0xff00;

/**
 * Whether a path takes the report: an output report of that id in a vendor's collection, long enough for it. Some Speak have their telephony under the same
 * id, which is lamps in two bytes (facts D3).
 * A path without a descriptor (node-hid on Windows) is one collection, and the system takes no report there that isn't in it: its page must be a vendor's.
 */
export function takesDetachReport(info: HidPathInfo, descriptor: Uint8Array | null, reportId: number): boolean {
  if (descriptor === null) return info.usagePage !== null && info.usagePage >= firstVendorPage;
  try {
    const report = findReport(parseReportDescriptor(descriptor), 'output', reportId);
    const isVendors = report?.fields.some(({ collectionPath: [outermost] }) => outermost !== undefined && outermost.usagePage >= firstVendorPage);
    return report !== null && isVendors === true && report.byteLength >= detachReportLength;
  } catch (error) {
    if (error instanceof HidDescriptorError) return false;
    throw error;
  }
}
