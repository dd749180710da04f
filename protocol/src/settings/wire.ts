import { DecodeError, type Field, rest, struct } from '../bytes/index.ts';
import { type Packet } from '../frames/index.ts';
import { mayReachRealDevices, type Message, message, type Provenance, tryDecodePayload } from '../messages/message.ts';
import type { SettingKey } from './catalogue.ts';
import type { SettingValue } from './types.ts';

/** What one message says of its settings; null is a value that the device holds and this library has no name for. */
export type WireValues = Partial<Record<SettingKey, SettingValue | null>>;

/** The fields of a settings message, by setting; further fields only keep bytes that belong to something else. */
type WireShape = Readonly<Record<string, Field<unknown>>>;

/** One message that carries one or several settings: what is read, changed and written together. */
export interface SettingsWire {
  readonly keys: readonly SettingKey[];
  readonly message: Message<{ readonly reply: Field<WireValues>; readonly write: Field<WireValues>; readonly event: Field<WireValues> }>;
  /** Settings of this wire exist on virtual buses only. */
  readonly synthetic: boolean;
}

/**
 * A settings payload. It is written as a whole: a part that is missing is refused, since whatever stood in for it would change a setting that nobody
 * named. What a newer firmware appends is read and written back as it was.
 */
function payloadOf(fields: WireShape): Field<WireValues> {
  const layout = struct({ ...fields, appended: rest() });
  const own = struct(fields);
  const appended = rest();
  const none = new Uint8Array(0);
  const names = Object.keys(fields);
  return {
    layout: layout.layout,
    // Its fields are those of the declaration, named by the wire's keys.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    decode: (reader) => layout.decode(reader) as WireValues,
    encode: (writer, values: Readonly<Record<string, unknown>> & { readonly appended?: Uint8Array }) => {
      for (let index = 0; index < names.length; index += 1)
        if (values[names[index] ?? ''] === undefined) throw new DecodeError('unexpected-value', `${names[index]} is missing`);
      own.encode(writer, values);
      appended.encode(writer, values.appended ?? none);
    },
  };
}

/** Declares how settings look on the wire. The same bytes are answered to a read, written, and announced. */
export function settingsWire(declaration: {
  readonly name: string;
  readonly command: number;
  readonly subcommand: number;
  readonly provenance: readonly Provenance[];
  /** In the order of the bytes. */
  readonly fields: WireShape;
  readonly keys: readonly SettingKey[];
}): SettingsWire {
  const { fields, keys, ...head } = declaration;
  const payload = payloadOf(fields);
  return {
    keys,
    message: message({ ...head, reply: payload, write: payload, event: payload }),
    synthetic: !mayReachRealDevices(head),
  };
}

/** The values in an event of this wire, or null where the packet is none. */
export function announcedValues(wire: SettingsWire, packet: Packet): WireValues | null {
  if (packet.command !== wire.message.command || packet.subcommand !== wire.message.subcommand) return null;
  return tryDecodePayload(wire.message.event, packet.payload);
}
