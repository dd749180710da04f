import { load, type Loaded } from '../app.ts';
import { tell } from './output.ts';

/** Reads the configuration; what makes it unusable is told, a line each, and the answer is null. */
export async function usableConfiguration(file: string | null): Promise<Extract<Loaded, { readonly ok: true }> | null> {
  const loaded = await load(file);
  if (loaded.ok) return loaded;
  for (const { message } of loaded.problems) tell(message);
  return null;
}

/** Keeps the process alive while `work` is under way: sockets and timers may all be such that don't. */
export async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
  const stay = setInterval(() => undefined, 2 ** 30);
  try {
    return await work();
  } finally {
    clearInterval(stay);
  }
}

/** The person or the system wants the program to end. */
export function asksToEnd(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}
