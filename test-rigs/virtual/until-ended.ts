import type { VirtualBus } from '@jpd/protocol/virtual';
import { serveBus } from './bus-server.ts';
import { answer } from './output.ts';

interface Closing {
  close(): Promise<void>;
}

/**
 * Opens what a command offers, prints `ready`, and closes it again at SIGTERM or SIGINT, or when `broken` rejects. With `socket` the bus takes the
 * control commands as well.
 */
export async function untilEnded(bus: VirtualBus, socket: string | null, open: () => Promise<Closing>, broken?: Promise<never>): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  // A device node has no handle that keeps the process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  const opened: Closing[] = [];
  try {
    if (socket !== null) opened.push(await serveBus(bus, socket));
    opened.push(await open());
    answer('ready');
    await Promise.race([ended, ...(broken ? [broken] : [])]);
  } finally {
    clearInterval(alive);
    for (const one of opened.toReversed()) await one.close();
  }
}
