import { ByteReader, ByteWriter, DecodeError, type Field } from '../bytes/index.ts';
import { maxPayloadLength } from '../frames/index.ts';

/** Who vouches for a wire mapping, strongest first. Only `vendor`, `independent` and `operator` may reach a real device. */
export type Trust = 'vendor' | 'independent' | 'operator' | 'synthetic';

/** Where a mapping is known from. */
export interface Provenance {
  readonly trust: Trust;
  /** e.g. `fwupd jabra-gnp`, `HeadsetControl`, or an operator's own words. */
  readonly source: string;
}

/** Written by the vendor as open source. */
export const fwupd: Provenance = { trust: 'vendor', source: 'fwupd jabra-gnp' };
/** Written by the vendor as open source, for video bars. */
export const fwupdFile: Provenance = { trust: 'vendor', source: 'fwupd jabra-file' };
/** Tested by its authors on hardware, without the vendor's software. */
export const headsetControl: Provenance = { trust: 'independent', source: 'HeadsetControl jabra_gnp_protocol' };
/** Tested by its authors on a Link 370. */
export const bluetoothTool: Provenance = { trust: 'independent', source: 'Python Bluetooth tool for PID 245E' };
/** For virtual devices only. */
export const synthetic: Provenance = { trust: 'synthetic', source: 'this project, virtual devices only' };

/** Whether a message may reach a real device: somebody vouches for its bytes, and nothing of it was made up for virtual devices. */
export function mayReachRealDevices({ provenance }: { readonly provenance: readonly Provenance[] }): boolean {
  return provenance.length > 0 && provenance.every(({ trust }) => trust !== 'synthetic');
}

/** The payloads that a message can have; a part that is left out doesn't exist on the wire. */
export interface MessageParts {
  /** What a read carries, where it carries anything. */
  readonly request?: Field<unknown>;
  /** What answers a read. */
  readonly reply?: Field<unknown>;
  /** What a write carries; it is answered by ACK. */
  readonly write?: Field<unknown>;
  /** What the device sends unasked, type 0. */
  readonly event?: Field<unknown>;
  /** What the host sends without being answered, type 0. */
  readonly post?: Field<unknown>;
}

interface MessageHead {
  /** As in the facts' tables: "firmware version". */
  readonly name: string;
  readonly command: number;
  readonly subcommand: number;
  readonly provenance: readonly Provenance[];
}

/** A message of GN Protocol, declared once: encode, decode, types and log lines come from here. */
export type Message<P extends MessageParts = MessageParts> = MessageHead & P;

type PartOf<M, K extends keyof MessageParts> = M extends { readonly [P in K]: Field<infer T> } ? T : never;
export type RequestOf<M> = PartOf<M, 'request'>;
export type ReplyOf<M> = PartOf<M, 'reply'>;
export type WriteOf<M> = PartOf<M, 'write'>;
export type EventOf<M> = PartOf<M, 'event'>;
export type PostOf<M> = PartOf<M, 'post'>;

/** Declares a message. */
export function message<const P extends MessageParts>(declaration: MessageHead & P): Message<P> {
  return Object.freeze(declaration);
}

/** Payload bytes of a value. Throws `DecodeError`. */
export function encodePayload<T>(field: Field<T>, value: T): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(maxPayloadLength));
  field.encode(writer, value);
  return writer.bytes.slice(0, writer.offset);
}

/** Value of payload bytes, or of what a reader has left. Throws `DecodeError` and nothing else. */
export function decodePayload<T>(field: Field<T>, payload: Uint8Array | ByteReader): T {
  return field.decode(payload instanceof ByteReader ? payload : new ByteReader(payload));
}

/** Value of payload bytes, or null where they are not what the declaration says. */
export function tryDecodePayload<T>(field: Field<T>, payload: Uint8Array): T | null {
  try {
    return decodePayload(field, payload);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** `0F/1A`, as the facts write it. */
export function idText(command: number, subcommand: number | null): string {
  return subcommand === null ? hex(command) : `${hex(command)}/${hex(subcommand)}`;
}
