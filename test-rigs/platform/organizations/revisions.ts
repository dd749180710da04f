import { eq, sql } from 'drizzle-orm';

import { organizations } from '../database/schema.ts';
import { RequestError } from '../errors.ts';
import type { Work } from '../work/work.ts';

/**
 * A revision for a document of the organisation: the clock's milliseconds, so that a restored backup goes on above what is out,
 * or the next number where the clock stands still or was set back (contract 4).
 */
export async function nextRevision(work: Work, organizationId: string): Promise<number> {
  const [row] = await work.tx
    .update(organizations)
    .set({ lastRevision: sql`greatest(${organizations.lastRevision} + 1, ${work.now}::bigint)` })
    .where(eq(organizations.id, organizationId))
    .returning({ revision: organizations.lastRevision });
  if (row === undefined) throw new RequestError('not-found', `there is no organisation ${organizationId}`);
  return row.revision;
}
