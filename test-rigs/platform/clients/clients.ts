import type { ClientDocument, PresenceReason, PresenceState } from '@jpd/agent/contract';
import { clientTopics, timestamp } from '@jpd/agent/contract';
import { and, asc, eq, isNull } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import type { Queries } from '../database/database.ts';
import { clientCredentials, clientDevices, clients, commands, desiredPublications, deviceHistory } from '../database/schema.ts';
import { reconcileDevice } from '../desired/publish-desired.ts';
import { RequestError } from '../errors.ts';
import { organization } from '../organizations/organizations.ts';
import { nextRevision } from '../organizations/revisions.ts';
import { policyMessage } from '../policy/policies.ts';
import type { Work } from '../work/work.ts';
import type { ClientRow } from './client-rows.ts';
import { findClient, isClient } from './client-rows.ts';

export interface ClientView {
  readonly clientId: string;
  readonly enrolledAt: string;
  /** Null until the client was heard. `connectionLost` while a loss is not believed yet. */
  readonly presence: { readonly state: PresenceState; readonly reason: PresenceReason; readonly at: string; readonly connectionLost: boolean } | null;
  /** `pending` until the client said that it took it in. */
  readonly revocation: 'none' | 'pending' | 'done';
  /** The newest that was given to it; null where it logs in with the organisation's token. */
  readonly credential: { readonly kind: 'secret' | 'certificate'; readonly expiresAt: string } | null;
  readonly deviceIds: readonly string[];
  readonly document: ClientDocument | null;
}

function presenceOf(row: ClientRow): ClientView['presence'] {
  if (row.presenceState === null || row.presenceReason === null || row.presenceAt === null) return null;
  return { state: row.presenceState, reason: row.presenceReason, at: timestamp(row.presenceAt), connectionLost: row.lostSince !== null };
}

function revocationOf(row: ClientRow): ClientView['revocation'] {
  if (row.revokedAt === null) return 'none';
  return row.revokedSeenAt === null ? 'pending' : 'done';
}

function isCredentialOf({ organizationId, clientId }: ClientRef) {
  return and(eq(clientCredentials.organizationId, organizationId), eq(clientCredentials.clientId, clientId));
}

function credentialView(row: typeof clientCredentials.$inferSelect | undefined): ClientView['credential'] {
  return row === undefined ? null : { kind: row.kind, expiresAt: timestamp(row.expiresAt) };
}

function viewOf(row: ClientRow, deviceIds: readonly string[], credential: ClientView['credential']): ClientView {
  // Written by `applyClientDocument`, which got it from the contract's own parser.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const document = row.document === null ? null : (JSON.parse(row.document) as ClientDocument);
  const { clientId } = row;
  return {
    clientId,
    enrolledAt: timestamp(row.enrolledAt),
    presence: presenceOf(row),
    revocation: revocationOf(row),
    credential,
    deviceIds,
    document,
  };
}

async function deviceIdsOf(queries: Queries, { organizationId, clientId }: ClientRef): Promise<string[]> {
  const rows = await queries
    .select({ deviceId: clientDevices.deviceId })
    .from(clientDevices)
    .where(and(eq(clientDevices.organizationId, organizationId), eq(clientDevices.clientId, clientId)))
    .orderBy(asc(clientDevices.deviceId));
  return rows.map((row) => row.deviceId);
}

async function knownClient(queries: Queries, client: ClientRef): Promise<ClientRow> {
  const row = await findClient(queries, client);
  if (row === null || row.deletedAt !== null) throw new RequestError('not-found', `there is no client ${client.clientId}`);
  return row;
}

/** @throws RequestError not-found */
export async function getClient(queries: Queries, client: ClientRef): Promise<ClientView> {
  const row = await knownClient(queries, client);
  const given = await queries.select().from(clientCredentials).where(isCredentialOf(client)).orderBy(asc(clientCredentials.id));
  return viewOf(row, await deviceIdsOf(queries, client), credentialView(given.at(-1)));
}

export async function listClients(queries: Queries, organizationId: string): Promise<ClientView[]> {
  const rows = await queries
    .select()
    .from(clients)
    .where(and(eq(clients.organizationId, organizationId), isNull(clients.deletedAt)))
    .orderBy(asc(clients.clientId));
  const held = await queries
    .select({ clientId: clientDevices.clientId, deviceId: clientDevices.deviceId })
    .from(clientDevices)
    .where(eq(clientDevices.organizationId, organizationId))
    .orderBy(asc(clientDevices.deviceId));
  const byClient = new Map<string, string[]>();
  for (const { clientId, deviceId } of held) byClient.set(clientId, [...(byClient.get(clientId) ?? []), deviceId]);
  const given = await queries
    .select()
    .from(clientCredentials)
    .where(eq(clientCredentials.organizationId, organizationId))
    .orderBy(asc(clientCredentials.id));
  const newest = new Map(given.map((credential) => [credential.clientId, credential]));
  return rows.map((row) => viewOf(row, byClient.get(row.clientId) ?? [], credentialView(newest.get(row.clientId))));
}

/** The document is the client's own word, kept as it came. */
export async function applyClientDocument(work: Work, client: ClientRef, document: ClientDocument): Promise<void> {
  await work.tx
    .update(clients)
    .set({ document: JSON.stringify(document), documentAt: work.now })
    .where(isClient(client));
}

/**
 * Revokes a client. It can still log in, or it could not learn of it, until it says `offline/revoked`; what else it says is not taken in any more.
 * Repeating it changes nothing.
 */
export async function revokeClient(work: Work, ref: ClientRef): Promise<ClientView> {
  const client = await knownClient(work.tx, ref);
  if (client.revokedAt === null) {
    const revokedPolicyRevision = await nextRevision(work, ref.organizationId);
    await work.tx.update(clients).set({ revokedAt: work.now, revokedPolicyRevision }).where(isClient(ref));
    work.send(policyMessage(await organization(work.tx, ref.organizationId), { ...ref, revokedPolicyRevision }, work.now));
    // Its devices are nobody's to it any more; another client may be the one for their firmware now.
    for (const deviceId of await deviceIdsOf(work.tx, ref)) await reconcileDevice(work, ref.organizationId, deviceId);
  }
  return getClient(work.tx, ref);
}

/**
 * Forgets a client and all that is retained for it. One that was not revoked enrols anew when it comes back; of a revoked one its id stays, so that it can't.
 * @throws RequestError conflict while it is online, or doesn't know yet that it is revoked
 */
export async function deleteClient(work: Work, ref: ClientRef): Promise<void> {
  const client = await knownClient(work.tx, ref);
  if (client.revokedAt === null && client.presenceState === 'online') {
    throw new RequestError('conflict', `${ref.clientId} is online: revoke it, or let it go offline first`);
  }
  if (client.revokedAt !== null && client.revokedSeenAt === null) {
    throw new RequestError('conflict', `${ref.clientId} has not taken in yet that it is revoked, and learns it from what would be deleted`);
  }
  const topics = clientTopics(ref.organizationId, ref.clientId);
  const ofClient = and(eq(desiredPublications.organizationId, ref.organizationId), eq(desiredPublications.clientId, ref.clientId));
  const deviceIds = await deviceIdsOf(work.tx, ref);
  const published = await work.tx.select({ deviceId: desiredPublications.deviceId }).from(desiredPublications).where(ofClient);
  const retained = [topics.presence, topics.client, topics.policy];
  retained.push(...deviceIds.map((deviceId) => topics.device(deviceId)), ...published.map(({ deviceId }) => topics.desired(deviceId)));
  for (const topic of retained) work.send({ client: ref, topic, payload: '', retain: true });
  await work.tx.delete(desiredPublications).where(ofClient);
  await work.tx.delete(clientDevices).where(and(eq(clientDevices.organizationId, ref.organizationId), eq(clientDevices.clientId, ref.clientId)));
  await work.tx.delete(deviceHistory).where(and(eq(deviceHistory.organizationId, ref.organizationId), eq(deviceHistory.clientId, ref.clientId)));
  await work.tx.delete(commands).where(and(eq(commands.organizationId, ref.organizationId), eq(commands.clientId, ref.clientId)));
  if (client.revokedAt === null) await work.tx.delete(clients).where(isClient(ref));
  else await work.tx.update(clients).set({ deletedAt: work.now, document: null, documentAt: null }).where(isClient(ref));
  for (const deviceId of deviceIds) await reconcileDevice(work, ref.organizationId, deviceId);
}
