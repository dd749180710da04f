import { constant8, u8 } from '../bytes/index.ts';
import { Command } from '../frames/index.ts';
import { message, synthetic } from './message.ts';

/**
 * What a person asks of a device from afar. No public source that may be used tells the bytes for it: these exist on virtual devices only, above the ids of
 * the made-up settings in the same group, and a session refuses to send them to anything else.
 */
const head = { command: Command.synthetic, provenance: [synthetic] } as const;

/** Starts the device anew. It leaves, and comes back with what it held. A one: an empty write is not enough to start a device anew. */
export const rebootRequest = message({ ...head, name: 'reboot', subcommand: 0xf0, write: constant8(0x01) });

/** Makes the device blink or sound for so many seconds, so that a person finds it. */
export const identifyRequest = message({ ...head, name: 'identify', subcommand: 0xf1, write: u8() });
