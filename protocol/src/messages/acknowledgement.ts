import { Command, type PacketHead, PacketType } from '../frames/index.ts';

/** What a reply packet is before its message is known. */
export type Acknowledgement = { readonly kind: 'ack' } | { readonly kind: 'nack'; readonly reason: number } | null;

/**
 * ACK (command FF) or NACK (command FE, reason in byte 6), null where it is neither. Both carry the request's sequence but not its command (facts E1).
 * An ACK may or may not have a subcommand byte; fwupd looks at the command alone.
 */
export function acknowledgementOf(packet: PacketHead): Acknowledgement {
  if (packet.type !== PacketType.reply) return null;
  if (packet.command === Command.ack) return { kind: 'ack' };
  // A NACK that was cut before its reason still refuses.
  if (packet.command === Command.nack) return { kind: 'nack', reason: packet.subcommand ?? 0 };
  return null;
}
