import { verify, X509Certificate } from 'node:crypto';

import type { CredentialRequest, IssuedCredential } from '@jpd/agent/contract';
import { proofText } from '@jpd/agent/contract';
import { and, eq, isNull, ne } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import { findClient } from '../clients/client-rows.ts';
import type { Queries } from '../database/database.ts';
import { clientCredentials } from '../database/schema.ts';
import { RequestError } from '../errors.ts';
import { hashToken, newSecret } from '../organizations/secret-hash.ts';
import type { Work } from '../work/work.ts';
import type { Authority } from './authority.ts';
import { fingerprint } from './fingerprint.ts';

export type CredentialRow = typeof clientCredentials.$inferSelect;

export interface CredentialTerms {
  readonly kind: 'secret' | 'certificate';
  readonly lifetimeMs: number;
  /** Made with the first certificate: most platforms never need one. */
  readonly authority: () => Promise<Authority>;
}

const isOf = ({ organizationId, clientId }: ClientRef) =>
  and(eq(clientCredentials.organizationId, organizationId), eq(clientCredentials.clientId, clientId));

export async function credentialsOf(queries: Queries, client: ClientRef): Promise<CredentialRow[]> {
  return queries.select().from(clientCredentials).where(isOf(client));
}

/** The client's credential of this hash, null where there is none, whether its time is over or not. */
export async function findCredential(queries: Queries, client: ClientRef, hash: string): Promise<CredentialRow | null> {
  const [row] = await queries
    .select()
    .from(clientCredentials)
    .where(and(isOf(client), eq(clientCredentials.hash, hash)));
  return row ?? null;
}

/**
 * Gives the client another credential. What it has goes on until the new one is used for the first time: the answer may get lost.
 * @throws RequestError csr-required, invalid
 */
export async function issueCredential(
  work: Work,
  client: ClientRef,
  csr: string | undefined,
  { kind, lifetimeMs, authority }: CredentialTerms,
): Promise<IssuedCredential> {
  const made =
    kind === 'secret' ? ({ kind, secret: newSecret() } as const) : await certificateFor(await authority(), client, csr, work.now, lifetimeMs);
  const hash = made.kind === 'secret' ? hashToken(made.secret) : made.hash;
  await work.tx.delete(clientCredentials).where(and(isOf(client), isNull(clientCredentials.firstUsedAt)));
  const { organizationId, clientId } = client;
  await work.tx.insert(clientCredentials).values({ organizationId, clientId, kind, hash, issuedAt: work.now, expiresAt: work.now + lifetimeMs });
  const validSeconds = Math.floor(lifetimeMs / 1000);
  return made.kind === 'secret'
    ? { kind: 'secret', secret: made.secret, validSeconds }
    : { kind: 'certificate', certificate: made.certificate, validSeconds };
}

async function certificateFor(authority: Authority, client: ClientRef, csr: string | undefined, now: number, lifetimeMs: number) {
  if (csr === undefined) throw new RequestError('csr-required', 'this platform gives certificates: ask with a certificate request');
  const { pem, fingerprint: hash } = await authority.issueClient(client, csr, now, lifetimeMs);
  return { kind: 'certificate', certificate: pem + authority.certificate, hash } as const;
}

/** A credential was used: the ones before it are over. */
export async function markUsed(work: Work, row: CredentialRow): Promise<void> {
  if (row.firstUsedAt === null) await work.tx.update(clientCredentials).set({ firstUsedAt: work.now }).where(eq(clientCredentials.id, row.id));
  await work.tx.delete(clientCredentials).where(and(isOf(row), ne(clientCredentials.id, row.id)));
}

/** Whether this is what the client may log in with now; then it counts as used. */
export async function isLogin(work: Work, client: ClientRef, hash: string): Promise<boolean> {
  const row = await findCredential(work.tx, client, hash);
  if (row === null || row.expiresAt <= work.now) return false;
  await markUsed(work, row);
  return true;
}

/** The client's credentials are over; it has to enrol again. @throws RequestError not-found */
export async function withdrawCredentials(work: Work, client: ClientRef): Promise<void> {
  if ((await findClient(work.tx, client)) === null) throw new RequestError('not-found', `there is no client ${client.clientId}`);
  await work.tx.delete(clientCredentials).where(isOf(client));
  work.note({ kind: 'client-shut-out', client });
}

/** What a request shows of the credential that `holder` has: its hash, null where it doesn't show that it has it. */
export function shownHash(action: 'enrol' | 'renew', bearer: string | null, request: CredentialRequest): string | null {
  if (request.proof === undefined) return bearer === null ? null : hashToken(bearer);
  try {
    const certificate = new X509Certificate(request.proof.certificate);
    const key = { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const isSigned = verify('sha256', Buffer.from(proofText(action, request)), key, Buffer.from(request.proof.signature, 'base64url'));
    return isSigned ? fingerprint(certificate.raw) : null;
  } catch {
    return null;
  }
}
