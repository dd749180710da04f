import { and, eq } from 'drizzle-orm';

import type { Queries } from '../database/database.ts';
import { secrets } from '../database/schema.ts';
import type { Work } from '../work/work.ts';
import { hashPassword, hashToken, isPassword, sameHash } from './secret-hash.ts';

/** Who an API request is made for. */
export interface Administrator {
  readonly organizationId: string;
  /** May create organisations. */
  readonly platformWide: boolean;
}

/** Enrolled clients log in with the token again and again, so that older ones stay valid. */
export async function addEnrollmentToken(work: Work, organizationId: string, token: string): Promise<void> {
  await work.tx.insert(secrets).values({ organizationId, kind: 'enrollment', platformWide: false, hash: hashToken(token), createdAt: work.now });
}

export async function isEnrollmentToken(queries: Queries, organizationId: string, token: string | Uint8Array): Promise<boolean> {
  const hash = hashToken(token);
  const rows = await queries
    .select({ hash: secrets.hash })
    .from(secrets)
    .where(and(eq(secrets.kind, 'enrollment'), eq(secrets.organizationId, organizationId)));
  // No early end: how long it takes must not tell which token came close.
  return rows.filter((row) => sameHash(row.hash, hash)).length > 0;
}

/** There is one operator an organisation; a new password ends the old one. */
export async function setOperatorPassword(work: Work, organizationId: string, password: string): Promise<void> {
  const hash = await hashPassword(password);
  await work.tx.delete(secrets).where(and(eq(secrets.kind, 'operator'), eq(secrets.organizationId, organizationId)));
  await work.tx.insert(secrets).values({ organizationId, kind: 'operator', platformWide: false, hash, createdAt: work.now });
}

export async function isOperatorPassword(queries: Queries, organizationId: string, password: string | Uint8Array): Promise<boolean> {
  const [row] = await queries
    .select({ hash: secrets.hash })
    .from(secrets)
    .where(and(eq(secrets.kind, 'operator'), eq(secrets.organizationId, organizationId)));
  return row !== undefined && (await isPassword(password, row.hash));
}

export async function addAdminToken(work: Work, administrator: Administrator, token: string): Promise<void> {
  await work.tx.insert(secrets).values({ ...administrator, kind: 'admin', hash: hashToken(token), createdAt: work.now });
}

/** Null for a token that isn't one. Found by its hash, which tells nothing about the token to someone who measures. */
export async function administratorOf(queries: Queries, token: string): Promise<Administrator | null> {
  const [row] = await queries
    .select({ organizationId: secrets.organizationId, platformWide: secrets.platformWide })
    .from(secrets)
    .where(and(eq(secrets.kind, 'admin'), eq(secrets.hash, hashToken(token))));
  return row ?? null;
}
