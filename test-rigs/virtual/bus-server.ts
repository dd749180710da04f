import { lstat, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { BusPeer, LineSplitter, type VirtualBus } from '@jpd/protocol/virtual';
import { connectBus } from './bus-client.ts';
import { BusError, systemCode } from './errors.ts';

export interface BusServer {
  /** Ends every connection and removes the socket; the bus itself stays. */
  close(): Promise<void>;
}

/**
 * Offers a bus on a Unix socket, or a named pipe on Windows. The socket file of a server that was killed is replaced, a live one is not.
 * Rejects with `BusError`.
 */
export async function serveBus(bus: VirtualBus, path: string): Promise<BusServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    attend(bus, socket);
  });
  try {
    await listen(server, path);
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw new BusError('not-served', `cannot serve on ${path}: ${messageOf(error)}`, { cause: error });
    await removeStale(path);
    await listen(server, path);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Speaks with one program until it goes. */
function attend(bus: VirtualBus, socket: Socket): void {
  const lines = new LineSplitter();
  const peer = new BusPeer(bus, (line) => {
    if (socket.writable) socket.write(line);
  });
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    for (const line of lines.push(text)) void peer.receive(line);
  });
  // A program that was killed: `close` follows.
  socket.on('error', () => undefined);
  socket.once('close', () => void peer.close());
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(error);
    };
    server.once('error', failed);
    server.listen(path, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** Removes the socket file that a killed server left. Rejects with `BusError` where the server lives, or the file is something else. */
async function removeStale(path: string): Promise<void> {
  const alive = await connectBus(path).catch(() => null);
  await alive?.close();
  if (alive) throw new BusError('in-use', `another virtual bus serves on ${path}`);
  const file = await lstat(path).catch(() => null);
  if (file && !file.isSocket()) throw new BusError('not-a-socket', `${path} is no socket; it was left alone`);
  if (file) await unlink(path);
}
