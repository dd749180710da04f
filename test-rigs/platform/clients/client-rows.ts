import { and, eq } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import type { Queries } from '../database/database.ts';
import { clients } from '../database/schema.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { policyMessage } from '../policy/policies.ts';
import type { Work } from '../work/work.ts';

export type ClientRow = typeof clients.$inferSelect;

export function isClient({ organizationId, clientId }: ClientRef) {
  return and(eq(clients.organizationId, organizationId), eq(clients.clientId, clientId));
}

export async function findClient(queries: Queries, client: ClientRef): Promise<ClientRow | null> {
  const [row] = await queries.select().from(clients).where(isClient(client));
  return row ?? null;
}

/** The client of this id in whatever organisation. */
export async function findClientAnywhere(queries: Queries, clientId: string): Promise<ClientRow | null> {
  const [row] = await queries.select().from(clients).where(eq(clients.clientId, clientId));
  return row ?? null;
}

/**
 * The client, taken in and given its policy where it is new.
 * @returns null where there is no such organisation, or another one has a client of this id
 */
export async function enrolledClient(work: Work, client: ClientRef): Promise<ClientRow | null> {
  const known = await findClientAnywhere(work.tx, client.clientId);
  if (known !== null) return known.organizationId === client.organizationId ? known : null;
  const organization = await findOrganization(work.tx, client.organizationId);
  if (organization === null) return null;
  const { organizationId, clientId } = client;
  const [row] = await work.tx.insert(clients).values({ organizationId, clientId, enrolledAt: work.now }).returning();
  if (row === undefined) return null;
  work.send(policyMessage(organization, row, work.now));
  return row;
}
