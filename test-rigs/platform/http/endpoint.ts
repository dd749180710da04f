import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

import type { Queries } from '../database/database.ts';
import { RequestError } from '../errors.ts';
import type { Administrator } from '../organizations/secrets.ts';
import { administratorOf } from '../organizations/secrets.ts';
import type { Changes } from '../work/changes.ts';
import type { Writer } from '../work/work.ts';

/** What the endpoints work on. */
export interface ApiContext {
  readonly queries: Queries;
  readonly writer: Writer;
  readonly changes: Changes;
}

/** A request that was authenticated and read. */
export interface Call<Params, Query, Body> {
  readonly administrator: Administrator;
  readonly organizationId: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

export interface Endpoint<Params, Query, Body> {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
  /** Of an answer that went well. */
  readonly status?: number;
  /** What it resolves with is the JSON body; undefined makes it 204. */
  handle(call: Call<Params, Query, Body>): Promise<unknown>;
}

export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 5).map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new RequestError('invalid', problems.join('; '));
}

/** Null where there is none. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer ([\x21-\x7e]{1,1024})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

async function authenticate(queries: Queries, request: FastifyRequest): Promise<Administrator> {
  const token = bearerOf(request);
  const administrator = token === null ? null : await administratorOf(queries, token);
  if (administrator === null) throw new RequestError('unauthorized', 'a valid bearer token is required');
  return administrator;
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

/** Adds an endpoint: bearer token, then parameters, query and body by their schemas, then `handle`. */
export function addEndpoint<Params, Query, Body>(app: FastifyInstance, context: ApiContext, endpoint: Endpoint<Params, Query, Body>): void {
  app.route({
    method: endpoint.method,
    url: endpoint.url,
    handler: async (request, reply) => {
      const signal = goneSignal(reply);
      const administrator = await authenticate(context.queries, request);
      const answer = await endpoint.handle({
        administrator,
        organizationId: administrator.organizationId,
        params: read(endpoint.params, request.params),
        query: read(endpoint.query, request.query),
        body: read(endpoint.body, request.body),
        signal,
      });
      if (answer === undefined) return reply.code(204).send();
      return reply.code(endpoint.status ?? 200).send(answer);
    },
  });
}
