import { DecodeError } from '../bytes/index.ts';

/** HID report id of GN Protocol (facts E1, fwupd jabra-gnp). */
export const gnpReportId = 0x05;
/** Length of a GNP report with its id. */
export const gnpReportLength = 64;
/** Longest payload of one packet. */
export const maxPayloadLength = 57;

export const headerLength = 6;
export const shortAckLength = 5;
/** Where a payload begins in its report. */
export const payloadOffset = 7;

/** Bits 7-6 of byte 4 (Jabra SDK reference: PacketType). */
export const PacketType = { event: 0, read: 1, write: 2, reply: 3 } as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

export const types: readonly PacketType[] = [PacketType.event, PacketType.read, PacketType.write, PacketType.reply];

/** Where the packet of a report ends. Throws `DecodeError` for everything that is not a packet. */
export function endOfPacket(report: Uint8Array): number {
  if (report.length < shortAckLength + 1) throw new DecodeError('truncated', `a report of ${report.length} bytes`);
  if (report[0] !== gnpReportId) throw new DecodeError('unexpected-value', `report id ${report[0]} is not GNP's`);
  const length = (report[4] ?? 0) & 0x3f;
  if (length < shortAckLength) throw new DecodeError('out-of-range', `a length of ${length}`);
  if (length + 1 > report.length) throw new DecodeError('truncated', `a length of ${length} in a report of ${report.length} bytes`);
  return length + 1;
}

/** The type of a report that is a packet. */
export function typeOf(report: Uint8Array): PacketType {
  return types[(report[4] ?? 0) >> 6] ?? PacketType.event;
}
