import { PacketType } from '@jpd/protocol';
import { type Behaviour, nack, silence } from '@jpd/protocol/virtual';

/** Requests that carry this command and subcommand, reads or writes. */
const about = (packet: { readonly command: number; readonly subcommand: number | null }, command: number, subcommand: number): boolean =>
  packet.command === command && packet.subcommand === subcommand;

/** The device never answers what `asks` names (GNP command and subcommand). Remove it to let it answer. */
export const silentAbout = (command: number, subcommand: number, type?: number): Behaviour => ({
  name: 'silent',
  onPacket: (packet) => (about(packet, command, subcommand) && (type === undefined || packet.type === type) ? silence : undefined),
});

/** The device refuses it. */
export const refuses = (command: number, subcommand: number, reason: number, type?: number): Behaviour => ({
  name: 'refuses',
  onPacket: (packet) => (about(packet, command, subcommand) && (type === undefined || packet.type === type) ? nack(reason) : undefined),
});

/** GNP 13/7C, both sidetone settings. */
export const sidetone = [0x13, 0x7c] as const;
/** GNP 13/3A. */
export const voiceGuidance = [0x13, 0x3a] as const;
/** GNP 02/01. */
export const serial = [0x02, 0x01] as const;
/** GNP 02/03. */
export const version = [0x02, 0x03] as const;
/** GNP 02/13. */
export const dfuProductId = [0x02, 0x13] as const;

/** Somebody changes the level of the sidetone at the device, so often (`times`) after it was written and before it is read back. `touched` hears of it. */
export function changedBeforeReadBack(level: number, times: number, touched: () => void = () => undefined): Behaviour {
  let wasWritten = false;
  let left = times;
  return {
    name: 'changed before it is read back',
    onPacket: (packet, context) => {
      if (!about(packet, ...sidetone)) return undefined;
      if (wasWritten && packet.type === PacketType.read && left > 0) {
        left -= 1;
        touched();
        context.changeSettings(new Map([['sidetoneLevel', level]]));
      }
      wasWritten = packet.type === PacketType.write;
      return undefined;
    },
  };
}
