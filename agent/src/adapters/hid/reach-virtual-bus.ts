import { connect } from 'node:net';
import { HidError } from './errors.ts';

/** Resolves when something listens at the address of a virtual bus; nothing is said to it. Rejects with HidError `gone` or `no-permission`. */
export function reachVirtualBus(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EACCES' || error.code === 'EPERM' ? 'no-permission' : 'gone';
      reject(new HidError(code, `nothing answers at ${path} (${error.code ?? 'unknown reason'})`, { cause: error }));
    });
  });
}
