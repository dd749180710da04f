import { Command, PacketType } from '../../frames/index.ts';
import { encodePayload } from '../../messages/message.ts';
import { batteryStatus } from '../../messages/status.ts';
import { type Behaviour, reply } from '../behaviour.ts';
import type { VirtualBattery } from '../state.ts';

/** At and below this level the device sets its flag. */
const lowPercent = 20;

/** Payload of a battery reply or event. GNP 12/02. */
export const batteryPayload = ({ level, charging }: VirtualBattery): Uint8Array =>
  encodePayload(batteryStatus.reply, {
    state: { charging, low: level > 0 && level <= lowPercent && !charging, fastCharging: false },
    level: level === 0 ? null : level,
  });

/** Battery state; a family without a battery refuses with NACK FF. GNP 12/02. */
export const battery: Behaviour = {
  name: 'battery',
  commands: [Command.status],
  onPacket: (packet, { state }) =>
    packet.type === PacketType.read && packet.command === batteryStatus.command && packet.subcommand === batteryStatus.subcommand && state.battery
      ? reply(batteryPayload(state.battery))
      : undefined,
};
