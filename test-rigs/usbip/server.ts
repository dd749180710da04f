import type { Socket } from 'node:net';
import type { VirtualBus } from '@jpd/protocol/virtual';
import { machineClock } from '../platform/machine-clock.ts';
import { type Address, serveOn } from '../virtual/listen.ts';
import { Connection } from './connection.ts';
import { Exports } from './exports.ts';

export interface UsbipServer {
  /** The TCP port, null for a Unix socket. */
  readonly port: number | null;
  /** Pulls every imported device out and stops listening; the bus itself stays. */
  close(): Promise<void>;
}

/** Exports the devices of a bus over USB/IP, now and whenever they are plugged. Rejects with `BusError`. */
export async function serveUsbip(bus: VirtualBus, address: Address): Promise<UsbipServer> {
  const exports = new Exports(bus);
  const { server, close } = await serveOn(address, (socket) => {
    attend(exports, socket);
  });
  const bound = server.address();
  return { port: bound !== null && typeof bound === 'object' ? bound.port : null, close };
}

function attend(exports: Exports, socket: Socket): void {
  socket.setNoDelay(true);
  const connection = new Connection(exports, machineClock, {
    send: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    end: () => {
      socket.end();
    },
  });
  socket.on('data', (bytes) => {
    connection.receive(bytes);
  });
  // A host that was killed: `close` follows.
  socket.on('error', () => undefined);
  socket.once('close', () => void connection.close());
}
