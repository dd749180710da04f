import { eventTypes } from '@jpd/agent/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { EventView } from '../events/events.ts';
import { eventsAfter, lastEventSeq, newestEvents } from '../events/events.ts';
import type { ApiContext } from './endpoint.ts';
import { addEndpoint } from './endpoint.ts';
import { idSchema, limitSchema, noBody, nothing, waitSecondsSchema } from './schemas.ts';

const eventQuery = z.strictObject({
  /** Only what is newer; without it the newest `limit` of all. */
  after: z.coerce.number().int().min(0).optional(),
  limit: limitSchema(100, 1_000),
  clientId: idSchema.optional(),
  deviceId: idSchema.optional(),
  type: z.enum(eventTypes).optional(),
  /** With `after`: how long to wait where there is nothing yet. */
  waitSeconds: waitSecondsSchema,
});

/** `next` is the `after` to go on with. */
export function addEventRoutes(app: FastifyInstance, context: ApiContext): void {
  const { queries, changes } = context;
  addEndpoint(app, context, {
    method: 'GET',
    url: '/events',
    params: nothing,
    query: eventQuery,
    body: noBody,
    handle: async ({ organizationId, query: { after, limit, waitSeconds, ...filter }, signal }) => {
      if (after === undefined) {
        // Read first: an event that comes in between is then found by who goes on from here.
        const last = await lastEventSeq(queries, organizationId);
        const events = await newestEvents(queries, organizationId, filter, limit);
        return { events, next: Math.max(last, events.at(-1)?.seq ?? 0) };
      }
      const look = async (): Promise<EventView[] | null> => {
        const found = await eventsAfter(queries, organizationId, filter, after, limit);
        return found.length === 0 ? null : found;
      };
      const events = (await changes.waitFor(look, waitSeconds * 1_000, signal)) ?? [];
      return { events, next: events.at(-1)?.seq ?? after };
    },
  });
}
