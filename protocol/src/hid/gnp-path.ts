import type { HidPathInfo } from '../session/hid-port.ts';
import { HidDescriptorError } from './errors.ts';
import { findReport } from './find-field.ts';
import type { HidField, HidReport, HidUsage, ReportDescriptor } from './model.ts';
import { parseReportDescriptor } from './parse-report-descriptor.ts';

const GNP_USAGE_PAGE = 0xff00;
const GNP_REPORT_ID = 5;
/** Address, source, sequence, type and length, command, subcommand and at most 57 bytes of payload (fwupd jabra-gnp). */
const GNP_PACKET_BYTES = 63;
/**
 * Top-level usages of page 0xFF00, the likeliest first. Recorded with the GNP report inside: 0x05 (PanaCast 50). Seen in listings only:
 * 0x05 (Link 390, Pro 930) and 0x01 (Link 380, Evolve2 65 Flex).
 */
const USAGES_BY_LIKELIHOOD: readonly number[] = [0x05, 0x01];

/** Where a device takes and gives GNP packets. */
export interface GnpReport {
  /** Length of an input report with its id byte. */
  readonly inputBytes: number;
  /** Length of an output report with its id byte. */
  readonly outputBytes: number;
  /** Usage of the top-level collection (its page is 0xFF00). */
  readonly usage: number;
}

/**
 * The GNP report of a descriptor: report 5, in a top-level collection of vendor page 0xFF00, in both directions, with room for the 63 bytes
 * of a packet in byte-sized elements. Null if there is none. Not found by interface number, which differs between products.
 */
export function findGnpReport(descriptor: ReportDescriptor): GnpReport | null {
  const input = findReport(descriptor, 'input', GNP_REPORT_ID);
  const output = findReport(descriptor, 'output', GNP_REPORT_ID);
  if (input === null || output === null) return null;
  const collection = packetCollection(input);
  if (collection === null || packetCollection(output) !== collection) return null;
  return { inputBytes: input.byteLength, outputBytes: output.byteLength, usage: collection.usage };
}

/** One HID path of a device, with its descriptor where the system gives one. */
export interface GnpPathCandidate {
  readonly info: HidPathInfo;
  readonly descriptor: Uint8Array | null;
}

/**
 * The path to talk GNP over, among those of one device; null if none looks like it.
 *
 * 1. A path whose descriptor has the GNP report is proven.
 * 2. A path whose descriptor parses and lacks it is out, whatever its usage says. That also holds for descriptors that hidapi
 *    reconstructs on Windows: they differ from the device's own bytes, but keep ids, sizes and usages of a collection's reports.
 * 3. Of the paths without a (readable) descriptor, those of usage page 0xFF00 are taken at their word: Windows makes a path of each
 *    top-level collection (`&ColNN`) and always tells its usage.
 *
 * Within 1 and 3 the order is usage page 0xFF00, then usage 0x05, 0x01, any other, then the order given. It matters for 1 as well where the system
 * lists one path once for each of its collections (hidraw).
 */
export function selectGnpPath<Candidate extends GnpPathCandidate>(paths: readonly Candidate[]): Candidate | null {
  const judged = paths.map((candidate) => ({ candidate, verdict: judge(candidate) }));
  for (const wanted of ['proven', 'plausible'] as const) {
    const [best] = judged.filter(({ verdict }) => verdict === wanted).toSorted((a, b) => rank(a.candidate.info) - rank(b.candidate.info));
    if (best !== undefined) return best.candidate;
  }
  return null;
}

function judge({ info, descriptor }: GnpPathCandidate): 'proven' | 'plausible' | 'out' {
  const parsed = descriptor === null ? null : parseOrNull(descriptor);
  if (parsed !== null) return findGnpReport(parsed) === null ? 'out' : 'proven';
  return info.usagePage === GNP_USAGE_PAGE ? 'plausible' : 'out';
}

function parseOrNull(bytes: Uint8Array): ReportDescriptor | null {
  try {
    return parseReportDescriptor(bytes);
  } catch (error) {
    if (error instanceof HidDescriptorError) return null;
    throw error;
  }
}

function rank(info: HidPathInfo): number {
  const known = USAGES_BY_LIKELIHOOD.findIndex((usage) => usage === info.usage);
  const byUsage = known === -1 ? USAGES_BY_LIKELIHOOD.length : known;
  return info.usagePage === GNP_USAGE_PAGE ? byUsage : USAGES_BY_LIKELIHOOD.length + 1;
}

/** The top-level collection (by identity) of the report's packet field. */
function packetCollection(report: HidReport): HidUsage | null {
  const field = report.fields.find(isPacketField);
  return field?.collectionPath[0] ?? null;
}

function isPacketField(field: HidField): boolean {
  const isPadding = field.isConstant && field.usages.length === 0;
  const carriesPacket = !isPadding && field.bitOffset === 0 && field.bitSize === 8 && field.count >= GNP_PACKET_BYTES;
  return carriesPacket && field.collectionPath[0]?.usagePage === GNP_USAGE_PAGE;
}
