import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Certificate } from '../brokers/certificates.ts';
import { closer, listenOnLoopback } from '../brokers/listening.ts';
import { deliver, type Delivery } from './delivery.ts';

/** What is under an address, and how it is given. */
export interface Shelf extends Delivery {
  readonly content: Uint8Array;
  /** Instead of the content. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ServedRequest {
  readonly method: string;
  /** With what follows `?`. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface PackageServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** In the order they came. */
  readonly requests: readonly ServedRequest[];
  /** Requests for a path, without what follows `?`. */
  readonly requestsFor: (path: string) => readonly ServedRequest[];
  /** Puts something under `path`, in place of what was there; gives its address. */
  readonly put: (path: string, shelf: Shelf) => string;
  /** Nobody gets an answer until `resume`. */
  readonly pause: () => void;
  /** Goes on, with what `holdAfter` held as well. */
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
}

/** A web server on loopback for firmware packages, as good or as bad as a test wants it. What isn't there is 404. */
export async function startPackageServer({ tls, clientCa }: { readonly tls?: Certificate; readonly clientCa?: string } = {}): Promise<PackageServer> {
  const shelves = new Map<string, Shelf>();
  const requests: ServedRequest[] = [];
  let gate = openGate();
  let isPaused = false;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers, body });
    if (isPaused) await gate.opened;
    const shelf = shelves.get(path.split('?')[0] ?? '');
    if (!shelf) response.writeHead(404).end();
    else if (shelf.status !== undefined) response.writeHead(shelf.status, shelf.headers).end();
    else await deliver(request, response, shelf, () => gate.opened);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // The client may be gone at any time.
    serve(request, response).catch(() => response.destroy());
  };
  const keys = tls && { cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) };
  const mutual = clientCa === undefined ? {} : { requestCert: true, ca: await readFile(clientCa) };
  const server = keys ? createHttpsServer({ ...keys, ...mutual }, listener) : createHttpServer(listener);
  const close = closer(server);
  const port = await listenOnLoopback(server);
  const url = `http${tls ? 's' : ''}://127.0.0.1:${port}`;
  return {
    url,
    port,
    requests,
    requestsFor: (path) => requests.filter((request) => request.path.split('?')[0] === path),
    put: (path, shelf) => {
      shelves.set(path, shelf);
      return `${url}${path}`;
    },
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      gate.open();
      gate = openGate();
    },
    stop: () => {
      gate.open();
      return close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

function openGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
