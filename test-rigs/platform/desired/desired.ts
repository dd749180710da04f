import { maxPayloadBytes } from '@jpd/agent/contract';

import type { Queries } from '../database/database.ts';
import { desiredDocuments } from '../database/schema.ts';
import { RequestError } from '../errors.ts';
import { nextRevision } from '../organizations/revisions.ts';
import type { Work } from '../work/work.ts';
import type { DesiredBody, DesiredChange } from './desired-body.ts';
import { emptyDesiredBody, mergeDesired } from './desired-body.ts';
import type { DesiredRow } from './publish-desired.ts';
import { bodyOf, findDesired, publicationsOf, reconcileDevice } from './publish-desired.ts';

export interface DesiredView extends DesiredBody {
  readonly deviceId: string;
  readonly revision: number;
  readonly state: 'active' | 'forgetting';
  /** The clients it is published to. One that was told of firmware later than the others has a higher revision. */
  readonly publishedTo: readonly { readonly clientId: string; readonly revision: number; readonly managed: boolean }[];
}

function assertFits(body: DesiredBody): void {
  // The revision takes up to 16 digits, so that a body which fits with the longest fits with each.
  const longest = JSON.stringify({ ...body, revision: Number.MAX_SAFE_INTEGER });
  if (Buffer.byteLength(longest) + 100 > maxPayloadBytes) {
    throw new RequestError('too-large', `a desired document is larger than the ${maxPayloadBytes} bytes that a message may have`);
  }
}

async function store(work: Work, organizationId: string, deviceId: string, state: DesiredRow['state'], body: DesiredBody): Promise<DesiredView> {
  assertFits(body);
  const values = {
    organizationId,
    deviceId,
    state,
    body: JSON.stringify(body),
    updatedAt: work.now,
    revision: await nextRevision(work, organizationId),
  };
  await work.tx
    .insert(desiredDocuments)
    .values(values)
    .onConflictDoUpdate({ target: [desiredDocuments.organizationId, desiredDocuments.deviceId], set: values });
  await reconcileDevice(work, organizationId, deviceId);
  return viewOf(work.tx, values);
}

async function viewOf(queries: Queries, row: DesiredRow): Promise<DesiredView> {
  const { organizationId, deviceId, revision, state } = row;
  const publications = (await publicationsOf(queries, organizationId, deviceId)).filter((one) => !one.emptied);
  const publishedTo = publications.map((one) => ({ clientId: one.clientId, revision: one.revision, managed: one.managed }));
  return { deviceId, revision, state, ...bodyOf(row), publishedTo };
}

/** @returns null where nothing is desired */
export async function getDesired(queries: Queries, organizationId: string, deviceId: string): Promise<DesiredView | null> {
  const row = await findDesired(queries, organizationId, deviceId);
  return row === null ? null : viewOf(queries, row);
}

export async function putDesired(work: Work, organizationId: string, deviceId: string, body: DesiredBody): Promise<DesiredView> {
  return store(work, organizationId, deviceId, 'active', body);
}

export async function changeDesired(work: Work, organizationId: string, deviceId: string, change: DesiredChange): Promise<DesiredView> {
  const row = await findDesired(work.tx, organizationId, deviceId);
  const before = row === null || row.state === 'forgetting' ? emptyDesiredBody : bodyOf(row);
  return store(work, organizationId, deviceId, 'active', mergeDesired(before, change));
}

/**
 * Starts to forget: a higher revision with nothing in it goes out first, since a client that was away too long doesn't see a topic that was emptied;
 * each topic is emptied when its client says that this revision is applied (contract 4).
 * @returns what is out now, or null where no client had a document
 */
export async function forgetDesired(work: Work, organizationId: string, deviceId: string): Promise<DesiredView | null> {
  const row = await findDesired(work.tx, organizationId, deviceId);
  if (row === null) throw new RequestError('not-found', `nothing is desired of ${deviceId}`);
  if (row.state === 'forgetting') return viewOf(work.tx, row);
  await store(work, organizationId, deviceId, 'forgetting', { ...emptyDesiredBody, source: bodyOf(row).source });
  return getDesired(work.tx, organizationId, deviceId);
}
