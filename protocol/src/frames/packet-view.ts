import { ByteReader } from '../bytes/index.ts';
import { endOfPacket, payloadOffset, PacketType, typeOf } from './layout.ts';
import type { PacketHead } from './packet.ts';

/**
 * The packet of one report after another, read where its bytes lie: nothing is copied and nothing is made. What it says is good until the next `read`;
 * who keeps a packet takes `decodePacket`.
 */
export class PacketView implements PacketHead {
  destination = 0;
  source = 0;
  sequence = 0;
  type: PacketType = PacketType.event;
  command = 0;
  subcommand: number | null = null;
  /** At the payload's first byte after `read`; to be read once. */
  readonly payload = new ByteReader(new Uint8Array(0));

  /** Throws `DecodeError` for everything that is not a packet, and then says what it said before. */
  read(report: Uint8Array): void {
    const end = endOfPacket(report);
    this.destination = report[1] ?? 0;
    this.source = report[2] ?? 0;
    this.sequence = report[3] ?? 0;
    this.type = typeOf(report);
    this.command = report[5] ?? 0;
    // The shortest packet ends before its subcommand.
    this.subcommand = end < payloadOffset ? null : (report[6] ?? 0);
    this.payload.aim(report, Math.min(payloadOffset, end), end);
  }
}
