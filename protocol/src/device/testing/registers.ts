import { type Packet, PacketType } from '../../frames/index.ts';
import { ackTo, nackTo, replyTo, type ScriptedChannel } from '../../session/testing/scripted-channel.ts';

/** What a device does with a request instead of answering as it should; undefined: as it should. */
export type Whim = (packet: Packet) => 'silent' | 'deaf' | { readonly nack: number } | undefined;

const idOf = ({ command, subcommand }: Packet): number => command * 256 + (subcommand ?? 0);

/**
 * Bytes by command and subcommand (137C), as simple as a device can be: a read answers them, a write replaces them, everything else is refused.
 * `silent`: it does what it is told and says nothing. `deaf`: it does nothing either.
 */
export function answerFromRegisters(channel: ScriptedChannel, registers: Map<number, readonly number[]>, whim: Whim = () => undefined): void {
  channel.onWrite = (packet) => {
    const id = idOf(packet);
    const held = registers.get(id);
    const mood = whim(packet);
    if (mood === 'deaf') return;
    if (typeof mood === 'object' || !held) {
      channel.deliver(nackTo(packet, typeof mood === 'object' ? mood.nack : 0xff));
      return;
    }
    if (packet.type === PacketType.write) registers.set(id, [...packet.payload]);
    if (mood === 'silent') return;
    channel.deliver(packet.type === PacketType.write ? ackTo(packet) : replyTo(packet, held));
  };
}
