import { clientTopics, encode } from '@jpd/agent/contract';
import { and, eq, isNotNull, isNull } from 'drizzle-orm';

import type { OutgoingMessage } from './broker/bus.ts';
import type { ClientRow } from './clients/client-rows.ts';
import type { Queries } from './database/database.ts';
import { clientDevices, clients, desiredPublications } from './database/schema.ts';
import { desiredMessage, emptyDesiredMessage, findDesired } from './desired/publish-desired.ts';
import { listOrganizations } from './organizations/organizations.ts';
import { policyMessage } from './policy/policies.ts';
import type { Work } from './work/work.ts';

/** What is retained from the platform's side. `withEmptied`: also deletes what may have outlived its deletion. */
export async function platformMessages(queries: Queries, now: number, withEmptied: boolean): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  for (const row of await listOrganizations(queries)) {
    const readers = await queries
      .select()
      .from(clients)
      .where(and(eq(clients.organizationId, row.id), isNull(clients.deletedAt)));
    messages.push(...readers.map((reader) => policyMessage(row, reader, now)));
  }
  for (const publication of await queries.select().from(desiredPublications)) {
    const row = publication.emptied ? null : await findDesired(queries, publication.organizationId, publication.deviceId);
    if (row !== null) messages.push(desiredMessage(row, publication, now));
    else if (withEmptied) messages.push(emptyDesiredMessage(publication));
  }
  return messages;
}

/** What a broker that remembered would have retained of a client; one that was online is gone with the old broker, which could not send its will. */
function presenceMessage(row: ClientRow): OutgoingMessage | null {
  const { organizationId, clientId, presenceState, presenceReason, sessionId, presenceAt } = row;
  if (presenceState === null || presenceReason === null || sessionId === null || presenceAt === null) return null;
  const state =
    presenceState === 'online' ? ({ state: 'offline', reason: 'connection-lost' } as const) : { state: presenceState, reason: presenceReason };
  const payload = encode('presence', { ...state, sessionId }, presenceAt);
  return { client: { organizationId, clientId }, topic: clientTopics(organizationId, clientId).presence, payload, retain: true };
}

/** What agents had retained at a broker that forgot it. They publish it again when they connect; operators can read it before. */
export async function agentMessages(queries: Queries): Promise<OutgoingMessage[]> {
  const messages: OutgoingMessage[] = [];
  for (const row of await queries.select().from(clients).where(isNull(clients.deletedAt))) {
    const { organizationId, clientId, document } = row;
    const presence = presenceMessage(row);
    if (presence !== null) messages.push(presence);
    const topic = clientTopics(organizationId, clientId).client;
    if (document !== null) messages.push({ client: { organizationId, clientId }, topic, payload: document, retain: true });
  }
  for (const { organizationId, clientId, deviceId, document } of await queries.select().from(clientDevices)) {
    const topic = clientTopics(organizationId, clientId).device(deviceId);
    messages.push({ client: { organizationId, clientId }, topic, payload: document, retain: true });
  }
  return messages;
}

/** Goes on waiting for the clients that were lost before the restart, and counts everyone as lost where the broker restarted too. */
export async function resumeConnectionLoss(work: Work, brokerRestarted: boolean): Promise<void> {
  if (brokerRestarted) {
    await work.tx
      .update(clients)
      .set({ lostSince: work.now })
      .where(and(eq(clients.presenceState, 'online'), isNull(clients.lostSince)));
  }
  for (const { organizationId, clientId, lostSince } of await work.tx.select().from(clients).where(isNotNull(clients.lostSince))) {
    if (lostSince !== null) work.note({ kind: 'connection-lost', client: { organizationId, clientId }, since: lostSince });
  }
}
