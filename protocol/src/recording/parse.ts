import { fromHex } from '../bytes/index.ts';
import { RecordingError } from './errors.ts';
import { recordingHead } from './format.ts';
import type { RecordedReport, Recording } from './model.ts';

/** Longest report of USB HID that is sensible here; a longer one is a slip. */
const longestReport = 4096;

const reportLine = /^(\d{1,12}) ([<>]) ((?:[0-9a-f]{2})(?: [0-9a-f]{2})*)?(?: ?\+(\d{1,4}))?$/i;
const headerLine = /^(vendor|product|serial|descriptor)(?: (.*))?$/;

interface Header {
  vendorId: number | null;
  productId: number | null;
  product: string | null;
  serial: string | null;
  descriptor: Uint8Array | null;
}

function quotedText(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** Reads one header line. Returns false where it is none. */
function readHeader(header: Header, name: string, value: string): boolean {
  if (name === 'vendor') {
    if (!/^[0-9a-f]{4}$/i.test(value)) return false;
    header.vendorId = Number.parseInt(value, 16);
  } else if (name === 'product') {
    const match = /^([0-9a-f]{4})(?: (".*"))?$/i.exec(value);
    if (!match?.[1]) return false;
    header.productId = Number.parseInt(match[1], 16);
    if (match[2] === undefined) return true;
    header.product = quotedText(match[2]);
    return header.product !== null;
  } else if (name === 'serial') {
    header.serial = quotedText(value);
    return header.serial !== null;
  } else {
    header.descriptor = fromHex(value.replaceAll(' ', ''));
    return header.descriptor !== null && header.descriptor.length > 0;
  }
  return true;
}

function readReport(match: RegExpExecArray): RecordedReport | null {
  const bytes = fromHex((match[3] ?? '').replaceAll(' ', ''));
  const length = (bytes?.length ?? 0) + Number(match[4] ?? 0);
  if (!bytes || length === 0 || length > longestReport) return null;
  const report = new Uint8Array(length);
  report.set(bytes);
  return { atMs: Number(match[1]), direction: match[2] === '>' ? 'out' : 'in', report };
}

/** Reads what `formatRecording` writes; empty lines and those that begin with `#` are skipped. Throws `RecordingError` and nothing else. */
export function parseRecording(text: string): Recording {
  const lines = text.split(/\r?\n/);
  const version = /^hid-recording (\d+)$/.exec(lines[0] ?? '');
  if (!version) throw new RecordingError('not-a-recording', `"${recordingHead}" is missing`, 1);
  if (version[1] !== '1') throw new RecordingError('unsupported-version', `version ${version[1]} is not known`, 1);
  const header: Header = { vendorId: null, productId: null, product: null, serial: null, descriptor: null };
  const reports: RecordedReport[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (index === 0 || line === '' || line.startsWith('#')) continue;
    const named = headerLine.exec(line);
    if (named) {
      if (reports.length > 0 || !readHeader(header, named[1] ?? '', named[2] ?? '')) throw new RecordingError('bad-header', `"${line}"`, index + 1);
      continue;
    }
    const match = reportLine.exec(line);
    const report = match && readReport(match);
    if (!report) throw new RecordingError('bad-report', `"${line.slice(0, 80)}" is no report`, index + 1);
    reports.push(report);
  }
  const { vendorId, productId, product, serial, descriptor } = header;
  if (vendorId === null || productId === null) throw new RecordingError('bad-header', 'vendor or product is missing');
  return { vendorId, productId, product, serial, descriptor, reports };
}
