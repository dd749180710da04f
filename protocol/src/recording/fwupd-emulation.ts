import { gnpReportId, gnpReportLength } from '../frames/index.ts';
import { fromBase64 } from './base64.ts';
import { RecordingError } from './errors.ts';
import type { RecordedReport, Recording } from './model.ts';

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const records = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const bytesOf = (value: unknown): Uint8Array | null => (typeof value === 'string' ? fromBase64(value) : null);

/** GNP reports name the host 0: as the source they go to the device, as the destination they come from it. */
function recorded(data: Uint8Array | null): RecordedReport | null {
  if (data?.length !== gnpReportLength || data[0] !== gnpReportId) return null;
  // fwupd notes no times.
  return { atMs: 0, direction: data[2] === 0 ? 'out' : 'in', report: data };
}

/**
 * The GNP reports of a fwupd emulation file: what its `jabra-gnp` and `jabra-file` plug-ins sent to a device and got back
 * (`UsbDevices[].UsbEvents[].Data`, base64, in order; other events are the system's). Throws `RecordingError` and nothing else.
 */
export function importFwupdEmulation(json: string): Recording {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new RecordingError('not-a-recording', 'this is no JSON');
  }
  const device = isRecord(parsed) ? records(parsed['UsbDevices'])[0] : undefined;
  if (!device) throw new RecordingError('not-a-recording', 'UsbDevices is missing');
  const { IdVendor: vendorId, IdProduct: productId, UsbHidDescriptors: descriptors, UsbEvents: events } = device;
  if (typeof vendorId !== 'number' || typeof productId !== 'number') throw new RecordingError('bad-header', 'IdVendor or IdProduct is missing');
  return {
    vendorId,
    productId,
    product: null,
    serial: null,
    descriptor: Array.isArray(descriptors) ? bytesOf(descriptors[0]) : null,
    reports: records(events)
      .map((event) => recorded(bytesOf(event['Data'])))
      .filter((report) => report !== null),
  };
}
