import type { Socket } from 'node:net';
import { BusPeer, LineSplitter, type VirtualBus } from '@jpd/protocol/virtual';
import { serveOn } from './listen.ts';

export interface BusServer {
  /** Ends every connection and removes the socket; the bus itself stays. */
  close(): Promise<void>;
}

/**
 * Offers a bus on a Unix socket, or a named pipe on Windows. The socket file of a server that was killed is replaced, a live one is not.
 * Rejects with `BusError`.
 */
export async function serveBus(bus: VirtualBus, path: string): Promise<BusServer> {
  const { close } = await serveOn({ path }, (socket) => {
    attend(bus, socket);
  });
  return { close };
}

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
