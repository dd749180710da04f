import { DecodeError } from '../../bytes/index.ts';
import { Command, type Packet, PacketType } from '../../frames/index.ts';
import { encodePayload, tryDecodePayload } from '../../messages/message.ts';
import { type SettingKey, settingProblem, type SettingsWire, type SettingValue, type WireValues } from '../../settings/index.ts';
import { ack, type Behaviour, nack, reply } from '../behaviour.ts';
import type { VirtualState } from '../state.ts';

/** Which number a real device gives an illegal value is not public (facts E6); this one has no known meaning. */
export const illegalValue = 0xf0;

/** The wire that a packet speaks of. */
export const wireOf = (state: VirtualState, packet: Packet): SettingsWire | undefined =>
  state.wires.find(({ message }) => message.command === packet.command && message.subcommand === packet.subcommand);

/** Payload of a wire, its keys from `values`; null where one of them is unset or doesn't fit into a packet. */
export function wirePayload(wire: SettingsWire, values: ReadonlyMap<SettingKey, SettingValue>): Uint8Array | null {
  const onWire: WireValues & { appended: Uint8Array } = { appended: new Uint8Array(0) };
  for (const key of wire.keys) {
    const value = values.get(key);
    if (value === undefined) return null;
    onWire[key] = value;
  }
  try {
    return encodePayload(wire.message.reply, onWire);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function writtenValues(wire: SettingsWire, payload: Uint8Array): ReadonlyMap<SettingKey, SettingValue> | null {
  const decoded = tryDecodePayload(wire.message.write, payload);
  if (!decoded) return null;
  const values = new Map<SettingKey, SettingValue>();
  for (const key of wire.keys) {
    const value = decoded[key];
    if (value === undefined || value === null || settingProblem(key, value) !== null) return null;
    values.set(key, value);
  }
  return values;
}

/** Every setting of the family, verified and synthetic wires alike. Refuses values that the catalogue doesn't allow. */
export const settings: Behaviour = {
  name: 'settings',
  commands: [Command.config, Command.synthetic],
  onPacket: (packet, context) => {
    const wire = wireOf(context.state, packet);
    if (!wire) return undefined;
    if (packet.type === PacketType.read) {
      const payload = wirePayload(wire, context.state.settings);
      return payload ? reply(payload) : undefined;
    }
    if (packet.type !== PacketType.write) return undefined;
    const values = writtenValues(wire, packet.payload);
    if (!values) return nack(illegalValue);
    context.changeSettings(values);
    return ack;
  },
};
