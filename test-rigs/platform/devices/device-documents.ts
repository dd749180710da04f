import type { DeviceDocument } from '@jpd/agent/contract';
import { and, desc, eq, lt } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import type { ClientRow } from '../clients/client-rows.ts';
import type { Queries } from '../database/database.ts';
import { clientDevices, deviceHistory } from '../database/schema.ts';
import { reconcileDevice } from '../desired/publish-desired.ts';
import { nextRevision } from '../organizations/revisions.ts';
import type { Work } from '../work/work.ts';

/** Documents kept of one device on one client. */
const historyLength = 50;

export type ClientDeviceRow = typeof clientDevices.$inferSelect;

function isClientDevice({ organizationId, clientId }: ClientRef, deviceId: string) {
  return and(eq(clientDevices.organizationId, organizationId), eq(clientDevices.clientId, clientId), eq(clientDevices.deviceId, deviceId));
}

async function findClientDevice(queries: Queries, client: ClientRef, deviceId: string): Promise<ClientDeviceRow | null> {
  const [row] = await queries.select().from(clientDevices).where(isClientDevice(client, deviceId));
  return row ?? null;
}

function isHistoryOf({ organizationId, clientId }: ClientRef, deviceId: string) {
  return and(eq(deviceHistory.organizationId, organizationId), eq(deviceHistory.deviceId, deviceId), eq(deviceHistory.clientId, clientId));
}

async function remember(work: Work, { organizationId, clientId }: ClientRef, deviceId: string, document: string): Promise<void> {
  await work.tx.insert(deviceHistory).values({ organizationId, clientId, deviceId, receivedAt: work.now, document });
  const [oldest] = await work.tx
    .select({ seq: deviceHistory.seq })
    .from(deviceHistory)
    .where(isHistoryOf({ organizationId, clientId }, deviceId))
    .orderBy(desc(deviceHistory.seq))
    .offset(historyLength - 1)
    .limit(1);
  if (oldest !== undefined)
    await work.tx.delete(deviceHistory).where(and(isHistoryOf({ organizationId, clientId }, deviceId), lt(deviceHistory.seq, oldest.seq)));
}

/**
 * Takes a device/1 in.
 * @returns false where a newer one is held: a lower revision counts only from a session of the agent that is not the one of the document held
 */
export async function applyDeviceDocument(work: Work, client: ClientRow, document: DeviceDocument): Promise<boolean> {
  const { organizationId, clientId, sessionId } = client;
  const { deviceId, revision } = document;
  const before = await findClientDevice(work.tx, client, deviceId);
  const newSession = before?.sessionId !== sessionId;
  if (before !== null && revision < before.revision && !newSession) return false;
  const connected = document.connection.status === 'connected';
  const came = connected && (before === null || !before.connected || newSession);
  const text = JSON.stringify(document);
  const values: ClientDeviceRow = {
    organizationId,
    clientId,
    deviceId,
    revision,
    sessionId,
    connected,
    appliedRevision: document.settings.appliedRevision,
    heardAt: came || before === null ? await nextRevision(work, organizationId) : before.heardAt,
    receivedAt: work.now,
    document: text,
  };
  await work.tx
    .insert(clientDevices)
    .values(values)
    .onConflictDoUpdate({ target: [clientDevices.organizationId, clientDevices.clientId, clientDevices.deviceId], set: values });
  if (before?.revision !== revision) await remember(work, client, deviceId, text);
  const matters = before === null || before.connected !== connected || came || before.appliedRevision !== values.appliedRevision;
  if (matters) await reconcileDevice(work, organizationId, deviceId);
  return true;
}

/** The agent forgot the device: its topic was emptied. */
export async function removeClientDevice(work: Work, client: ClientRef, deviceId: string): Promise<void> {
  await work.tx.delete(clientDevices).where(isClientDevice(client, deviceId));
  await reconcileDevice(work, client.organizationId, deviceId);
}
