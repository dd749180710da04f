import type { DeviceDocument } from '@jpd/agent/contract';
import { clientTopics, timestamp } from '@jpd/agent/contract';
import { and, asc, desc, eq } from 'drizzle-orm';

import { sendCommand } from '../commands/commands.ts';
import type { Queries } from '../database/database.ts';
import { clientDevices, clients, deviceHistory } from '../database/schema.ts';
import type { DesiredView } from '../desired/desired.ts';
import { getDesired } from '../desired/desired.ts';
import { deleteDesiredRow, reconcileDevice } from '../desired/publish-desired.ts';
import { RequestError } from '../errors.ts';
import type { Work } from '../work/work.ts';
import type { ClientDeviceRow } from './device-documents.ts';

/** The word that a deleted device shall be forgotten waits this long for a client that is away: as long as its MQTT session. */
const forgetExpirySeconds = 7 * 24 * 3_600;

export interface DeviceView {
  readonly deviceId: string;
  /** The client that counts: the connected one heard last, else the one heard last. */
  readonly clientId: string;
  readonly receivedAt: string;
  readonly document: DeviceDocument;
  /** Every client that has it. */
  readonly clients: readonly { readonly clientId: string; readonly online: boolean; readonly connected: boolean }[];
}

export interface DeviceDetail extends DeviceView {
  readonly desired: DesiredView | null;
}

interface Held {
  readonly row: ClientDeviceRow;
  readonly online: boolean;
  readonly revoked: boolean;
}

function documentOf(text: string): DeviceDocument {
  // Written by `applyDeviceDocument`, which got it from the contract's own parser.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as DeviceDocument;
}

function counts({ row, online }: Held): number {
  return online && row.connected ? 1 : 0;
}

function viewOf(held: readonly Held[]): DeviceView | null {
  const [first] = held.toSorted((a, b) => counts(b) - counts(a) || b.row.heardAt - a.row.heardAt);
  if (first === undefined) return null;
  const { deviceId, clientId, receivedAt, document } = first.row;
  const known = held.map(({ row, online }) => ({ clientId: row.clientId, online, connected: online && row.connected }));
  return { deviceId, clientId, receivedAt: timestamp(receivedAt), document: documentOf(document), clients: known };
}

async function heldIn(queries: Queries, organizationId: string, deviceId: string | null): Promise<Held[]> {
  const rows = await queries
    .select({ row: clientDevices, presence: clients.presenceState, revokedAt: clients.revokedAt })
    .from(clientDevices)
    .innerJoin(clients, and(eq(clients.organizationId, clientDevices.organizationId), eq(clients.clientId, clientDevices.clientId)))
    .where(and(eq(clientDevices.organizationId, organizationId), deviceId === null ? undefined : eq(clientDevices.deviceId, deviceId)))
    .orderBy(asc(clientDevices.deviceId), asc(clientDevices.clientId));
  return rows.map(({ row, presence, revokedAt }) => ({ row, online: presence === 'online', revoked: revokedAt !== null }));
}

export async function listDevices(queries: Queries, organizationId: string): Promise<DeviceView[]> {
  const byDevice = new Map<string, Held[]>();
  for (const held of await heldIn(queries, organizationId, null)) {
    byDevice.set(held.row.deviceId, [...(byDevice.get(held.row.deviceId) ?? []), held]);
  }
  return [...byDevice.values()].flatMap((held) => viewOf(held) ?? []);
}

/** @throws RequestError not-found */
export async function getDevice(queries: Queries, organizationId: string, deviceId: string): Promise<DeviceDetail> {
  const view = viewOf(await heldIn(queries, organizationId, deviceId));
  if (view === null) throw new RequestError('not-found', `there is no device ${deviceId}`);
  return { ...view, desired: await getDesired(queries, organizationId, deviceId) };
}

export interface HistoryEntry {
  readonly clientId: string;
  readonly receivedAt: string;
  readonly document: DeviceDocument;
}

/** Newest first. */
export async function deviceHistoryOf(queries: Queries, organizationId: string, deviceId: string, limit: number): Promise<HistoryEntry[]> {
  const rows = await queries
    .select()
    .from(deviceHistory)
    .where(and(eq(deviceHistory.organizationId, organizationId), eq(deviceHistory.deviceId, deviceId)))
    .orderBy(desc(deviceHistory.seq))
    .limit(limit);
  return rows.map((row) => ({ clientId: row.clientId, receivedAt: timestamp(row.receivedAt), document: documentOf(row.document) }));
}

/**
 * Forgets a device and all that is retained for it, and tells every client that has it to do so too.
 * @throws RequestError not-found
 */
export async function deleteDevice(work: Work, organizationId: string, deviceId: string): Promise<void> {
  const held = await heldIn(work.tx, organizationId, deviceId);
  if (held.length === 0) throw new RequestError('not-found', `there is no device ${deviceId}`);
  await deleteDesiredRow(work, organizationId, deviceId);
  const ofDevice = and(eq(clientDevices.organizationId, organizationId), eq(clientDevices.deviceId, deviceId));
  for (const { row, revoked } of held) {
    const client = { organizationId, clientId: row.clientId };
    work.send({ client, topic: clientTopics(organizationId, row.clientId).device(deviceId), payload: '', retain: true });
    if (!revoked) await sendCommand(work, { client, type: 'forget-device', deviceId, params: {}, expiresInSeconds: forgetExpirySeconds });
  }
  await work.tx.delete(clientDevices).where(ofDevice);
  await work.tx.delete(deviceHistory).where(and(eq(deviceHistory.organizationId, organizationId), eq(deviceHistory.deviceId, deviceId)));
  await reconcileDevice(work, organizationId, deviceId);
}
