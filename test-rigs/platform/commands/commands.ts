import { randomUUID } from 'node:crypto';

import type { CommandResult, ResultStatus } from '@jpd/agent/contract';
import { maxPayloadBytes, timestamp } from '@jpd/agent/contract';
import { and, desc, eq } from 'drizzle-orm';

import type { ClientRef } from '../client-ref.ts';
import { findClient } from '../clients/client-rows.ts';
import type { Queries } from '../database/database.ts';
import { commands } from '../database/schema.ts';
import { RequestError } from '../errors.ts';
import type { Work } from '../work/work.ts';
import type { CommandParams, CommandRow } from './command-messages.ts';
import { commandMessage } from './command-messages.ts';

export const defaultExpirySeconds = 300;

export interface NewCommand {
  readonly client: ClientRef;
  readonly type: string;
  readonly deviceId: string | null;
  readonly params: CommandParams;
  readonly expiresInSeconds: number;
}

export interface CommandView {
  readonly id: string;
  readonly clientId: string;
  readonly type: string;
  readonly deviceId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** `sent` until the agent answers. */
  readonly status: 'sent' | ResultStatus;
  readonly result: CommandResult | null;
}

const finalStatuses: ReadonlySet<string> = new Set<ResultStatus>(['succeeded', 'failed', 'rejected', 'expired']);

export function isFinal(status: CommandView['status']): boolean {
  return finalStatuses.has(status);
}

function viewOf(row: CommandRow): CommandView {
  // Written by `applyResult`, which got it from the contract's own parser.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const result = row.result === null ? null : (JSON.parse(row.result) as CommandResult);
  const { id, clientId, type, deviceId, status } = row;
  return { id, clientId, type, deviceId, createdAt: timestamp(row.createdAt), expiresAt: timestamp(row.expiresAt), status, result };
}

/** @throws RequestError not-found, conflict for a revoked client, too-large */
export async function sendCommand(work: Work, command: NewCommand): Promise<CommandView> {
  const client = await findClient(work.tx, command.client);
  if (client === null) throw new RequestError('not-found', `there is no client ${command.client.clientId}`);
  if (client.revokedAt !== null) throw new RequestError('conflict', `${client.clientId} is revoked`);
  const params = JSON.stringify(command.params);
  if (Buffer.byteLength(params) + 1_000 > maxPayloadBytes)
    throw new RequestError('too-large', `params are larger than the ${maxPayloadBytes} bytes of a message`);
  const [row] = await work.tx
    .insert(commands)
    .values({
      id: randomUUID(),
      organizationId: client.organizationId,
      clientId: client.clientId,
      type: command.type,
      deviceId: command.deviceId,
      params,
      createdAt: work.now,
      expiresAt: work.now + command.expiresInSeconds * 1_000,
      status: 'sent',
    })
    .returning();
  if (row === undefined) throw new RequestError('conflict', 'the command could not be stored');
  work.send(commandMessage(row, work.now));
  return viewOf(row);
}

/** @throws RequestError not-found */
export async function getCommand(queries: Queries, organizationId: string, id: string): Promise<CommandView> {
  const [row] = await queries
    .select()
    .from(commands)
    .where(and(eq(commands.organizationId, organizationId), eq(commands.id, id)));
  if (row === undefined) throw new RequestError('not-found', `there is no command ${id}`);
  return viewOf(row);
}

/** Newest first. */
export async function listCommands(queries: Queries, organizationId: string, clientId: string | null, limit: number): Promise<CommandView[]> {
  const rows = await queries
    .select()
    .from(commands)
    .where(and(eq(commands.organizationId, organizationId), clientId === null ? undefined : eq(commands.clientId, clientId)))
    .orderBy(desc(commands.createdAt))
    .limit(limit);
  return rows.map(viewOf);
}

/** An end is not undone by a progress that comes late; of two ends the later counts, since an agent sends its last result again. */
export async function applyResult(work: Work, client: ClientRef, result: CommandResult): Promise<boolean> {
  const ofClient = and(eq(commands.organizationId, client.organizationId), eq(commands.clientId, client.clientId), eq(commands.id, result.commandId));
  const [row] = await work.tx.select().from(commands).where(ofClient);
  if (row === undefined) return false;
  if (isFinal(row.status) && !isFinal(result.status)) return true;
  await work.tx
    .update(commands)
    .set({ status: result.status, result: JSON.stringify(result), resultAt: work.now })
    .where(ofClient);
  work.note({ kind: 'result-stored' });
  return true;
}
