import { clientTopics, encode } from '@jpd/agent/contract';
import { and, eq, isNull } from 'drizzle-orm';

import type { OutgoingMessage } from '../broker/bus.ts';
import type { Queries } from '../database/database.ts';
import { clients, organizations } from '../database/schema.ts';
import type { OrganizationRow } from '../organizations/organizations.ts';
import { organization } from '../organizations/organizations.ts';
import { nextRevision } from '../organizations/revisions.ts';
import type { Work } from '../work/work.ts';
import type { OrganizationPolicy } from './policy-rules.ts';
import { policyRulesSchema } from './policy-rules.ts';

export interface CurrentPolicy {
  readonly revision: number;
  readonly policy: OrganizationPolicy;
}

/** The part of a client that decides which policy it gets. */
export interface PolicyReader {
  readonly organizationId: string;
  readonly clientId: string;
  readonly revokedPolicyRevision: number | null;
}

function rulesOf(row: OrganizationRow): OrganizationPolicy {
  return policyRulesSchema.parse(JSON.parse(row.policy));
}

/** The retained policy/1 of one client: the organisation's, or the one that revokes it. */
export function policyMessage(row: OrganizationRow, client: PolicyReader, now: number): OutgoingMessage {
  const { organizationId, clientId, revokedPolicyRevision } = client;
  const revision = revokedPolicyRevision ?? row.policyRevision;
  const payload = encode('policy', { ...rulesOf(row), organizationName: row.name, revision, revoked: revokedPolicyRevision !== null }, now);
  return { client: { organizationId, clientId }, topic: clientTopics(organizationId, clientId).policy, payload, retain: true };
}

export async function currentPolicy(queries: Queries, organizationId: string): Promise<CurrentPolicy> {
  const row = await organization(queries, organizationId);
  return { revision: row.policyRevision, policy: rulesOf(row) };
}

/** Puts `change(policy)` in force and tells every client that is not revoked. */
export async function updatePolicy(
  work: Work,
  organizationId: string,
  change: (policy: OrganizationPolicy) => OrganizationPolicy,
): Promise<CurrentPolicy> {
  const before = await currentPolicy(work.tx, organizationId);
  const policy = change(before.policy);
  const revision = await nextRevision(work, organizationId);
  await work.tx
    .update(organizations)
    .set({ policy: JSON.stringify(policy), policyRevision: revision })
    .where(eq(organizations.id, organizationId));
  const row = await organization(work.tx, organizationId);
  const readers = await work.tx
    .select()
    .from(clients)
    .where(and(eq(clients.organizationId, organizationId), isNull(clients.revokedAt)));
  for (const reader of readers) work.send(policyMessage(row, reader, work.now));
  return { revision, policy };
}
