import type { AgentEvent } from '@jpd/agent/contract';
import { timestamp } from '@jpd/agent/contract';
import { and, asc, desc, eq, gt } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import type { Queries } from '../database/database.ts';
import { events } from '../database/schema.ts';
import type { Work } from '../work/work.ts';

export interface EventView {
  /** Grows with every event stored; where to go on from. */
  readonly seq: number;
  readonly clientId: string;
  readonly receivedAt: string;
  readonly event: AgentEvent;
}

export interface EventFilter {
  readonly clientId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly type?: string | undefined;
}

/** Keeps an event once, and acknowledges it each time it comes: an agent sends it again because it missed the acknowledgement. */
export async function applyEvent(work: Work, client: ClientRef, event: AgentEvent): Promise<void> {
  const stored = await work.tx
    .insert(events)
    .values({
      organizationId: client.organizationId,
      clientId: client.clientId,
      eventId: event.id.toLowerCase(),
      type: event.type,
      deviceId: 'deviceId' in event ? event.deviceId : null,
      receivedAt: work.now,
      document: JSON.stringify(event),
    })
    .onConflictDoNothing()
    .returning({ seq: events.seq });
  work.acknowledge(client, event.id);
  if (stored.length > 0) work.note({ kind: 'events-stored' });
}

function conditions(organizationId: string, { clientId, deviceId, type }: EventFilter) {
  return [
    eq(events.organizationId, organizationId),
    clientId === undefined ? undefined : eq(events.clientId, clientId),
    deviceId === undefined ? undefined : eq(events.deviceId, deviceId),
    type === undefined ? undefined : eq(events.type, type),
  ];
}

function viewOf(row: typeof events.$inferSelect): EventView {
  // Written by `applyEvent`, which got it from the contract's own parser.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const event = JSON.parse(row.document) as AgentEvent;
  return { seq: row.seq, clientId: row.clientId, receivedAt: timestamp(row.receivedAt), event };
}

/** Oldest first, those after `after`. */
export async function eventsAfter(queries: Queries, organizationId: string, filter: EventFilter, after: number, limit: number): Promise<EventView[]> {
  const rows = await queries
    .select()
    .from(events)
    .where(and(...conditions(organizationId, filter), gt(events.seq, after)))
    .orderBy(asc(events.seq))
    .limit(limit);
  return rows.map(viewOf);
}

/** Oldest first, the newest `limit` of all. */
export async function newestEvents(queries: Queries, organizationId: string, filter: EventFilter, limit: number): Promise<EventView[]> {
  const rows = await queries
    .select()
    .from(events)
    .where(and(...conditions(organizationId, filter)))
    .orderBy(desc(events.seq))
    .limit(limit);
  return rows.map(viewOf).toReversed();
}

/** The number of the newest event, 0 where there is none: where one starts to follow. */
export async function lastEventSeq(queries: Queries, organizationId: string): Promise<number> {
  const [row] = await queries
    .select({ seq: events.seq })
    .from(events)
    .where(eq(events.organizationId, organizationId))
    .orderBy(desc(events.seq))
    .limit(1);
  return row?.seq ?? 0;
}
