import { bool8, bytes, constant8, decodeUtf8, encodeUtf8, flags, mapped, nothing, rest, struct, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { bluetoothTool, message } from './message.ts';

/**
 * Bluetooth of a dongle, all sent to and from its own address (facts E5).
 *
 * The only public source is a Python tool that its author runs on a Link 370 (PID 245E). It names the bytes that it uses; the others are `unknown` here:
 * ignored when read, written as 0, as the tool writes them. Other dongles may differ.
 */
const head = { command: Command.bluetooth, provenance: [bluetoothTool] } as const;

/** The first byte of every event: the tool takes no other value. */
const marker = constant8(0x01);
/** The tool leaves the first byte of its requests at 0. */
const pad = constant8(0x00);
/** A Bluetooth device address in the order in which it is printed. */
const address = bytes(6);

/** Text up to its first NUL, or to the end of the payload. */
const textToNul = mapped(
  rest(),
  'text, NUL',
  (raw): string => {
    const end = raw.indexOf(0);
    return decodeUtf8(end < 0 ? raw : raw.subarray(0, end));
  },
  encodeUtf8,
);

/** Starts a search. What its two bytes mean is not known; the tool writes 05 14 (20 would be seconds). GNP 0D/20, Python Bluetooth tool. */
export const searchStart = message({ ...head, name: 'search start', subcommand: 0x20, write: struct({ first: u8(), second: u8() }) });

/** What the tool writes into `searchStart`; nothing else is known to work. */
export const searchParameters = { first: 0x05, second: 0x14 } as const;

/** A headset that can be paired. GNP 0D/22, Python Bluetooth tool. */
export const headsetFound = message({ ...head, name: 'headset found', subcommand: 0x22, event: struct({ marker, address, unknown: rest() }) });

/** The search is over. GNP 0D/23, Python Bluetooth tool. */
export const searchEnded = message({ ...head, name: 'search ended', subcommand: 0x23, event: struct({ marker }) });

/** Connects to a paired headset; how it fared is told by `connectionState`. GNP 0D/24, Python Bluetooth tool. */
export const connectHeadset = message({ ...head, name: 'connect', subcommand: 0x24, write: struct({ pad, address }) });

/** Disconnects a headset, which stays paired. GNP 0D/25, Python Bluetooth tool. */
export const disconnectHeadset = message({ ...head, name: 'disconnect', subcommand: 0x25, write: struct({ pad, address }) });

/**
 * The connection to a headset changed. The tool waits until bit 0 or bit 2 of the state is set, for a connection and for its end alike, so the event does
 * not tell them apart for certain: 04 is "connected" in the paired list (0D/28), which leaves bit 0 for "disconnected". Whoever needs to know asks the list.
 * GNP 0D/26, Python Bluetooth tool.
 */
export const connectionState = message({
  ...head,
  name: 'connection state',
  subcommand: 0x26,
  event: struct({ marker, address, unknown: bytes(2), state: flags({ disconnected: 0, connected: 2 }), appended: rest() }),
});

/** States of a paired headset; the others are not known. */
export const pairedState = { connected: 0x04 } as const;

/**
 * An entry of the list of paired headsets by its index, the first one is asked for with 0. An address of six zeros is an empty place. `last` ends the list,
 * else it goes on at `next`. GNP 0D/28, Python Bluetooth tool.
 */
export const pairedHeadset = message({
  ...head,
  name: 'paired headset',
  subcommand: 0x28,
  request: struct({ pad, index: u8() }),
  reply: struct({ last: bool8(), next: u8(), unknown: bytes(2), state: u8(), unknown2: u8(), address }),
});

/**
 * Forgets the headset at an index of the list. The tool disconnects a connected one first, and takes one more packet after the acknowledgement without
 * looking at it. GNP 0D/2A, Python Bluetooth tool.
 */
export const removePaired = message({ ...head, name: 'remove paired', subcommand: 0x2a, write: struct({ pad, index: u8() }) });

/** The name of a found headset, some time after its address. GNP 0D/2B, Python Bluetooth tool. */
export const headsetName = message({
  ...head,
  name: 'headset name',
  subcommand: 0x2b,
  event: struct({ marker, address, unknown: u8(), name: textToNul }),
});

/**
 * Pairs with a found headset and connects to it; how it fared is told by `connectionState`. What 04 means is not known.
 * GNP 0D/30, Python Bluetooth tool.
 */
export const pairHeadset = message({ ...head, name: 'pair', subcommand: 0x30, write: struct({ kind: constant8(0x04), address }) });

/** The name of a paired headset by its index. GNP 0D/32, Python Bluetooth tool. */
export const pairedName = message({
  ...head,
  name: 'paired name',
  subcommand: 0x32,
  request: struct({ pad, index: u8() }),
  reply: struct({ unknown: bytes(2), name: textToNul }),
});

/** Forgets every headset. The tool takes one more packet after the acknowledgement without looking at it. GNP 0C/04, Python Bluetooth tool. */
export const clearPaired = message({
  ...head,
  name: 'clear paired',
  command: Command.bluetoothClear,
  subcommand: 0x04,
  write: nothing,
});
