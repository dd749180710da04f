import type { Field } from '../../bytes/index.ts';
import { Command, type Packet, PacketType } from '../../frames/index.ts';
import {
  clearPaired,
  connectHeadset,
  disconnectHeadset,
  encodePayload,
  pairedHeadset,
  pairedName,
  pairedState,
  pairHeadset,
  removePaired,
  searchStart,
  tryDecodePayload,
} from '../../messages/index.ts';
import { ack, type Action, type Behaviour, nack, reply } from '../behaviour.ts';
import { nackByte } from '../nack-bytes.ts';
import { bluetoothAddressOf, type RadioHeadset, type VirtualRadio } from '../radio/index.ts';
import { radioName } from '../radio/events.ts';
import { illegalValue } from './settings.ts';

type Radio = VirtualRadio<RadioHeadset>;

const nobody = new Uint8Array(6);
const unknown = new Uint8Array(2);

function entry(radio: Radio, packet: Packet): Action {
  const request = tryDecodePayload(pairedHeadset.request, packet.payload);
  if (!request) return nack(illegalValue);
  const headset = radio.pairings.at(request.index);
  const next = radio.pairings.after(request.index);
  const value = {
    last: next === null,
    next: next ?? 0,
    unknown,
    state: headset !== null && headset === radio.child ? pairedState.connected : 0,
    unknown2: 0,
    address: headset ? bluetoothAddressOf(headset.serial) : nobody,
  };
  return reply(encodePayload(pairedHeadset.reply, value));
}

function name(radio: Radio, packet: Packet): Action {
  const request = tryDecodePayload(pairedName.request, packet.payload);
  const headset = request ? radio.pairings.at(request.index) : null;
  return headset ? reply(encodePayload(pairedName.reply, { unknown, name: radioName(headset.state) })) : nack(illegalValue);
}

/** A write: its payload, and what the dongle does with it. Refusals are made up but for F4, "no reachable headset". */
const on =
  <T>(message: { readonly subcommand: number; readonly write: Field<T> }, act: (radio: Radio, value: T) => Action) =>
  (radio: Radio, { subcommand, payload }: Packet): Action | undefined => {
    if (subcommand !== message.subcommand) return undefined;
    const value = tryDecodePayload(message.write, payload);
    return value === null ? nack(illegalValue) : act(radio, value);
  };

const writes = [
  on(searchStart, (radio, { second }) => {
    // Seconds by guess: what the byte means is not known.
    radio.search(second);
    return ack;
  }),
  on(pairHeadset, (radio, { address }) => {
    radio.pair(address);
    return ack;
  }),
  on(connectHeadset, (radio, { address }) => (radio.connect(address) ? ack : nack(nackByte.noChild))),
  on(disconnectHeadset, (radio, { address }) => {
    radio.disconnect(address);
    return ack;
  }),
  on(removePaired, (radio, { index }) => (radio.remove(index) ? ack : nack(illegalValue))),
] as const;

function carryOut(radio: Radio, packet: Packet): Action | undefined {
  for (const write of writes) {
    const action = write(radio, packet);
    if (action) return action;
  }
  return undefined;
}

/** A dongle's search, pairing and list of paired headsets. GNP 0D and 0C/04. */
export function dongleBluetooth(radio: Radio): Behaviour {
  return {
    name: 'bluetooth',
    commands: [Command.bluetooth, Command.bluetoothClear],
    onPacket: (packet) => {
      const { type, command, subcommand } = packet;
      if (type === PacketType.write && command === clearPaired.command && subcommand === clearPaired.subcommand) {
        radio.clear();
        return ack;
      }
      if (command !== Command.bluetooth) return undefined;
      if (type === PacketType.write) return carryOut(radio, packet);
      if (type !== PacketType.read) return undefined;
      if (subcommand === pairedHeadset.subcommand) return entry(radio, packet);
      return subcommand === pairedName.subcommand ? name(radio, packet) : undefined;
    },
  };
}
