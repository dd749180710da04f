import { DecodeError } from '../bytes/index.ts';

/** HID report id of GN Protocol (facts E1, fwupd jabra-gnp). */
export const gnpReportId = 0x05;
/** Length of a GNP report with its id. */
export const gnpReportLength = 64;
/** Longest payload of one packet. */
export const maxPayloadLength = 57;

const headerLength = 6;
const shortAckLength = 5;
const payloadOffset = 7;

/** Bits 7-6 of byte 4 (Jabra SDK reference: PacketType). */
export const PacketType = { event: 0, read: 1, write: 2, reply: 3 } as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** A packet's content, without padding. `subcommand` is null in an acknowledgement that carries none. */
export interface Packet {
  /** Address it goes to, see `Address`. */
  readonly destination: number;
  /** Address it comes from. */
  readonly source: number;
  /** 0 to 255; a reply echoes the request's. */
  readonly sequence: number;
  readonly type: PacketType;
  readonly command: number;
  readonly subcommand: number | null;
  readonly payload: Uint8Array;
}

const types: readonly PacketType[] = [PacketType.event, PacketType.read, PacketType.write, PacketType.reply];

function checkByte(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new DecodeError('out-of-range', `the ${name} ${value} is not a byte`);
}

/** Builds the 64-byte report of a packet (facts E1). Throws `DecodeError` where the packet cannot be one. */
export function encodePacket(packet: Packet): Uint8Array {
  if (packet.payload.length > maxPayloadLength)
    throw new DecodeError('too-long', `a payload of ${packet.payload.length} bytes, ${maxPayloadLength} fit`);
  if (packet.subcommand === null && packet.payload.length > 0)
    throw new DecodeError('unexpected-value', 'a packet without subcommand has no payload');
  if (!types.includes(packet.type)) throw new DecodeError('out-of-range', `a packet of type ${String(packet.type)}`);
  const { destination, source, sequence, command, subcommand } = packet;
  for (const [name, value] of Object.entries({ destination, source, sequence, command, subcommand: subcommand ?? 0 })) checkByte(name, value);
  const report = new Uint8Array(gnpReportLength);
  report[0] = gnpReportId;
  report[1] = destination;
  report[2] = source;
  report[3] = sequence;
  report[4] = (packet.type << 6) | (subcommand === null ? shortAckLength : headerLength + packet.payload.length);
  report[5] = command;
  if (subcommand !== null) report[6] = subcommand;
  report.set(packet.payload, payloadOffset);
  return report;
}

/**
 * Reads a report as a packet. The length in byte 4 counts from byte 1 to the end of the payload: 6 and the payload, or 5 where there is no subcommand.
 * Throws `DecodeError` for everything that is not a packet, and nothing else.
 */
export function decodePacket(report: Uint8Array): Packet {
  if (report.length < shortAckLength + 1) throw new DecodeError('truncated', `a report of ${report.length} bytes`);
  if (report[0] !== gnpReportId) throw new DecodeError('unexpected-value', `report id ${report[0]} is not GNP's`);
  const header = report[4] ?? 0;
  const length = header & 0x3f;
  if (length < shortAckLength) throw new DecodeError('out-of-range', `a length of ${length}`);
  if (length + 1 > report.length) throw new DecodeError('truncated', `a length of ${length} in a report of ${report.length} bytes`);
  const short = length === shortAckLength;
  return {
    destination: report[1] ?? 0,
    source: report[2] ?? 0,
    sequence: report[3] ?? 0,
    type: types[header >> 6] ?? PacketType.event,
    command: report[5] ?? 0,
    subcommand: short ? null : (report[6] ?? 0),
    payload: short ? new Uint8Array(0) : report.slice(payloadOffset, length + 1),
  };
}
