import { DecodeError, type Field } from '../bytes/index.ts';
import { type Packet, PacketType, type PacketView } from '../frames/index.ts';
import { acknowledgementOf } from '../messages/acknowledgement.ts';
import { decodePayload, type Message } from '../messages/message.ts';
import { DeviceError, rejection } from './errors.ts';

/** A request on its way, as the session matches replies to it. */
export interface PendingRequest {
  readonly message: Message;
  readonly address: number;
  readonly sequence: number;
  readonly type: typeof PacketType.read | typeof PacketType.write;
  /** How the reply to a read is decoded. */
  readonly reply: Field<unknown> | null;
}

/** What a packet means to a request: its answer, its refusal, or nothing. */
export type Match = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'error'; readonly error: DeviceError } | null;

/** Matches by source, sequence, command and subcommand; an ACK or NACK, which names no command, by source and sequence. */
export function matchReply(pending: PendingRequest, packet: Packet | PacketView): Match {
  if (packet.type !== PacketType.reply || packet.source !== pending.address || packet.sequence !== pending.sequence) return null;
  const acknowledgement = acknowledgementOf(packet);
  if (acknowledgement?.kind === 'nack') return { kind: 'error', error: rejection(pending.message, acknowledgement.reason) };
  if (pending.type === PacketType.write) return acknowledgement?.kind === 'ack' ? { kind: 'answer', value: undefined } : null;
  if (packet.command !== pending.message.command || packet.subcommand !== pending.message.subcommand || !pending.reply) return null;
  try {
    return { kind: 'answer', value: decodePayload(pending.reply, packet.payload) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return {
      kind: 'error',
      error: new DeviceError('malformed', `the device answered ${pending.message.name} with something else`, { cause: error }),
    };
  }
}
