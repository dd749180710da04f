import { asc, eq } from 'drizzle-orm';

import type { Queries } from '../database/database.ts';
import { organizations } from '../database/schema.ts';
import { RequestError } from '../errors.ts';
import { guidePolicy } from '../policy/policy-rules.ts';
import type { Work } from '../work/work.ts';

export type OrganizationRow = typeof organizations.$inferSelect;

/** `operator/{organizationId}` is the user name of an operator, so that no organisation may have this id. */
export const operatorPrefix = 'operator';

export async function findOrganization(queries: Queries, id: string): Promise<OrganizationRow | null> {
  const [row] = await queries.select().from(organizations).where(eq(organizations.id, id));
  return row ?? null;
}

/** @throws RequestError not-found */
export async function organization(queries: Queries, id: string): Promise<OrganizationRow> {
  const row = await findOrganization(queries, id);
  if (row === null) throw new RequestError('not-found', `there is no organisation ${id}`);
  return row;
}

export async function listOrganizations(queries: Queries): Promise<OrganizationRow[]> {
  return queries.select().from(organizations).orderBy(asc(organizations.id));
}

/** @throws RequestError invalid for the reserved id, conflict where the id is taken */
export async function createOrganization(work: Work, id: string, name: string): Promise<void> {
  if (id === operatorPrefix) throw new RequestError('invalid', `an organisation cannot be called ${operatorPrefix}`);
  const created = await work.tx
    .insert(organizations)
    .values({ id, name, createdAt: work.now, lastRevision: work.now, policy: JSON.stringify(guidePolicy), policyRevision: work.now })
    .onConflictDoNothing()
    .returning({ id: organizations.id });
  if (created.length === 0) throw new RequestError('conflict', `there is an organisation ${id} already`);
}
