import { Command, encodePacket, type Packet, PacketType } from '../frames/index.ts';
import type { Action } from './behaviour.ts';

/** The reports that answer a packet, none for `silence` and `later`. Throws `DecodeError` for a payload that no packet can carry. */
export function answersOf(packet: Packet, action: Action): readonly Uint8Array[] {
  const head = { destination: packet.source, source: packet.destination, sequence: packet.sequence, type: PacketType.reply };
  const empty = new Uint8Array(0);
  switch (action.kind) {
    case 'reply':
      return [encodePacket({ ...head, command: packet.command, subcommand: packet.subcommand ?? 0, payload: action.payload })];
    case 'ack':
      return [encodePacket({ ...head, command: Command.ack, subcommand: null, payload: empty })];
    case 'nack':
      return [encodePacket({ ...head, command: Command.nack, subcommand: action.reason, payload: empty })];
    case 'raw':
      return action.reports;
    case 'silence':
    case 'later':
      return [];
  }
}
