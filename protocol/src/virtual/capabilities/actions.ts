import { Command, type Packet, PacketType } from '../../frames/index.ts';
import { identifyRequest, rebootRequest, tryDecodePayload } from '../../messages/index.ts';
import { ack, type Behaviour, nack } from '../behaviour.ts';
import { illegalValue } from './settings.ts';

/** It answers before it goes. */
const goesAfterMs = 50;
/** How long it is away: long enough to be noticed, short enough for a person who waits. */
const awayMs = 1500;

const isWrite = (packet: Packet, message: { readonly command: number; readonly subcommand: number }): boolean =>
  packet.type === PacketType.write && packet.command === message.command && packet.subcommand === message.subcommand;

/** What a person asks of it from afar, under made-up ids: to start anew, and to show itself. */
export const actions: Behaviour = {
  name: 'actions',
  commands: [Command.synthetic],
  onPacket: (packet, context) => {
    const { state, clock } = context;
    if (isWrite(packet, rebootRequest)) {
      if (tryDecodePayload(rebootRequest.write, packet.payload) === null) return nack(illegalValue);
      state.reboots += 1;
      clock.setTimer(goesAfterMs, () => {
        context.restart(awayMs);
      });
      return ack;
    }
    if (!isWrite(packet, identifyRequest)) return undefined;
    const seconds = tryDecodePayload(identifyRequest.write, packet.payload);
    if (seconds === null || seconds === 0) return nack(illegalValue);
    state.identified += 1;
    return ack;
  },
};
