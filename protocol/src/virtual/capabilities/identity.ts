import type { Field } from '../../bytes/index.ts';
import { Command, type Packet, PacketType } from '../../frames/index.ts';
import { dfuProductId, firmwareVersion, productName, serialNumber, updateProtocol } from '../../messages/identity.ts';
import { encodePayload } from '../../messages/message.ts';
import { type Action, type Behaviour, reply } from '../behaviour.ts';
import type { VirtualState } from '../state.ts';

const answer = <T>(packet: Packet, message: { readonly subcommand: number; readonly reply: Field<T> }, value: T | null): Action | undefined =>
  packet.subcommand === message.subcommand && value !== null ? reply(encodePayload(message.reply, value)) : undefined;

const identify = (packet: Packet, { family, serial, version, dfuProductId: dfu, updateProtocol: protocol }: VirtualState): Action | undefined =>
  answer(packet, productName, family.name) ??
  answer(packet, serialNumber, serial) ??
  answer(packet, firmwareVersion, version) ??
  answer(packet, dfuProductId, dfu) ??
  answer(packet, updateProtocol, protocol);

/** Name, serial, version, DFU product id and update protocol. GNP 02/00, 01, 03, 13, 14. */
export const identity: Behaviour = {
  name: 'identity',
  commands: [Command.ident],
  onPacket: (packet, { state }) => (packet.type === PacketType.read && packet.command === Command.ident ? identify(packet, state) : undefined),
};
