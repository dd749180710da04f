import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';

import type { RequestErrorCode } from '../errors.ts';
import { messageOf, RequestError, StartError } from '../errors.ts';
import type { Log } from '../log.ts';

const loopback = '127.0.0.1';
/** The largest body is a desired document, which has to fit into a message. */
const maxBodyBytes = 1_000_000;

const statuses: Readonly<Record<RequestErrorCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'csr-required': 422,
  'client-exists': 409,
  revoked: 403,
};

/** This server answers programs with JSON and nobody else: nothing may be framed, cached, or taken for something other than it is. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Fastify's own refusals (JSON, media type, size) carry a status below 500. */
function clientError(error: unknown): { readonly status: number; readonly code: RequestErrorCode } | null {
  if (error instanceof RequestError) return { status: statuses[error.code], code: error.code };
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number' || error.statusCode >= 500) return null;
  return { status: error.statusCode, code: error.statusCode === 413 ? 'too-large' : 'invalid' };
}

/** The HTTP server without its API. Every error is `{"code", "message"}`. */
export function createHttpServer(log: Log): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: maxBodyBytes, forceCloseConnections: true });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const refused = clientError(error);
    if (refused === null) {
      log.error('a request failed', { method: request.method, route: request.routeOptions.url, error: messageOf(error) });
      return reply.code(500).send({ code: 'internal', message: 'the platform could not do this; its log says why' });
    }
    if (refused.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(refused.status).send({ code: refused.code, message: messageOf(error) });
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ code: 'not-found', message: 'there is nothing at this address' }));
  app.get('/healthz', async () => ({ status: 'ok' }));
  return app;
}

/** @returns the address. @throws StartError listen-failed */
export async function listenHttp(app: FastifyInstance, port: number): Promise<string> {
  try {
    return await app.listen({ host: loopback, port });
  } catch (cause) {
    throw new StartError('listen-failed', `cannot listen on HTTP port ${port}: ${messageOf(cause)}`, { cause });
  }
}
