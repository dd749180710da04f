import { clientTopics, encode } from '@jpd/agent/contract';
import { and, eq, isNull } from 'drizzle-orm';

import type { OutgoingMessage } from '../broker/bus.ts';
import type { Queries } from '../database/database.ts';
import { clientDevices, clients, desiredDocuments, desiredPublications } from '../database/schema.ts';
import { nextRevision } from '../organizations/revisions.ts';
import type { Work } from '../work/work.ts';
import type { DesiredBody } from './desired-body.ts';
import { desiredBodySchema, withoutFirmware } from './desired-body.ts';
import type { Holder, PublicationStep } from './plan-publications.ts';
import { planPublications } from './plan-publications.ts';

export type DesiredRow = typeof desiredDocuments.$inferSelect;
export type PublicationRow = typeof desiredPublications.$inferSelect;

export function bodyOf(row: DesiredRow): DesiredBody {
  return desiredBodySchema.parse(JSON.parse(row.body));
}

export async function findDesired(queries: Queries, organizationId: string, deviceId: string): Promise<DesiredRow | null> {
  const [row] = await queries
    .select()
    .from(desiredDocuments)
    .where(and(eq(desiredDocuments.organizationId, organizationId), eq(desiredDocuments.deviceId, deviceId)));
  return row ?? null;
}

export async function publicationsOf(queries: Queries, organizationId: string, deviceId: string): Promise<PublicationRow[]> {
  return queries
    .select()
    .from(desiredPublications)
    .where(and(eq(desiredPublications.organizationId, organizationId), eq(desiredPublications.deviceId, deviceId)));
}

async function holdersOf(queries: Queries, organizationId: string, deviceId: string): Promise<Holder[]> {
  const rows = await queries
    .select({ device: clientDevices, presence: clients.presenceState })
    .from(clientDevices)
    .innerJoin(clients, and(eq(clients.organizationId, clientDevices.organizationId), eq(clients.clientId, clientDevices.clientId)))
    .where(and(eq(clientDevices.organizationId, organizationId), eq(clientDevices.deviceId, deviceId), isNull(clients.revokedAt)));
  return rows.map(({ device, presence }) => ({
    clientId: device.clientId,
    connected: device.connected && presence === 'online',
    heardAt: device.heardAt,
    appliedRevision: device.appliedRevision,
  }));
}

/** The retained desired/1 for one client. */
export function desiredMessage(row: DesiredRow, publication: PublicationRow, now: number): OutgoingMessage {
  const { organizationId, clientId, deviceId, revision, managed } = publication;
  const body = managed ? bodyOf(row) : withoutFirmware(bodyOf(row));
  const topic = clientTopics(organizationId, clientId).desired(deviceId);
  return { client: { organizationId, clientId }, topic, payload: encode('desired', { ...body, revision }, now), retain: true };
}

/** Takes the retained desired/1 of one client away. */
export function emptyDesiredMessage({
  organizationId,
  clientId,
  deviceId,
}: Pick<PublicationRow, 'organizationId' | 'clientId' | 'deviceId'>): OutgoingMessage {
  return { client: { organizationId, clientId }, topic: clientTopics(organizationId, clientId).desired(deviceId), payload: '', retain: true };
}

async function publishTo(work: Work, row: DesiredRow, publication: PublicationRow): Promise<void> {
  await work.tx
    .insert(desiredPublications)
    .values(publication)
    .onConflictDoUpdate({
      target: [desiredPublications.organizationId, desiredPublications.clientId, desiredPublications.deviceId],
      set: { revision: publication.revision, managed: publication.managed, emptied: false },
    });
  work.send(desiredMessage(row, publication, work.now));
}

async function emptyAt(work: Work, organizationId: string, clientId: string, deviceId: string): Promise<void> {
  await work.tx
    .update(desiredPublications)
    .set({ emptied: true })
    .where(
      and(
        eq(desiredPublications.organizationId, organizationId),
        eq(desiredPublications.clientId, clientId),
        eq(desiredPublications.deviceId, deviceId),
      ),
    );
  work.send(emptyDesiredMessage({ organizationId, clientId, deviceId }));
}

async function carryOut(
  work: Work,
  row: DesiredRow | null,
  steps: readonly PublicationStep[],
  organizationId: string,
  deviceId: string,
): Promise<void> {
  let fresh: number | null = null;
  for (const step of steps) {
    if (step.kind === 'empty' || row === null) {
      await emptyAt(work, organizationId, step.clientId, deviceId);
      continue;
    }
    const revision: number = step.revision ?? (fresh ??= await nextRevision(work, organizationId));
    await publishTo(work, row, { organizationId, clientId: step.clientId, deviceId, revision, managed: step.managed, emptied: false });
  }
}

/**
 * Brings what stands on the topics of a device's clients in line with what is desired and with who has the device.
 * Called after each change of either; does nothing when all is as it should be.
 */
export async function reconcileDevice(work: Work, organizationId: string, deviceId: string): Promise<void> {
  const row = await findDesired(work.tx, organizationId, deviceId);
  const publications = await publicationsOf(work.tx, organizationId, deviceId);
  if (row === null && publications.every((one) => one.emptied)) return;
  const holders = await holdersOf(work.tx, organizationId, deviceId);
  const desired = row === null ? null : { state: row.state, revision: row.revision, managed: bodyOf(row).firmware.management === 'managed' };
  const steps = planPublications(desired, holders, publications);
  await carryOut(work, row, steps, organizationId, deviceId);
  if (row?.state !== 'forgetting') return;
  const standing = (await publicationsOf(work.tx, organizationId, deviceId)).filter((one) => !one.emptied);
  if (standing.length === 0) await deleteDesiredRow(work, organizationId, deviceId);
}

export async function deleteDesiredRow(work: Work, organizationId: string, deviceId: string): Promise<void> {
  await work.tx.delete(desiredDocuments).where(and(eq(desiredDocuments.organizationId, organizationId), eq(desiredDocuments.deviceId, deviceId)));
}
