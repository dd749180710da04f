import type { CommandOutcome } from '../commands.ts';

/** It was tried, or could not be. `code` is for programs, `message` for people. */
export const failed = (code: string, message: string): CommandOutcome => ({ status: 'failed', error: { code, message } });

/** Nothing was done, for a reason that may pass. */
export const refused = (code: string, message: string): CommandOutcome => ({ status: 'rejected', error: { code, message } });

export const succeeded: CommandOutcome = { status: 'succeeded' };

export const unknownDevice = failed('unknown-device', 'this client knows no such device');
export const notConnected = failed('device-disconnected', 'the device is not connected to this computer');
