import type { CredentialRequest, IssuedCredential } from '@jpd/agent/contract';

import { enrolledClient, findClientAnywhere } from '../clients/client-rows.ts';
import { RequestError } from '../errors.ts';
import { isEnrollmentToken } from '../organizations/secrets.ts';
import type { Work } from '../work/work.ts';
import {
  type CredentialRow,
  credentialsOf,
  type CredentialTerms,
  findCredential,
  issueCredential,
  markUsed,
  shownHash,
} from './client-credentials.ts';

/** An organisation or a client that doesn't exist is answered like a wrong token, so that nobody can find out which do. */
const unknown = (): RequestError => new RequestError('unauthorized', 'token or credential is not accepted');

/** A laptop that was away as long again as its credential was good for still gets another one; a week at least. */
const leastGraceMs = 7 * 86_400_000;
const graceMs = ({ issuedAt, expiresAt }: CredentialRow): number => Math.max(leastGraceMs, expiresAt - issuedAt);

async function assertMayHaveOne(work: Work, clientId: string, organizationId: string): Promise<void> {
  const known = await findClientAnywhere(work.tx, clientId);
  if (known === null) return;
  if (known.organizationId !== organizationId) throw new RequestError('client-exists', 'there is another client of this id');
  if (known.revokedAt !== null) throw new RequestError('revoked', 'this client was revoked');
}

/**
 * First contact, and enrolment again: by the token, or, for a client that was found to be on two PCs, by the credential that both have.
 * A client that uses a credential can't be enrolled once more by the token: whoever has the token would be any client. Null proves nothing.
 * @throws RequestError unauthorized, client-exists, revoked, csr-required, invalid
 */
export async function enrolByRequest(
  work: Work,
  bearer: string | null,
  request: CredentialRequest,
  terms: CredentialTerms,
): Promise<IssuedCredential> {
  const { organizationId, clientId, fromClientId } = request;
  const client = { organizationId, clientId };
  if (fromClientId === undefined) {
    if (bearer === null || request.proof !== undefined || !(await isEnrollmentToken(work.tx, organizationId, bearer))) throw unknown();
  } else await assertHolds(work, bearer, request, fromClientId);
  await assertMayHaveOne(work, clientId, organizationId);
  const held = await credentialsOf(work.tx, client);
  if (fromClientId !== undefined && (await findClientAnywhere(work.tx, clientId)) !== null && held.length > 0) {
    throw new RequestError('client-exists', 'there is another client of this id');
  }
  if (held.some(({ firstUsedAt }) => firstUsedAt !== null)) throw new RequestError('client-exists', 'this client has a credential that it uses');
  if ((await enrolledClient(work, client)) === null) throw unknown();
  return issueCredential(work, client, request.csr, terms);
}

async function assertHolds(work: Work, bearer: string | null, request: CredentialRequest, holderId: string): Promise<void> {
  const hash = shownHash('enrol', bearer, request);
  const holder = { organizationId: request.organizationId, clientId: holderId };
  const row = hash === null ? null : await findCredential(work.tx, holder, hash);
  if (row === null || row.expiresAt <= work.now) throw unknown();
  await assertMayHaveOne(work, holderId, holder.organizationId);
}

/** @throws RequestError unauthorized, revoked, csr-required, invalid */
export async function renewByRequest(
  work: Work,
  bearer: string | null,
  request: CredentialRequest,
  terms: CredentialTerms,
): Promise<IssuedCredential> {
  const { organizationId, clientId } = request;
  const hash = shownHash('renew', bearer, request);
  const row = hash === null ? null : await findCredential(work.tx, { organizationId, clientId }, hash);
  if (row === null || row.expiresAt + graceMs(row) <= work.now) throw unknown();
  await assertMayHaveOne(work, clientId, organizationId);
  // It was shown, so that it is the one that goes on until the new one is.
  await markUsed(work, row);
  return issueCredential(work, { organizationId, clientId }, request.csr, terms);
}
