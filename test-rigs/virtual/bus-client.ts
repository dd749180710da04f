import { connect } from 'node:net';
import { BusClient, LineSplitter } from '@jpd/protocol/virtual';
import { BusError } from './errors.ts';

/** One connection to a bus that is served. */
export interface BusConnection {
  readonly client: BusClient;
  readonly close: () => Promise<void>;
}

/** Connects to the bus on a Unix socket or named pipe. Rejects with `BusError` `not-reachable`. */
export function connectBus(path: string): Promise<BusConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const lines = new LineSplitter();
    const client = new BusClient((line) => socket.write(line));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      for (const line of lines.push(text)) client.receive(line);
    });
    socket.on('error', (cause) => {
      reject(new BusError('not-reachable', `no virtual bus answers on ${path}: ${cause.message}`, { cause }));
    });
    socket.once('close', () => {
      client.end('the virtual bus is gone');
    });
    socket.once('connect', () => {
      resolve({
        client,
        close: () =>
          new Promise((closed) => {
            socket.once('close', () => {
              closed();
            });
            socket.end();
          }),
      });
    });
  });
}
