import { createServer, type Socket } from 'node:net';
import { closer, listenOnLoopback } from './listening.ts';

export interface ScriptedServer {
  readonly url: string;
  readonly port: number;
  /** Everything that came in, over all connections. */
  readonly received: () => Buffer;
  readonly stop: () => Promise<void>;
}

/** A TCP server that does with a connection what a test wants, byte by byte: for answers that no real broker gives. */
export async function startScriptedServer(script: (socket: Socket) => void): Promise<ScriptedServer> {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => chunks.push(chunk));
    script(socket);
  });
  const stop = closer(server);
  const port = await listenOnLoopback(server);
  return { url: `mqtt://127.0.0.1:${port}`, port, received: () => Buffer.concat(chunks), stop };
}
