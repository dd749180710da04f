import { copyOf } from '../bytes/copy.ts';
import { ByteWriter, DecodeError, type Field } from '../bytes/index.ts';
import {
  endOfPacket,
  gnpReportId,
  gnpReportLength,
  headerLength,
  maxPayloadLength,
  payloadOffset,
  type PacketType,
  shortAckLength,
  typeOf,
  types,
} from './layout.ts';

export { gnpReportId, gnpReportLength, maxPayloadLength, PacketType } from './layout.ts';

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

/** A packet without its payload. */
export type PacketHead = Omit<Packet, 'payload'>;

/** Throws unless `value` is an integer from 0 to 255; written so that a byte costs one comparison. */
function checkByte(name: string, value: number): void {
  if ((value & 0xff) !== value) throw new DecodeError('out-of-range', `the ${name} ${value} is not a byte`);
}

/** A report with everything of a packet but its payload, whose length it takes on trust. */
function reportOf({ destination, source, sequence, type, command, subcommand }: PacketHead, payloadLength: number): Uint8Array {
  if (!types.includes(type)) throw new DecodeError('out-of-range', `a packet of type ${String(type)}`);
  checkByte('destination', destination);
  checkByte('source', source);
  checkByte('sequence', sequence);
  checkByte('command', command);
  const report = new Uint8Array(gnpReportLength);
  report[0] = gnpReportId;
  report[1] = destination;
  report[2] = source;
  report[3] = sequence;
  report[4] = (type << 6) | (subcommand === null ? shortAckLength : headerLength + payloadLength);
  report[5] = command;
  if (subcommand === null) return report;
  checkByte('subcommand', subcommand);
  report[6] = subcommand;
  return report;
}

/** Builds the 64-byte report of a packet (facts E1). Throws `DecodeError` where the packet cannot be one. */
export function encodePacket(packet: Packet): Uint8Array {
  const { payload } = packet;
  if (payload.length > maxPayloadLength) throw new DecodeError('too-long', `a payload of ${payload.length} bytes, ${maxPayloadLength} fit`);
  if (packet.subcommand === null && payload.length > 0) throw new DecodeError('unexpected-value', 'a packet without subcommand has no payload');
  const report = reportOf(packet, payload.length);
  if (payload.length > 0) report.set(payload, payloadOffset);
  return report;
}

/**
 * As `encodePacket`, of a payload that is not bytes yet: a field writes it straight into the report, without a copy between them.
 * Throws `DecodeError`.
 */
export function encodePacketOf<T>(head: PacketHead & { readonly subcommand: number }, field: Field<T>, value: T): Uint8Array {
  const report = reportOf(head, 0);
  const writer = new ByteWriter(report, payloadOffset);
  field.encode(writer, value);
  report[4] = (head.type << 6) | (headerLength + writer.offset - payloadOffset);
  return report;
}

/**
 * Reads a report as a packet. The length in byte 4 counts from byte 1 to the end of the payload: 6 and the payload, or 5 where there is no subcommand.
 * Throws `DecodeError` for everything that is not a packet, and nothing else.
 */
export function decodePacket(report: Uint8Array): Packet {
  const end = endOfPacket(report);
  const short = end === payloadOffset - 1;
  return {
    destination: report[1] ?? 0,
    source: report[2] ?? 0,
    sequence: report[3] ?? 0,
    type: typeOf(report),
    command: report[5] ?? 0,
    subcommand: short ? null : (report[6] ?? 0),
    // A copy and no view: a view of so few bytes takes more memory than the bytes, and the report's buffer is the system's.
    payload: short ? new Uint8Array(0) : copyOf(report, payloadOffset, end),
  };
}
