import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { BusError, systemCode } from './errors.ts';

/** A Unix socket or named pipe, or a TCP port. */
export type Address = { readonly path: string } | { readonly host: string; readonly port: number };

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  /** Ends every connection and stops listening. */
  readonly close: () => Promise<void>;
}

/** Serves connections on an address until it is closed. Rejects with `BusError`. */
export async function serveOn(address: Address, attend: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attend(socket);
  });
  await listenOn(server, address);
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Lets a server listen. The socket file of a server that was killed is replaced, a live one is not. Rejects with `BusError`. */
async function listenOn(server: Server, address: Address): Promise<void> {
  try {
    await listen(server, address);
  } catch (error) {
    const inUse = systemCode(error) === 'EADDRINUSE';
    if (!inUse || !('path' in address))
      throw new BusError(inUse ? 'in-use' : 'not-served', `cannot serve on ${textOf(address)}: ${messageOf(error)}`, { cause: error });
    await removeStale(address.path);
    await listen(server, address);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const textOf = (address: Address): string => ('path' in address ? address.path : `${address.host}:${address.port}`);

function listen(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(error);
    };
    server.once('error', failed);
    server.listen(address, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** Removes the socket file that a killed server left. Rejects with `BusError` where the server lives, or the file is something else. */
async function removeStale(path: string): Promise<void> {
  if (await answers(path)) throw new BusError('in-use', `another virtual bus serves on ${path}`);
  const file = await lstat(path).catch(() => null);
  if (file && !file.isSocket()) throw new BusError('not-a-socket', `${path} is no socket; it was left alone`);
  if (file) await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
