import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AedesOptions } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Certificate } from './certificates.ts';
import { closer, listenOnLoopback } from './listening.ts';

export interface AedesStart {
  /** Port to listen on; a free one where none is given. */
  readonly port?: number;
  readonly webSocket?: boolean;
  readonly tls?: Certificate;
  /** Aedes' own: `authenticate`, `authorizePublish` and the like. */
  readonly options?: AedesOptions;
}

export interface AedesBroker {
  readonly url: string;
  readonly port: number;
  readonly broker: Aedes;
  readonly stop: () => Promise<void>;
}

/** The embedded broker on the loopback address. It speaks MQTT 3.1.1 only, and answers a version 5 CONNECT with return code 1. */
export async function startAedes({ port = 0, webSocket = false, tls, options = {} }: AedesStart = {}): Promise<AedesBroker> {
  const broker = await Aedes.createBroker(options);
  const secure = tls === undefined ? null : { cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) };
  const server = webSocket ? webSocketServer(broker, secure) : streamServer(broker, secure);
  const closeServer = closer(server);
  const listening = await listenOnLoopback(server, port);
  const scheme = webSocket ? 'ws' : 'mqtt';
  return {
    url: `${scheme}${secure === null ? '' : 's'}://127.0.0.1:${listening}`,
    port: listening,
    broker,
    async stop() {
      await closeServer();
      await new Promise<void>((resolve) => {
        broker.close(resolve);
      });
    },
  };
}

interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

function streamServer(broker: Aedes, secure: KeyPair | null): Server {
  const handle = (stream: Parameters<Aedes['handle']>[0]): void => void broker.handle(stream);
  return secure === null ? createTcpServer(handle) : createTlsServer(secure, handle);
}

function webSocketServer(broker: Aedes, secure: KeyPair | null): Server {
  const server = secure === null ? createHttpServer() : createHttpsServer(secure);
  const sockets = new WebSocketServer({ server, handleProtocols: (protocols) => (protocols.has('mqtt') ? 'mqtt' : false) });
  sockets.on('connection', (socket, request) => void broker.handle(createWebSocketStream(socket), request));
  return server;
}
