import type { HidPort } from '@jpd/protocol';
import type { Log } from '@jpd/agent';
import { nodeHidPort } from '@jpd/agent/hid';
import { machineClock } from '../../platform/machine-clock.ts';

/** What the adapters say goes to the console of the guest, which a failure quotes. */
const quietLog: Log = {
  error: (message, fields) => {
    console.error(message, fields);
  },
  warn: (message, fields) => {
    console.error(message, fields);
  },
  info: () => undefined,
  debug: () => undefined,
  child: () => quietLog,
  setLevel: () => undefined,
};

/** This kernel's HID devices, as the agent reaches them. */
export const realHid = (): HidPort => nodeHidPort({ log: quietLog, clock: machineClock });
